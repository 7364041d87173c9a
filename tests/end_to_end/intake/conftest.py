"""One stack for all tests of this folder, with real cycles, not rehearsals, and people with accounts of their own.

A stack takes longer to start than most tests to run. Each test opens a cycle of its own; days go by for all of them.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import pytest
import requests

from deploy.local.stack import Stack, StackOptions
from deploy.local.temporary import temporary_folder
from deploy.rehearsal.stubs import Stubs
from shared.identifiers.uscc import check_character
from tests.support.clamd import FakeClamd
from tests.support.messages import CaptureServer

RULEBOOK = "hangzhou-2025"  # in force, with no end
DAY = date(2025, 9, 1)  # a Monday; the rulebooks are in force, the working days of 2026 are published too
CODES = (first + check_character(first) for first in (f"91330100MA2XY{number:04d}" for number in count()))
# These two departments are asked under one of the rulebooks alone, so the channels disturb nobody else.
CHANNELS = """
departments:
  public_health: {channel: batch}
  food_drug: {channel: clerk}
"""
SETTINGS = {
    "ZHIHENG_DEPARTMENTS_BACKOFF": "0.05",
    "ZHIHENG_DEPARTMENTS_REMINDERS": "0.001,1000",  # a silent department is reminded after some seconds, and then no more
}
_PATIENCE = 60.0  # seconds; how long it takes is no matter of these tests


@dataclass
class Person:
    """Somebody who signs in with a password on every day anew, and what the API says to them."""

    city: City
    name: str
    username: str
    password: str = field(repr=False)
    role: str
    unit: str | None = None
    _token: str = field(default="", repr=False)
    _day: date | None = None

    @property
    def token(self) -> str:
        """Good on the stack's present day."""
        today = self.city.today()
        if self._day != today:
            answer = requests.post(
                f"{self.city.stack.gateway_url}/api/v1/tokens",
                json={"username": self.username, "password": self.password},
                timeout=30,
            )
            self._token, self._day = answer.json()["token"], today
        return self._token

    def __call__(
        self, verb: str, path: str, body: Mapping[str, Any] | None = None, **more: Any
    ) -> requests.Response:
        return requests.request(
            verb,
            f"{self.city.stack.gateway_url}/api/v1{path}",
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
    post: CaptureServer
    people: dict[str, Person] = field(default_factory=dict)

    def today(self) -> date:
        """The stack's day."""
        return self.stack.clock.today()

    def person(self, name: str, role: str, unit: str | None = None) -> Person:
        """An account with a role; one name is one person."""
        known = self.people.get(name)
        assert known is None or (known.role, known.unit) == (role, unit), f"{name} is {known}"
        if known is None:
            username, password = f"user.{name.lower()}", secrets.token_urlsafe(16)
            self.people["admin"].ok(
                "POST",
                "/accounts",
                {
                    "username": username, "password": password, "display_name": name, "roles": [role], "subject": name,
                    "unit": unit,
                },
            )  # fmt: skip
            self.people[name] = Person(self, name, username, password, role, unit)
        return self.people[name]

    @property
    def office(self) -> Person:
        """Somebody of the award office."""
        return self.person("li", "award_office")

    def open_cycle(self, rulebook: str = RULEBOOK, *, days: int = 30) -> str:
        """A real cycle that takes applications from today, for so many days; its id. The departments know of nobody."""
        today = self.today()
        opening = {
            "rulebook": rulebook, "year": today.year, "opens_on": today.isoformat(),
            "closes_on": (today + timedelta(days=days)).isoformat(),
        }  # fmt: skip
        cycle = str(self.office.ok("POST", "/cycles", opening)["cycle_id"])
        self.departments_know(cycle, {})
        return cycle

    def departments_know(
        self,
        cycle: str,
        records: Mapping[str, Any],
        faults: Mapping[str, Mapping[str, Any]] | None = None,
    ) -> None:
        """What the stub departments hold of a cycle's organizations, and which of them are out of order."""
        secret = self.stack.secrets.departments.read_text(encoding="utf-8").strip()
        world = {"records": records, "faults": faults or {}}
        Stubs(self.stack.stubs_url, secret, self.stack.clock).put(cycle, world)


class Dossier:
    """A draft of somebody's, and its files."""

    def __init__(self, city: City, cycle: str, who: Person) -> None:
        self.city, self.cycle, self.who = city, cycle, who
        body = {"name": f"示例{who.name}有限公司", "kind": "organization"}
        made = who.ok("POST", f"/cycles/{cycle}/applications", body)
        self.id = str(made["application_id"])
        self.path = f"/applications/{self.id}"

    def put(
        self,
        content: bytes,
        name: str,
        material: str = "proofs",
        who: Person | None = None,
        use: str = "files",
    ) -> requests.Response:
        """A file in one request."""
        named = {"file_name": name} | ({"material": material} if use == "files" else {})
        return (who or self.who)("POST", f"{self.path}/{use}", params=named, data=content)

    def checked(self, file_id: str, who: Person | None = None) -> dict[str, Any]:
        """The file when it has been looked into."""
        path = f"{self.path}/files/{file_id}"

        def found() -> dict[str, Any] | None:
            file: dict[str, Any] = (who or self.who).ok("GET", path)
            return None if file["state"] == "checking" else file

        file: dict[str, Any] = until(f"{file_id} is looked into", found)
        return file

    def handed(self, content: bytes, name: str, material: str = "proofs") -> dict[str, Any]:
        """Uploaded, looked into."""
        answer = self.put(content, name, material)
        assert answer.status_code == 201, answer.text
        return self.checked(answer.json()["file_id"])


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


@pytest.fixture(scope="package")
def city() -> Iterator[City]:
    with temporary_folder("test") as folder, _scanner(folder) as url, CaptureServer() as post:
        channels = Path(folder, "departments.yaml")
        channels.write_text(CHANNELS, encoding="utf-8")
        mail = {"ZHIHENG_MAIL_HOST": "127.0.0.1", "ZHIHENG_MAIL_PORT": str(post.port)}
        mail |= {"ZHIHENG_MAIL_SECURITY": "none", "ZHIHENG_MAIL_FROM": "award@example.org"}
        extra = {**SETTINGS, **mail, "ZHIHENG_SCANNER_URL": url, "ZHIHENG_DEPARTMENTS_FILE": str(channels)}
        with Stack(folder / "stack", StackOptions(travels=DAY, extra=extra)) as stack:
            city = City(stack, post)
            city.people["admin"] = Person(city, "admin", "admin", stack.admin_password, "admin")
            yield city


@pytest.fixture
def cycle(city: City) -> str:
    """A cycle of this test's own."""
    return city.open_cycle()
