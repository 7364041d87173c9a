"""A small world of real services behind the real gateway: every operation is answered by the service's own handler on its own
migrated store, without a bus. Two of them that differ in one thing are compared by all that somebody sees.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from io import BytesIO
from pathlib import Path
from unittest.mock import patch
from zipfile import ZipFile

from services.committee.service import Committee
from services.eligibility.service import Eligibility
from services.gateway.portal import ROOMS
from services.gateway.routes import PREFIX, ROUTES, roles_of
from services.incentives.service import Incentives
from services.intake import cycles as intake_cycles
from services.intake.service import Intake
from services.notifications.service import Notifications
from services.review.service import Review
from shared.bus import Service
from shared.clock import SHANGHAI, FixedClock
from shared.config import Settings
from shared.contracts import load, operation
from shared.contracts.operations import PUBLIC
from tests.support.browsing import Shown, Visitor, masked
from tests.support.committee import RealHall
from tests.support.gateway import PASSWORD, Bench, InProcess, make_bench
from tests.support.handlers import RealServices
from tests.support.rooms import CHANGNING, CYCLE, Room
from tests.support.works import Desk

SERVICES: tuple[type[Service], ...] = (Intake, Eligibility, Review, Committee, Incentives, Notifications)
NOWHERE = "nowhere"
_SETTINGS = Settings(  # nobody is asked anything there
    environment="test", departments_url="http://departments.invalid", departments_secret="nothing to keep"
)
_MORNING = datetime(2025, 6, 24, 9, tzinfo=SHANGHAI)
_LONG = 10  # characters of an id that stands nowhere by chance
_HEX = re.compile(r"[0-9a-f]{32,64}")
# What tells one answer from the next one of the very same thing.
_OF_ONE_ANSWER = {
    "X-Request-Id",
    "Date",
    "Set-Cookie",
    "traceparent",
    "Traceparent",
    "Server-Timing",
    "X-Response-Time",
}


class Somebody(Visitor):
    """Somebody who browses, and asks the API with a token."""

    headers: Mapping[str, str]


class World:
    """One installation with one cycle of a rulebook, in the real life of its people; `clock` is everybody's."""

    def __init__(self, folder: Path, *, at: datetime = _MORNING) -> None:
        folder.mkdir()
        self.clock = FixedClock(at)
        self.rooms: dict[str, Room] = {}
        self.desks: dict[str, Desk] = {}
        for service in SERVICES:
            url = f"sqlite:///{folder / service.name}.sqlite"
            conductor = getattr(service, "conductor", None)
            if conductor is None or service is Intake:
                self.desks[service.name] = Desk(service.name, url, self.clock)
            else:
                room = (
                    RealHall(url, clock=self.clock)
                    if service is Committee
                    else Room(service.name, url, conductor, rehearsal=False, clock=self.clock)
                )
                self.rooms[service.name], self.desks[service.name] = room, room.desk
        self.services = RealServices(SERVICES, self.desks, self.clock, _SETTINGS)
        self.do = self.services.do
        with (
            self.desks["intake"].work("award_office", "li") as work,
            patch.object(intake_cycles, "new_id", lambda: CYCLE),
        ):
            asked = {
                "rulebook": CHANGNING.id, "year": 2025, "opens_on": "2025-05-12", "closes_on": "2025-06-30",
            }  # fmt: skip
            request = load(operation("intake", "open_cycle").request(), asked)
            intake_cycles.open_cycle(work, request, rehearsals=True)
        self.caller = InProcess(self.services.answer)
        self.bench: Bench = make_bench(folder, self.caller, clock=self.clock)

    def visitor(self, role: str, subject: str) -> Somebody:
        """Somebody who browses, known to the services by this subject."""
        name = f"user.{subject.lower()}"
        self.bench.identity.create(
            None, username=name, password=PASSWORD, display_name=name, roles=[role], subject=subject
        )
        visitor = Somebody(self.bench)
        visitor.headers = {
            "Authorization": f"Bearer {self.bench.identity.sign_in(name, PASSWORD, 'test').token}"
        }
        assert visitor.post("/login", {"username": name, "password": PASSWORD}).status == 303
        return visitor

    def close(self) -> None:
        """Let go of the stores."""
        for desk in self.desks.values():
            desk.close()
        self.bench.store.close()


