"""Every form of every page, filled in badly: nothing breaks, nothing is believed, and what was typed stays.

The forms are found by opening the pages, so one that is added later is tried as well. What the services answer are samples;
where a refusal of theirs is wanted, every command is refused.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from services.gateway.portal import ROOMS
from services.gateway.portal.forms import CSRF, FEWER, KEY, MORE, SECRET
from services.gateway.portal.room import Page
from shared.contracts import Context
from shared.contracts.operations import AGENCY, OPERATIONS, PUBLIC, ROLES
from shared.documents.text import clean
from shared.problems import Conflict, FieldError, Problem, invalid_fields
from tests.integration.portal.test_crawl import address_of, said
from tests.support.browsing import Shown, Visitor, plausible
from tests.support.gateway import PASSWORD, Bench, Call, InProcess, make_bench

PAGES = [page for room in ROOMS for page in room.pages if "GET" in page.methods]
_OURS = {CSRF, KEY, SECRET, MORE, FEWER}
_ENDS_THE_VISIT = {"/logout", "/me/awake"}
_ID = re.compile(r"[0-9a-f]{32}")
_INTRUDER = "intruder-7f3"
_MARK = "zh7"  # in every hostile text
HOSTILE = {
    "markup": f"<script>{_MARK}</script>\"'><img src={_MARK} onerror={_MARK}>{{{{ 7*7 }}}}",
    "formula": f'=1+1+cmd|"/C {_MARK}"!A0',
    "right_to_left": f"{_MARK}\u202egnp.exe\u2066\u200f",
    "four_bytes": f"{_MARK}𠮷😀\U0010ffff",
    "nul": f"{_MARK}\x00\x01\x7f",
    "number": f"9{'9' * 400}",
}
_TYPED = {"text", "textarea", "numeric", "decimal", "date", "datetime-local", "email", "tel", "search"}


@dataclass
class Found:
    """A form, where it stands and who saw it first."""

    visitor: Visitor
    address: str
    shown: dict[str, Any]
    role: str

    @property
    def target(self) -> str:
        return str(self.shown["action"] or self.address)

    @property
    def names(self) -> list[str]:
        return [name for name in self.shown["asked"] if name not in _OURS and not name.endswith("._rows")]

    @property
    def secret(self) -> set[str]:
        return set(dict(self.shown["fields"]).get(SECRET, "").split())

    @property
    def title(self) -> str:
        return f"{self.role} {self.address} → {self.target}"

    def kind(self, name: str) -> str:
        return str(self.shown["asked"][name][0])

    def good(self) -> dict[str, str]:
        """Something of the right kind in each field."""
        return plausible(self.shown)

    def post(self, values: Mapping[str, str]) -> Shown:
        return self.visitor.post(self.target, values)


@dataclass
class Hall:
    """The gateway with services that answer samples, or refuse every command."""

    folder: Path
    refusal: str = ""
    bench: Bench = field(init=False)
    services: InProcess = field(init=False)

    def __post_init__(self) -> None:
        self.services = InProcess(self._answer)
        self.bench = make_bench(self.folder, self.services)

    def _answer(self, service: str, method: str, data: Mapping[str, Any], context: Context) -> dict[str, Any]:
        reply = said(service, method, data, context)
        if self.refusal and OPERATIONS[f"{service}.{method}"].kind == "command":
            raise self._refused(data)
        return reply

    def _refused(self, data: Mapping[str, Any]) -> Problem:
        if self.refusal == "stale":
            return Conflict("已由他人更改", "somebody else changed it first", code="stale")
        return invalid_fields([FieldError(path, "不可接受", "not acceptable") for path in _paths(data)])

    @contextmanager
    def refusing(self, how: str) -> Iterator[None]:
        self.refusal = how
        try:
            yield
        finally:
            self.refusal = ""

    def commands(self, since: int) -> list[Call]:
        return [call for call in self.services.calls[since:] if OPERATIONS[call.operation].kind == "command"]


def _paths(data: Any, above: str = "") -> Iterator[str]:
    entries = data.items() if isinstance(data, Mapping) else enumerate(data) if isinstance(data, list) else ()
    found = False
    for name, value in entries:
        found = True
        yield from _paths(value, f"{above}.{name}" if above else str(name))
    if not found and above:
        yield above


def _pattern(page: Page) -> re.Pattern[str]:
    parts = re.split(r"<[^>]*>", page.rule)
    return re.compile("[^/?]+".join(re.escape(part) for part in parts))


def _opened(visitors: Mapping[str, Visitor]) -> Iterator[tuple[str, Page, Shown]]:
    """Every page as each of its roles sees it; one of something that must be there first by a link that was seen."""
    seen: dict[str, set[str]] = {role: set() for role in visitors}
    later: list[tuple[str, Page]] = []
    for page in PAGES:
        for role in visitors if PUBLIC in page.roles and page.rule == "/login" else page.roles:
            if role not in visitors or (page.rule == "/login" and role != PUBLIC):
                continue
            shown = visitors[role].open(address_of(page))
            seen[role] |= set(shown.links)
            if shown.status == 404:
                later.append((role, page))
            yield role, page, shown
    for role, page in later:
        for link in sorted(seen[role], reverse=True):  # the newest
            if _pattern(page).fullmatch(link):
                yield role, page, visitors[role].open(link)
                break


@pytest.fixture(scope="module")
def hall(tmp_path_factory: pytest.TempPathFactory) -> Hall:
    return Hall(tmp_path_factory.mktemp("forms"))


@pytest.fixture(scope="module")
def forms(hall: Hall) -> list[Found]:
    """Each form once: the same fields to the same address are one, whoever sees them."""
    visitors = {role: Visitor(hall.bench, role) for role in ROLES if role != AGENCY}
    # Whose password, roles and account the forms change: somebody whom nothing else needs.
    other = hall.bench.identity.create(
        None, username="somebody", password=PASSWORD, display_name="somebody", roles=["auditor"]
    )
    found: dict[tuple[Any, ...], Found] = {}
    for role, _page, shown in _opened({**visitors, PUBLIC: Visitor(hall.bench)}):
        for form in shown.forms:
            to = (form["action"] or shown.address).partition("?")[0]
            if to in _ENDS_THE_VISIT:
                continue
            visitor = Visitor(hall.bench) if role == PUBLIC or to == "/me/password" else visitors[role]
            if to == "/me/password":
                assert visitor.post("/login", {"username": "somebody", "password": PASSWORD}).status == 303
            key = (form["method"], _ID.sub("#", to), *sorted(form["asked"]))
            found.setdefault(key, Found(visitor, shown.address, form, role))
    assert other
    return list(found.values())


@pytest.fixture(scope="module")
def posted(forms: list[Found]) -> list[Found]:
    return [form for form in forms if (form.shown["method"] or "get").lower() == "post"]


class Faults:
    """What is wrong, of all forms at once."""

    def __init__(self) -> None:
        self.found: list[str] = []

    def look(self, form: Found, what: str, shown: Shown, typed: Mapping[str, str]) -> None:
        """What holds of every answer, and of every refusal."""
        for why in (
            *_of_any(shown),
            *(_of_a_refusal(form, shown, typed) if shown.status in {409, 422} else ()),
        ):
            self.say(form, what, why)

    def say(self, form: Found, what: str, why: str) -> None:
        self.found.append(f"{form.title} [{what}]: {why}")

    def none(self) -> None:
        assert not self.found, "\n".join([f"{len(self.found)}:", *self.found])


def _of_any(shown: Shown) -> Iterator[str]:
    if shown.status >= 500 and shown.status != 503:  # the player of rehearsals is not there
        yield f"status {shown.status}: {shown.words[-200:]}"
    if shown.response.mimetype != "text/html":
        return  # a file's bytes are what they are
    for raw in (f"<script>{_MARK}", f"<img src={_MARK}"):
        if raw in shown.text:
            yield f"unescaped {raw}"
    if "\x00" in shown.text:
        yield "a NUL on the page"


def _of_a_refusal(form: Found, shown: Shown, typed: Mapping[str, str]) -> Iterator[str]:
    summary = re.search(r'class="govuk-error-summary".*?</ul>', shown.text, re.S)
    if summary is None:
        yield f"status {shown.status} without a summary"
        return
    if not re.search(r"<li>", summary[0]):
        yield "an empty summary"
    for link in re.findall(r'href="#([^"]*)"', summary[0]):
        if not link or f'id="{link}"' not in shown.text:
            yield f"a link to nothing: #{link}"
    again = next((each for each in shown.forms if set(form.names) <= set(each["asked"])), None)
    if again is None:
        yield "the form is gone"
        return
    fields = [(name, _plain(value)) for name, value in again["fields"]]
    for name in form.names:
        value = typed.get(name, "")
        secret = form.kind(name) == "password" or name in form.secret
        if secret:
            if value and any(each == name and kept for each, kept in fields):
                yield f"the secret {name} is shown again"
        elif (
            "*" not in form.secret
            and form.kind(name) in _TYPED
            and value
            and (name, _plain(value)) not in fields
        ):
            yield f"{name} was not kept: {dict(fields).get(name, '')[:60]!r}"


def _plain(text: str) -> str:
    """As a page shows it; white space at the ends and line ends are the browser's."""
    return "".join(clean(text).split())


