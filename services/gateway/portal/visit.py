"""One request of a browser: who looks, in which language, and how a page asks and acts for them.

A page knows no more than the API: it asks by the name of a route's operation, with the same checks of role, fields and rights.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache
from typing import TYPE_CHECKING, Any

from flask import Response, g, redirect, request
from marshmallow import Schema
from werkzeug.datastructures import Headers

from services.gateway.circumstances import IDEMPOTENCY_KEY, Asked, circumstances
from services.gateway.desk import asking
from services.gateway.identity import Session
from services.gateway.portal import frame
from services.gateway.portal.sessions import csrf_of
from services.gateway.portal.text import PLACE, Language, Text
from services.gateway.routes import ROUTES, Route, spec_of
from services.gateway.serving import answer
from shared.contracts import load
from shared.contracts.operations import PUBLIC, ROLES
from shared.identifiers import new_id
from shared.problems import NotFound, Problem, Unavailable
from shared.rulebooks import Rulebook

if TYPE_CHECKING:
    from services.gateway.app import Gateway
    from services.gateway.portal.forms import Filled, Form

NEXT_COOKIE = "__Host-zhiheng-next"  # set while the session carries something for its next page

NULL = object()  # a value that is said to be none; None itself is left out


@cache
def _by_operation() -> dict[str, Route]:
    return {route.operation: route for route in ROUTES}


@cache
def _schema(request_type: type[Schema]) -> Schema:
    return request_type()


def prepare() -> None:
    """Make the contracts of all operations: that of one takes longer than most questions."""
    for route in _by_operation().values():
        _schema(spec_of(route).request)


def or_none(answer: dict[str, Any] | Problem) -> dict[str, Any] | None:
    """An answer of `ask_each`; None where its service does not answer. Raises any other refusal."""
    return None if isinstance(answer, Unavailable) else needed(answer)


def needed(answer: dict[str, Any] | Problem) -> dict[str, Any]:
    """An answer of `ask_each` without which there is no page. Raises the refusal in its place."""
    if isinstance(answer, Problem):
        raise answer
    return answer


def or_unheard(answer: dict[str, Any] | Problem) -> dict[str, Any] | None:
    """As `or_none`; None as well of a service that has not heard of the cycle yet."""
    return None if isinstance(answer, NotFound) else or_none(answer)


@dataclass
class Visit:
    """Somebody in front of a page; `session` is None for the public."""

    gateway: Gateway
    session: Session | None
    token: str
    language: Language
    elder: bool = False
    carried: dict[str, Any] = field(default_factory=dict)
    aside: list[Text] = field(default_factory=list)  # said on the page that is shown now
    people: dict[str, str] = field(default_factory=dict)  # names by subjects, as far as they were asked for
    ids: int = 0  # that parts of the page have so far

    @property
    def roles(self) -> tuple[str, ...]:
        """The roles that are held, in the order of the table; the public's where nobody is signed in."""
        if self.session is None:
            return (PUBLIC,)
        return tuple(role for role in ROLES if role in self.session.roles)

    @property
    def csrf(self) -> str:
        """What this session's forms carry; empty for the public, whose forms change nothing that is somebody's.

        It is another one for each whom the session acts for: what was opened in one name is not done in another.
        """
        if self.session is None:
            return ""
        giver = self.session.acting_for
        return csrf_of(self.token, giver.account_id if giver else "")

    def say(self, zh: str, en: str) -> str:
        """In the visitor's language."""
        return en if self.language == "en" else zh

    # Asking and acting

    def ask(self, operation: str, **data: Any) -> dict[str, Any]:
        """What an operation answers, by its name: `intake.cycle`, `gateway.me`, `*.stage` for a stage's owner.

        Values that are None are left out. Raises Problem as the API would.
        """
        return self.do(operation, new_id(), **data)

    def ask_or_none(self, operation: str, **data: Any) -> dict[str, Any] | None:
        """As `ask`; None where the service does not answer: its block then says so, and shows no figure."""
        try:
            return self.ask(operation, **data)
        except Unavailable:
            return None

    def ask_each(
        self, operation: str, questions: Iterable[Mapping[str, Any]]
    ) -> list[dict[str, Any] | Problem]:
        """One operation of a service about several things at once, in their order: as many answers take as long as one. What a
        question failed with stands in its answer's place; `or_none` and `isinstance` tell.
        """
        return self.ask_all((operation, each) for each in questions)

    def ask_all(self, questions: Iterable[tuple[str, Mapping[str, Any]]]) -> list[dict[str, Any] | Problem]:
        """As `ask_each`, of several operations of services; each is asked in the role that may ask it."""
        given = [(operation, dict(data)) for operation, data in questions]
        asked = {operation: self.asked(operation) for operation in {each for each, _ in given}}
        for operation, data in given:
            load(_schema(spec_of(_by_operation()[operation]).request), data)
        if not given:
            return []
        return self.gateway.dispatcher.gather(
            [
                (*operation.split(".", 1), data, asked[operation].role)  # type: ignore[misc]
                for operation, data in given
            ],
            asked[given[0][0]],
        )

    def do(self, operation: str, key: str, **data: Any) -> dict[str, Any]:
        """Give a command; `key` is the form's: sent twice, it is done once."""
        answered = self._send(operation, key, data)
        if isinstance(answered, Response):
            raise TypeError(f"{operation} gives a file: use `file`")
        return answered

    def file(self, operation: str, *, key: str = "", **data: Any) -> Response:
        """What an operation gives as a file; `key` is the form's, where one asks for it: sent twice, it is done once."""
        answered = self._send(operation, key or new_id(), data)
        if not isinstance(answered, Response):
            raise TypeError(f"{operation} gives no file")
        return answered

    def tasks_or_none(self, listed: dict[str, Any]) -> dict[str, Any] | None:
        """What `gateway.my_tasks` answers, from the answer of `intake.cycles` that a page has; None as of `ask_or_none`."""
        try:
            return asking.tasks_among(self.gateway, listed, self.asked("gateway.my_tasks"))
        except Unavailable:
            return None

    def rulebook(self, cycle_id: str) -> Rulebook:
        """The rulebook of a cycle. Raises NotFound, Unavailable."""
        return self.gateway.dispatcher.rulebook(cycle_id, self.asked("intake.cycle").context)

    def cycle_name(self, cycle_id: str) -> Text:
        """What people call a cycle: its regulation and year. Raises NotFound, Unavailable."""
        context = self.asked("intake.cycle").context
        book, year = self.rulebook(cycle_id), self.gateway.dispatcher.year(cycle_id, context)
        if year is None:
            return Text(book.title.zh, book.title.en)
        return Text(f"{book.title.zh}，{year} 年度", f"{book.title.en}, {year}")

    def book_title(self, rulebook: str) -> Text:
        """The title by which people know a rulebook; its id where it is not installed here."""
        library = self.gateway.library
        if rulebook not in library.ids():
            return Text(rulebook, rulebook)
        title = library.get(rulebook).title
        return Text(title.zh, title.en)

    def person(self, subject: str | None) -> str:
        """Who that is, for people: the name of the account known by a subject; the subject itself where there is no account, as
        in a rehearsal; empty for nobody. Each is looked up once a page.
        """
        if not subject:
            return ""
        if subject not in self.people:
            self.people[subject] = self.gateway.identity.name_of_subject(subject) or subject
        return self.people[subject]

    def expert(self, expert_id: str | None) -> str:
        """An expert for those who assign them: the name with the number in the register; the number where nobody has it as an
        account; empty for nobody.
        """
        name = self.person(expert_id)
        return (
            name if name == (expert_id or "") else self.say(f"{name}（{expert_id}）", f"{name} ({expert_id})")
        )

    def next_id(self) -> str:
        """An id for a part of the page, the same whenever the page is made."""
        self.ids += 1
        return f"part-{self.ids}"

    def did(self, *people: str | None) -> bool:
        """Whether one of those who made, proposed or found something is this visitor, or whom it acts for: what somebody else
        has to decide is then not offered. The service decides (`Work.same_person`); this is what is shown.
        """
        if self.session is None:
            return False
        giver = self.session.acting_for
        return bool({self.session.subject, giver.subject if giver else self.session.subject} & set(people))

    def now(self) -> datetime:
        """The server's clock, in Shanghai."""
        return self.gateway.identity.store.clock.now().astimezone(PLACE)

    def today(self) -> date:
        """The day it is, there."""
        return self.now().date()

    def asked(self, operation: str, key: str = "") -> Asked:
        """The circumstances in which this visitor asks something. Raises Unauthenticated, Forbidden."""
        headers = Headers({IDEMPOTENCY_KEY: key or new_id()})
        if self.session is not None:
            headers["Authorization"] = f"Bearer {self.token}"
        return circumstances(
            spec_of(_by_operation()[operation]),
            headers,
            self.gateway.identity,
            request=g.request_id,
            traced=g.trace,
            address=g.address,
            rehearsals=self.gateway.rehearsals,
            by_cookie=True,
        )

    def may(self, operation: str) -> bool:
        """Whether a role that is held may ask this at all: what may not be done is not offered."""
        allowed = spec_of(_by_operation()[operation]).roles
        return PUBLIC in allowed or any(role in allowed for role in self.roles)

    def _send(self, operation: str, key: str, data: Mapping[str, Any]) -> dict[str, Any] | Response:
        route = _by_operation()[operation]
        given = {name: None if value is NULL else value for name, value in data.items() if value is not None}
        asked = self.asked(operation, key)
        g.role = asked.role
        load(_schema(spec_of(route).request), given)
        return answer(self.gateway, route, given, asked)

    # Answering

    def page(self, template: str, title: Text, *, status: int = 200, **values: Any) -> Response:
        """A page of the frame in the visitor's language. A form among the values puts its refusals at the top."""
        return frame.render(self, template, title, status=status, **values)

    def go(self, address: str, notice: Text | None = None, **carried: Any) -> Response:
        """On to another page of ours after something was done; `notice` is shown there once, as is what is carried."""
        response = frame.as_flask(redirect(address, 303))
        kept = {**({"notice": list(notice)} if notice else {}), **carried}
        if kept and self.session is not None:
            self.gateway.sessions.carry(self.token, kept)
            response.set_cookie(NEXT_COOKIE, "1", secure=True, httponly=True, samesite="Lax", path="/")
        return response

    def form(self, form: Form, values: Mapping[str, Any] | None = None) -> Filled:
        """The form to show: empty or with `values` (plain JSON); what was typed when a session ended comes back."""
        typed = self.typed
        return form.typed(typed) if form.shows(typed) else form.filled(values or {})

    @property
    def typed(self) -> dict[str, list[str]]:
        """What was typed on this page when a session ended; empty where nothing was."""
        typed = self.carried.get("typed")
        if not isinstance(typed, dict) or self.carried.get("at") != request.path:
            return {}
        return {str(name): list(values) for name, values in typed.items()}

    def submit(self, form: Form, operation: str, **data: Any) -> Filled:
        """Read the posted form and give the command with it and `data`; what came of it is in the result.

        `ok` where it was done (`reply` is the answer); else the form with its refusals, to be shown again.
        """
        filled = form.posted(request.form)
        if filled.ok:
            filled.attempt(lambda: self.do(operation, filled.key, **{**filled.data, **data}))
        return filled