@contextmanager
def worlds(folder: Path, *, at: datetime = _MORNING) -> Iterator[list[World]]:
    """Two installations that are alike."""
    made: list[World] = []
    try:
        for number in range(2):
            made.append(World(folder / f"world{number}", at=at))
        yield made
    finally:
        for world in made:
            world.close()


def addresses(role: str, names: Mapping[str, str]) -> list[str]:
    """Every page and every answer of the API that a role may open, about what is named."""
    rules = [
        page.rule
        for room in ROOMS
        for page in room.pages
        if "GET" in page.methods and {role, PUBLIC} & set(page.roles)
    ]
    rules += [
        re.sub(r"\{([^}]*)\}", r"<\1>", PREFIX + route.path)
        for route in ROUTES
        if route.verb == "GET" and {role, PUBLIC} & set(roles_of(route))
    ]
    return sorted(
        {
            re.sub(r"<(?:[a-z]+:)?([a-z_]+)>", lambda found: names.get(found[1], NOWHERE), rule)
            for rule in rules
            if rule not in {"/login", "/logout"}
        }
    )


def seen(shown: Shown) -> str:
    """An answer as somebody may keep it: status, headers, body; what is made anew each time is masked, and ids by their order."""
    headers = sorted((k, v) for k, v in shown.response.headers.items() if k not in _OF_ONE_ANSWER)
    readable = shown.response.mimetype.startswith("text/") or shown.response.mimetype.endswith(
        ("json", "xml")
    )
    text = masked(shown) if readable else _unpacked(shown.response.get_data())
    whole = f"{shown.status}\n{headers}\n{text}"
    order: dict[str, str] = {}
    return _HEX.sub(lambda found: order.setdefault(found[0], f"#{len(order)}"), whole)


def _unpacked(body: bytes) -> str:
    """A file's bytes; of a package the members without the moment at which it was packed."""
    if not body.startswith(b"PK"):
        return body.decode("latin-1")
    with ZipFile(BytesIO(body)) as package:
        return "\n".join(f"{name} {package.read(name).decode('latin-1')}" for name in package.namelist())


def views(visitor: Somebody, role: str, names: Mapping[str, str]) -> dict[str, str]:
    """By address: all that somebody sees. Links of ours that pages show are followed as well."""
    found: dict[str, str] = {}
    waiting = addresses(role, names)
    while waiting:
        address = waiting.pop()
        if address in found:
            continue
        shown = visitor.open(address, **(visitor.headers if address.startswith(PREFIX) else {}))
        assert shown.status != 500, (address, shown.words[-300:])
        found[address] = seen(shown)
        if shown.response.mimetype == "text/html":
            waiting += [link for link in shown.links if _followed(link)]
    return {_named(address, names): _named(text, names) for address, text in found.items()}


def _followed(link: str) -> bool:
    ours = link.startswith("/") and not link.startswith(("//", "/assets", "/login", "/logout"))
    return ours and not re.search(r"[?&](lang|elder)=", link)


def _named(text: str, names: Mapping[str, str]) -> str:
    """With what is long enough to be meant in the place of its name."""
    for name, value in names.items():
        if len(value) >= _LONG:
            text = text.replace(value, f"<{name}>")
    return text


def differences(here: Mapping[str, str], there: Mapping[str, str]) -> list[str]:
    """By what somebody could tell two worlds apart, with the first words that differ."""
    found = [f"{address}: only in one" for address in sorted(here.keys() ^ there.keys())]
    for address in sorted(here.keys() & there.keys()):
        one, other = here[address], there[address]
        if one != other:
            at = next((n for n, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), len(one))
            found.append(
                f"{address}: {one[max(0, at - 60) : at + 60]!r} / {other[max(0, at - 60) : at + 60]!r}"
            )
    return found