def test_there_are_forms(forms: list[Found], posted: list[Found]) -> None:
    """Else nothing below says anything."""
    assert len(posted) > 80
    assert {form.role for form in posted} >= {PUBLIC, "applicant", "award_office", "reviewer"}
    assert len(forms) > len(posted)


def test_a_field_that_is_missing_is_asked_for(posted: list[Found]) -> None:
    faults = Faults()
    for form in posted:
        whole = form.good()
        for name in form.names:
            left = {each: value for each, value in whole.items() if each != name}
            faults.look(form, f"without {name}", form.post(left), left)
        faults.look(form, "empty", form.post(_carried(form)), {})
    faults.none()


def _carried(form: Found) -> dict[str, str]:
    return {name: value for name, value in form.shown["fields"] if name in _OURS}


@pytest.mark.parametrize("what", sorted(HOSTILE))
def test_hostile_words_are_words(hall: Hall, posted: list[Found], what: str) -> None:
    """They are kept as typed or refused; no control character reaches a service."""
    faults = Faults()
    for form in posted:
        values = form.good() | {name: HOSTILE[what] for name in form.names if form.kind(name) != "file"}
        since = len(hall.services.calls)
        faults.look(form, what, form.post(values), values)
        if any(_nul(call.data) for call in hall.commands(since)):
            faults.say(form, what, "a NUL reached a service")
    faults.none()


