"""A whole stack with a real cycle, not a rehearsal, and people with accounts of their own."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import requests

from deploy.local.stack import Stack, StackOptions
from deploy.local.temporary import temporary_folder
from deploy.rehearsal.stubs import Stubs
from shared.clock import SystemClock
from tests.support.clamd import FakeClamd

RULEBOOK = "hangzhou-2025"  # in force, with no end
_PATIENCE = 60.0  # seconds; how long it takes is no matter of these tests


@dataclass
class Person:
    """Somebody who signed in with a password, and what the API says to them."""

    base: str
    token: str
    name: str

    def __call__(
        self, verb: str, path: str, body: Mapping[str, Any] | None = None, **more: Any
    ) -> requests.Response:
        return requests.request(
            verb,
            f"{self.base}/api/v1{path}",
            json=body,
            headers={"Authorization": f"Bearer {self.token}", **more.pop("headers", {})},
            timeout=30,
            **more,
        )

    def ok(self, verb: str, path: str, body: Mapping[str, Any] | None = None) -> Any:
        """The answer, which has to be a good one."""
        answer = self(verb, path, body)
        assert answer.ok, (verb, path, answer.status_code, answer.text)
        return answer.json()


@dataclass
class City:
    """The stack of one city, and the people who were given accounts."""

    stack: Stack
    cycle: str = ""
    people: dict[str, Person] = field(default_factory=dict)

    def person(self, name: str, role: str, unit: str | None = None) -> Person:
        """An account with a role, signed in; one name is one person."""
        if name not in self.people:
            password = secrets.token_urlsafe(16)
            self.people["admin"].ok(
                "POST",
                "/accounts",
                {
                    "username": f"user.{name}", "password": password, "display_name": name, "roles": [role], "subject": name,
                    "unit": unit,
                },
            )  # fmt: skip
            self.people[name] = self.sign_in(f"user.{name}", password)
        return self.people[name]

    def sign_in(self, name: str, password: str) -> Person:
        answer = requests.post(
            f"{self.stack.gateway_url}/api/v1/tokens",
            json={"username": name, "password": password},
            timeout=30,
        )
        return Person(self.stack.gateway_url, answer.json()["token"], name)

    def departments_know(
        self, records: Mapping[str, Any], faults: Mapping[str, Mapping[str, Any]] | None = None
    ) -> None:
        """What the stub departments hold of this cycle's organizations, and which of them are out of order."""
        secret = self.stack.secrets.departments.read_text(encoding="utf-8").strip()
        world = {"records": records, "faults": faults or {}}
        Stubs(self.stack.stubs_url, secret, SystemClock()).put(self.cycle, world)


def until(what: str, found: Callable[[], Any]) -> Any:
    """The first thing found that is true."""
    end = time.monotonic() + _PATIENCE
    while time.monotonic() < end:
        if value := found():
            return value
        time.sleep(0.1)
    raise AssertionError(f"never: {what}")


@contextmanager
def _scanner(folder: Path) -> Iterator[str]:
    """A malware scanner that knows one signature."""
    scanner = FakeClamd("tcp", folder, limit=200_000_000).start()
    try:
        yield scanner.url
    finally:
        scanner.end()


@pytest.fixture(scope="module")
def city() -> Iterator[City]:
    with (
        temporary_folder("test") as folder,
        _scanner(folder) as url,
        opened(folder, {"ZHIHENG_SCANNER_URL": url}) as city,
    ):
        yield city


@contextmanager
def opened(folder: Path, extra: Mapping[str, str]) -> Iterator[City]:
    """A city with a real cycle of today."""
    with Stack(folder, StackOptions(rehearsals=True, extra=extra)) as stack:
        city = City(stack)
        city.people["admin"] = city.sign_in("admin", stack.admin_password)
        office, today = city.person("li", "award_office"), SystemClock().today()
        opening = {
            "rulebook": RULEBOOK, "year": today.year, "opens_on": today.isoformat(),
            "closes_on": (today + timedelta(days=30)).isoformat(),
        }  # fmt: skip
        city.cycle = office.ok("POST", "/cycles", opening)["cycle_id"]
        city.departments_know({})
        yield city
