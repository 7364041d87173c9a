"""A small world of real services behind the real gateway: every operation is answered by the service's own handler on its own
migrated store, without a bus. Two of them that differ in one thing are compared by all that somebody sees.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from pathlib import Path
from unittest.mock import patch
from zipfile import ZipFile

from services.committee.service import Committee
from services.eligibility.service import Eligibility
from services.gateway.circumstances import ON_BEHALF_OF
from services.gateway.portal import ROOMS
from services.gateway.portal.forms import CSRF, KEY
from services.gateway.portal.sessions import COOKIE
from services.gateway.routes import PREFIX, ROUTES, Route, roles_of, spec_of
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
from shared.identifiers import new_id
from tests.support.browsing import Shown, Visitor, masked, plausible
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
_WRITES = {"POST", "PUT", "PATCH", "DELETE"}
# What somebody does with its own account asks no service about anything.
_OF_ONESELF = ("/me", "/login", "/logout")
_TURNED = 4  # so often a page is opened with other words behind its address
_LONG = 10  # characters of an id that stands nowhere by chance
_HEX = re.compile(r"[0-9a-f]{32,64}|(?<![\w-])[\w-]{43}(?![\w-])")  # ids, digests; codes that are drawn
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

    headers: dict[str, str]
    world: World
    forms: dict[Sent, None]  # that were noted, in the order in which they were seen


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
        visitor.world, visitor.forms = self, {}
        visitor.headers = {
            "Authorization": f"Bearer {self.bench.identity.sign_in(name, PASSWORD, 'test').token}"
        }
        assert visitor.post("/login", {"username": name, "password": PASSWORD}).status == 303
        return visitor

    def helper(self, role: str, subject: str, giver: str) -> Somebody:
        """Somebody with the role who acts for the `giver`, known by its subject, that has lent it the same role."""
        identity, today = self.bench.identity, self.clock.today()
        lender, visitor = self.visitor(role, giver), self.visitor(role, subject)
        lent = {
            "role": role, "helper": f"user.{subject.lower()}", "starts_on": today, "ends_on": today, "reason": "出差",
        }  # fmt: skip
        session = identity.session(lender.headers["Authorization"].removeprefix("Bearer "))
        self.bench.gateway.delegations.lend(session, lent, new_id())
        visitor.headers[ON_BEHALF_OF] = giver
        page = visitor.open("/me")
        form = next(each for each in page.forms if each["action"] == "/me/acting")
        assert visitor.post("/me/acting", form["fields"]).status == 303
        return visitor

    def close(self) -> None:
        """Let go of the stores."""
        for desk in self.desks.values():
            desk.close()
        self.bench.store.close()


@contextmanager
def worlds(folder: Path, *, at: datetime = _MORNING, count: int = 2) -> Iterator[list[World]]:
    """So many installations that are alike."""
    made: list[World] = []
    try:
        for number in range(count):
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
    kind = shown.response.mimetype or ""
    readable = kind.startswith("text/") or kind.endswith(("json", "xml"))
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


def views(
    visitor: Somebody, role: str, names: Mapping[str, str], *, noting: bool = False, only: str = ""
) -> dict[str, str]:
    """By address: all that somebody sees. Links of ours that pages show are followed as well.

    `noting`: the forms are, to be sent afterwards. `only`: nothing but addresses with this in them.
    """
    found: dict[str, str] = {}
    waiting = [address for address in addresses(role, names) if only in address]
    turned: Counter[str] = Counter()  # a page may lead to itself for ever: other days, other filters
    while waiting:
        address = waiting.pop()
        path, _, query = address.partition("?")
        if address in found or (query and turned[path] >= _TURNED):
            continue
        turned[path] += bool(query)
        shown = visitor.open(address, **(visitor.headers if address.startswith(PREFIX) else {}))
        assert shown.status != 500, (address, shown.words[-300:])
        found[address] = seen(shown)
        if shown.response.mimetype == "text/html":
            waiting += [link for link in shown.links if _followed(link) and only in link]
            if noting:
                visitor.forms |= dict.fromkeys(_sendable(shown, names))
    return {_named(address, names): _named(text, names) for address, text in found.items()}


def _followed(link: str) -> bool:
    ours = link.startswith("/") and not link.startswith(("//", "/assets", "/login", "/logout"))
    return ours and not re.search(r"[?&](lang|elder)=", link)


# --- what is sent ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Sent:
    """A form, filled in one way, with the names of what it is about."""

    address: str
    fields: tuple[tuple[str, str], ...]


def _sendable(shown: Shown, names: Mapping[str, str]) -> Iterator[Sent]:
    """The forms of a page: with nothing filled in, with the first of each choice, with the last of each."""
    for form in shown.forms:
        to = form["action"] or shown.address
        if (form["method"] or "get").lower() != "post" or to.startswith(_OF_ONESELF):
            continue
        carried = {name: value for name, value in form["fields"] if form["asked"][name][0] == "hidden"}
        for values in (carried, plausible(form), plausible(form, last=True)):
            fields = [
                (name, _named(value, names)) for name, value in values.items() if name not in {KEY, CSRF}
            ]
            yield Sent(_named(to, names), tuple(fields))


def posted(
    visitor: Somebody, role: str, names: Mapping[str, str], *, only: str = "", **more: str
) -> dict[str, str]:
    """By what was sent: all that somebody is answered. The forms that were noted, every page that takes a form, and the
    examples of every command of the API, about what is named. Each is answered as if it were done, and nothing of it stays.

    `only`: nothing but what is about the name, `application_id` for example.
    """
    csrf = dict(visitor.open("/me").form(CSRF)["fields"])[CSRF]
    bare = dict.fromkeys(Sent(rule, ()) for rule in _taking(role))
    found: dict[str, str] = {}
    with visitor.world.services.undone():
        for sent in bare | visitor.forms:
            if only not in f"{sent.address} {sent.fields}":
                continue
            fields = [(name, _filled(value, names)) for name, value in sent.fields]
            shown = visitor.post(_filled(sent.address, names), [*fields, (KEY, new_id()), (CSRF, csrf)])
            what = _HEX.sub("#", f"{sent.address} {sent.fields}")
            found[f"{what} {sum(each.startswith(what) for each in found)}"] = seen(shown) + _carried(visitor)
        for route in ROUTES:
            ours = route.verb in _WRITES and role in roles_of(route) and only in (*spec_of(route).example, "")
            if ours and not route.operation.startswith("gateway."):
                found[f"{route.verb} {route.path}"] = seen(_commanded(visitor, route, {**names, **more}))
    assert not [what for what, answer in found.items() if answer.startswith("500")]
    return {what: _named(answer, names) for what, answer in found.items()}


def _taking(role: str) -> list[str]:
    """The addresses of pages to which a role may post, with the names in them."""
    rules = {
        page.rule
        for room in ROOMS
        for page in room.pages
        if "POST" in page.methods and {role, PUBLIC} & set(page.roles)
    }
    return sorted(
        re.sub(r"<(?:[a-z]+:)?([a-z_]+)>", r"<\1>", rule)
        for rule in rules
        if not rule.startswith(_OF_ONESELF)
    )


def _commanded(visitor: Somebody, route: Route, names: Mapping[str, str]) -> Shown:
    """The contract's own example of a command, about what is named."""
    example = dict(spec_of(route).example)
    asked = {name: names.get(name, value) for name, value in example.items()}
    path = PREFIX + route.path.format(**{name: asked.get(name, NOWHERE) for name in route.in_path})
    body = {name: value for name, value in asked.items() if name not in route.in_path}
    answered = visitor.client.open(
        path, method=route.verb, json=body if route.takes_body else None, headers=visitor.headers
    )
    return Shown(path, answered)


def _carried(visitor: Somebody) -> str:
    """What the next page would say, once."""
    cookie = visitor.client.get_cookie(COOKIE)
    assert cookie is not None
    return json.dumps(
        visitor.bench.gateway.sessions.carried(cookie.value), ensure_ascii=False, sort_keys=True
    )


def _filled(text: str, names: Mapping[str, str]) -> str:
    return re.sub(r"<([a-z_]+)>", lambda found: names.get(found[1], NOWHERE), text)


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