def test_a_refusal_of_a_service_stands_at_its_fields(hall: Hall, posted: list[Found]) -> None:
    """Whatever a command was given is refused, each field by its path; all that is hostile was in it at once."""
    faults = Faults()
    hostile = "".join(text for what, text in sorted(HOSTILE.items()) if what not in {"nul", "number"})
    with hall.refusing("fields"):
        for form in posted:
            typed = {name: hostile for name in form.names if form.kind(name) in {"text", "textarea"}}
            values = form.good() | typed
            since = len(hall.services.calls)
            shown = form.post(values)
            faults.look(form, "refused", shown, values)
            if hall.commands(since) and shown.status != 422:
                faults.say(form, "refused", f"status {shown.status}")
    faults.none()


def _nul(data: Any) -> bool:
    return "\\u0000" in json.dumps(data)


def test_what_is_too_long_is_refused_and_kept(posted: list[Found]) -> None:
    """Every field, and one so long that no schema is asked."""
    faults = Faults()
    for form in posted:
        typed = [name for name in form.names if form.kind(name) in _TYPED]
        values = form.good() | dict.fromkeys(typed, "x" * 5_000)
        faults.look(form, "5,000 characters", form.post(values), values)
        values = form.good() | dict.fromkeys(typed[-1:], "x" * 100_001)
        shown = form.post(values)
        faults.look(form, "100,001 characters", shown, values)
    faults.none()


def test_a_stale_form_keeps_what_was_typed(hall: Hall, posted: list[Found]) -> None:
    """Somebody else was faster: another revision or digest, and whatever else a service finds changed."""
    faults = Faults()
    for form in posted:
        values = form.good()
        old = values | {name: f"{values[name]}0" for name in form.names if form.kind(name) == "hidden"}
        faults.look(form, "another revision", form.post(old), old)
        with hall.refusing("stale"):
            since = len(hall.services.calls)
            shown = form.post(values)
            faults.look(form, "stale", shown, values)
            if hall.commands(since) and shown.status != 409:
                faults.say(form, "stale", f"status {shown.status}")
    faults.none()


def test_a_form_of_another_site_does_nothing(hall: Hall, posted: list[Found]) -> None:
    faults = Faults()
    for form in posted:
        since = len(hall.services.calls)
        shown = form.post(form.good() | {CSRF: "foreign"})
        faults.look(form, "foreign token", shown, {})
        if shown.status != 403 or hall.commands(since):
            faults.say(form, "foreign token", f"status {shown.status}, {hall.commands(since)}")
    faults.none()


def test_twice_with_one_key_is_one_act_and_nothing_else_goes_along(hall: Hall, posted: list[Found]) -> None:
    """The same commands with the same keys; a field that the form does not have goes nowhere."""
    faults = Faults()
    acted = 0
    for form in posted:
        more = dict.fromkeys(("actor", "role", "by", "status", "cycle_id", "application_id", "zz"), _INTRUDER)
        values = more | form.good()
        acts = []
        for _ in range(2):
            since = len(hall.services.calls)
            faults.look(form, "posted", form.post(values), values)
            if any(_INTRUDER in json.dumps(call.data) for call in hall.services.calls[since:]):
                faults.say(form, "posted", "what was not asked for reached a service")
            acts.append([(call.operation, call.context.message_id) for call in hall.commands(since)])
        acted += bool(acts[0])
        if acts[0] != acts[1]:
            faults.say(form, "twice", f"{acts[0]} and {acts[1]}")
    faults.none()
    assert acted > len(posted) // 4


def test_a_search_is_words_as_well(forms: list[Found]) -> None:
    faults = Faults()
    for form in forms:
        if (form.shown["method"] or "get").lower() != "get":
            continue
        for what, text in HOSTILE.items():
            query = dict.fromkeys(form.names, text)
            found = form.visitor.client.get(form.target, query_string=query, base_url="https://localhost")
            for why in _of_any(Shown(form.target, found)):
                faults.say(form, what, why)
    faults.none()
