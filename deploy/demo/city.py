"""People with accounts of a running stack, what the API says to them, and the stack's stub departments."""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, Protocol

import requests

from deploy.local.services import Secrets
from deploy.rehearsal.stubs import Stubs
from shared.clock import Clock

PATIENCE = 180.0  # seconds; a machine may have much else to do
_TIMEOUT = 60.0  # seconds of one request
_PAUSE, _LONGEST_PAUSE = 0.1, 0.5  # seconds between two looks, at first and after a while


class Refused(AssertionError):
    """The API's answer is not the one that the story needs."""


class Place(Protocol):
    """What is needed of a stack."""

    @property
    def gateway_url(self) -> str: ...
    @property
    def stubs_url(self) -> str: ...
    @property
    def secrets(self) -> Secrets: ...
    @property
    def clock(self) -> Clock: ...

    def travel(self, to: date) -> None:
        """Begin a later day."""


_connections = threading.local()


def _session() -> requests.Session:
    """A connection of the thread's own."""
    if not hasattr(_connections, "session"):
        _connections.session = requests.Session()
    session: requests.Session = _connections.session
    return session


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
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    @property
    def token(self) -> str:
        """Good on the stack's present day."""
        with self._lock:
            today = self.city.today()
            if self._day != today:
                self._token, self._day = until(f"{self.name} signs in", self._signed_in), today
            return self._token

    def _signed_in(self) -> str:
        """A token; none while the gateway has too much of it. Raises Refused."""
        answer = _session().post(
            f"{self.city.stack.gateway_url}/api/v1/tokens",
            json={"username": self.username, "password": self.password},
            timeout=_TIMEOUT,
        )
        if answer.status_code in {requests.codes.unavailable, requests.codes.too_many_requests}:
            return ""
        if not answer.ok:
            raise Refused(f"{self.name} signs in: {answer.status_code} {answer.text}")
        return str(answer.json()["token"])

    def __call__(
        self, verb: str, path: str, body: Mapping[str, Any] | None = None, **more: Any
    ) -> requests.Response:
        return _session().request(
            verb,
            f"{self.city.stack.gateway_url}/api/v1{path}",
            json=body,
            headers={"Authorization": f"Bearer {self.token}", **more.pop("headers", {})},
            timeout=_TIMEOUT,
            **more,
        )

    def ok(self, verb: str, path: str, body: Mapping[str, Any] | None = None) -> Any:
        """The answer, which has to be a good one. Raises Refused."""
        answer = self(verb, path, body)
        if not answer.ok:
            raise Refused(f"{self.name}: {verb} {path}: {answer.status_code} {answer.text}")
        return answer.json()


@dataclass
class City:
    """The stack of one city, and the people who were given accounts."""

    stack: Place
    people: dict[str, Person] = field(default_factory=dict)
    _lock: threading.RLock = field(default_factory=threading.RLock, repr=False)

    def today(self) -> date:
        """The stack's day."""
        return self.stack.clock.today()

    def person(self, name: str, role: str, unit: str | None = None) -> Person:
        """An account with a role; one name is one person."""
        with self._lock:
            known = self.people.get(name)
            if known is not None and (known.role, known.unit) != (role, unit):
                raise Refused(f"{name} is {known}")
            return known or self.enrol(name, role, unit)

    def enrol(
        self, name: str, role: str, unit: str | None = None, username: str = "", shown: str = ""
    ) -> Person:
        """A new account; without a username one that follows from the name. `shown` is what others read of it."""
        username, password = username or f"user.{name.lower()}", secrets.token_urlsafe(16)
        account = {
            "username": username, "password": password, "display_name": shown or name, "roles": [role],
            "subject": name, "unit": unit,
        }  # fmt: skip
        self.people["admin"].ok("POST", "/accounts", account)
        person = Person(self, name, username, password, role, unit)
        with self._lock:
            self.people[name] = person
        return person

    @property
    def office(self) -> Person:
        """Somebody of the award office."""
        return self.person("li", "award_office")

    def open_cycle(self, rulebook: str, *, days: int = 30, **more: Any) -> str:
        """A real cycle that takes applications from today, for so many days; its id. The departments know of nobody."""
        today = self.today()
        opening = {
            "rulebook": rulebook, "year": today.year, "opens_on": today.isoformat(),
            "closes_on": (today + timedelta(days=days)).isoformat(), **more,
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

    def __init__(
        self, city: City, cycle: str, who: Person, name: str = "", kind: str = "organization"
    ) -> None:
        self.city, self.cycle, self.who = city, cycle, who
        body = {"name": name or f"示例{who.name}有限公司", "kind": kind}
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
        return self.checked(self.sent(content, name, material))

    def sent(self, content: bytes, name: str, material: str = "proofs") -> str:
        """Uploaded, to be looked into; the file's id."""
        answer = self.put(content, name, material)
        if answer.status_code != requests.codes.created:
            raise Refused(f"{name}: {answer.status_code} {answer.text}")
        return str(answer.json()["file_id"])


def until(what: str, found: Callable[[], Any]) -> Any:
    """The first thing found that is true. Raises Refused where there is none for three minutes."""
    end, pause = time.monotonic() + PATIENCE, _PAUSE
    while time.monotonic() < end:
        if value := found():
            return value
        time.sleep(pause)
        pause = min(pause * 1.3, _LONGEST_PAUSE)
    raise Refused(f"never: {what}")
