"""What must not be seen cannot be told from what is not there: twin worlds, one with the hidden thing and one without.

Every operation of review that the role may call is asked the same in both, about what is visible, what is hidden and what
does not exist; answers and refusals must be equal word for word. The operations are taken from the published language: one
that is added later is asked as well, with its own example.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import true

from services.review import conflicts, experts, models
from services.review.seating import lists as panel_lists
from services.review.service import Review
from services.review.stages import conductor
from shared.config import Settings
from shared.contracts import Operation, dump, load, operations
from shared.contracts.operations import APPLICANT, REVIEWER
from shared.problems import Problem
from tests.support.panels import declare, state_nothing
from tests.support.rooms import CLOSES, CYCLE, ORGANIZATION, Room

pytestmark = pytest.mark.integration

STAGE = "document_review"
ME, COLLEAGUE = "E1", "E2"
SEEN, HIDDEN, NOWHERE = "seen", "hidden", "nowhere"
SISTER = "91310105MA1K300034"
SECRETS = ("隐藏公司", HIDDEN, "97.531")  # what would show that something leaked
_MADE = re.compile(r"[0-9a-f]{32,64}|\d{4}-\d{2}-\d{2}T[0-9:.+]+")  # ids, digests and times


class _UndoneError(Exception):
    """Ends a unit of work without a trace."""


@contextmanager
def worlds(url_of: Any, *, rehearsal: bool) -> Iterator[tuple[Room, Room]]:
    """Two rooms of the same cycle: what the tests put into the first only must not show."""
    rooms = [Room("review", url_of(), conductor, rehearsal=rehearsal) for _ in range(2)]
    try:
        for room in rooms:
            room.accept(SEEN, 1)
        yield rooms[0], rooms[1]
    finally:
        for room in rooms:
            room.desk.close()


@pytest.fixture(params=["sqlite", "postgresql"])
def url_of(request: pytest.FixtureRequest, new_database: Any) -> Any:
    return lambda: new_database(request.param)


def enter(room: Room, **mine: Any) -> None:
    pool = [{"expert_id": ME, "name": "专家一", **mine}, {"expert_id": COLLEAGUE, "name": "专家二"}]
    room.ask("register_experts", lambda w, d: experts.register(w, conductor, d), {"experts": pool})


def seat(room: Room, *seats_of: tuple[str, str]) -> None:
    """A panel that sits already, and who reviews what; the stage runs."""
    with room.desk.work() as work:
        run = work.session.execute
        run(
            models.procedure.stages.insert().values(
                cycle_id=CYCLE, stage=STAGE, state="begun", begun_on=CLOSES, begins_on=CLOSES
            )
        )
        run(
            models.panels.insert().values(
                cycle_id=CYCLE, stage=STAGE, category="", position=0, members=[ME, COLLEAGUE],
                industry_share="0.00", recused={}, seed="s", formed_on=CLOSES,
            )
        )  # fmt: skip
        for position, (expert, application) in enumerate(seats_of, start=1):
            key = {"cycle_id": CYCLE, "stage": STAGE, "application_id": application, "expert_id": expert}
            run(models.assignments.insert().values(**key, category="", position=position))
        conflicts.settle(work, conductor.cycle(work, CYCLE))


def hand_in(room: Room, expert: str, application: str, thousandths: int) -> None:
    with room.desk.work() as work:
        key = {"cycle_id": CYCLE, "stage": STAGE, "application_id": application, "expert_id": expert}
        row = {**key, "thousandths": thousandths, "submitted_at": work.now()}
        work.session.execute(models.sheets.insert().values(**row))


def open_to(role: str) -> list[Operation]:
    """What the role may ask of review."""
    return [each for each in operations() if each.service == "review" and role in each.roles]


def requests(operation: Operation) -> list[dict[str, Any]]:
    """The contract's own example, about each application in turn."""
    base = json.loads(json.dumps(dict(operation.example)))
    base |= {name: value for name, value in (("cycle_id", CYCLE), ("stage", STAGE)) if name in base}
    if "expert_id" in operation.request().fields:
        base["expert_id"] = ME
    if "signed_by" in base:
        base["signed_by"] = "专家一"
    if "application_id" not in operation.request().fields:
        return [base]
    return [{**base, "application_id": application} for application in (SEEN, HIDDEN, NOWHERE)]


def answer(room: Room, operation: Operation, request: Mapping[str, Any], role: str, actor: str) -> str:
    """The answer or the refusal as text, whatever was made on the way masked; nothing of it stays."""
    service = SimpleNamespace(store=room.desk.store, settings=Settings(), name="review", conductor=conductor)
    on = date(2025, 6, 24) if _rehearsal(room) else None
    said: Any = None
    try:
        with room.desk.work(role, actor, on) as work:
            handler = getattr(Review, operation.method)
            data = load(operation.request(), dict(request))
            said = {"ok": dump(operation.reply(), handler(service, work, data))}
            raise _UndoneError
    except _UndoneError:
        pass
    except Problem as problem:
        said = {"problem": type(problem).__name__, **problem.as_dict()}
    return _MADE.sub("#", json.dumps(said, ensure_ascii=False, sort_keys=True))


def _rehearsal(room: Room) -> bool:
    with room.desk.store.read() as work:
        return conductor.cycle(work, CYCLE).rehearsal


def told(room: Room, role: str, actor: str) -> dict[str, str]:
    """By operation and request: what a role is told."""
    return {
        f"{operation.name} {json.dumps(request, ensure_ascii=False, sort_keys=True)}": answer(
            room, operation, request, role, actor
        )
        for operation in open_to(role)
        for request in requests(operation)
    }


def differences(first: Room, second: Room, role: str, actor: str) -> set[str]:
    """The operations by which somebody could tell the worlds apart, and those that name a secret."""
    here, there = told(first, role, actor), told(second, role, actor)
    assert here.keys() == there.keys()
    found = {name for name in here if here[name] != there[name]}
    found |= {name for name in here if any(secret in here[name] for secret in SECRETS)}
    return {name.partition(" ")[0] for name in found}


def hide(first: Room, second: Room) -> None:
    """In the first world the reviewer is bound to one more application, which it was assigned and has scored."""
    first.accept(HIDDEN, 2, name="隐藏公司", uscc=SISTER)
    enter(first, employer=SISTER)
    enter(second)
    seat(first, (ME, SEEN), (COLLEAGUE, SEEN), (ME, HIDDEN), (COLLEAGUE, HIDDEN))
    seat(second, (ME, SEEN), (COLLEAGUE, SEEN))
    hand_in(first, ME, HIDDEN, 97531)
    hand_in(first, COLLEAGUE, HIDDEN, 97531)
    with first.desk.work() as work:
        row = {
            "cycle_id": CYCLE,
            "stage": STAGE,
            "application_id": HIDDEN,
            "summary": "隐藏公司",
            "by": COLLEAGUE,
        }
        lists = {"strengths": [], "improvements": []}
        work.session.execute(models.stage_reports.insert().values(**row, **lists))


@pytest.mark.parametrize("rehearsal", [False, True])
def test_a_recused_reviewer_cannot_tell_that_the_application_is_there(url_of: Any, rehearsal: bool) -> None:
    """Lists, dossier, statement and sheet: the hidden one is as unknown as one that does not exist."""
    with worlds(url_of, rehearsal=rehearsal) as (first, second):
        hide(first, second)
        assert differences(first, second, REVIEWER, ME) == set()


@pytest.mark.parametrize("rehearsal", [False, True])
def test_hidden_and_unknown_are_refused_in_the_same_words(url_of: Any, rehearsal: bool) -> None:
    """One body, one length, for every operation about one application."""
    with worlds(url_of, rehearsal=rehearsal) as (first, second):
        hide(first, second)
        about = [each for each in open_to(REVIEWER) if "application_id" in each.request().fields]
        assert {each.method for each in about} >= {"submit_sheet", "state_interests", "dossier"}
        for operation in about:
            _, hidden, nowhere = (answer(first, operation, r, REVIEWER, ME) for r in requests(operation))
            assert hidden == nowhere


def free_everybody(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody is kept from anything, whatever is known."""
    for module in (conflicts, conflicts.reading):
        for name, condition in (("free", lambda _: true()), ("free_for", lambda *_: true())):
            monkeypatch.setattr(module, name, condition)


def test_without_the_condition_the_suite_sees_it(url_of: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """The data can leak: were everybody free of everything, each of these operations would give the hidden one away."""
    free_everybody(monkeypatch)
    with worlds(url_of, rehearsal=False) as (first, second):
        hide(first, second)
        assert differences(first, second, REVIEWER, ME) == {
            "review.awaiting_statement",
            "review.consensus",
            "review.dossier",
            "review.explained_score",
            "review.hand_in_sheet",
            "review.my_assignments",
            "review.my_sheet",
            "review.my_work",
            "review.read_sheets",
            "review.save_sheet_item",
            "review.state_interests",
            "review.submit_sheet",
        }


def speak(*rooms: Room) -> None:
    """Everybody has declared for the year, and stated for each application assigned to it that nothing binds it."""
    for room in rooms:
        declare(room, [ME, COLLEAGUE])
        state_nothing(room)


def test_one_who_stated_everything_cannot_tell_either(url_of: Any) -> None:
    """Sheets, criteria, meetings and whatever else opens with the statements."""
    with worlds(url_of, rehearsal=False) as (first, second):
        hide(first, second)
        speak(first, second)
        assert differences(first, second, REVIEWER, ME) == set()


def test_without_the_condition_content_would_be_seen(url_of: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """That data can leak as well: each of these operations would give the hidden one away."""
    free_everybody(monkeypatch)
    with worlds(url_of, rehearsal=False) as (first, second):
        hide(first, second)
        speak(first, second)
        assert differences(first, second, REVIEWER, ME) == {
            "review.awaiting_statement",
            "review.consensus",
            "review.dossier",
            "review.explained_score",
            "review.hand_in_sheet",
            "review.my_assignments",
            "review.my_sheet",
            "review.my_work",
            "review.read_sheets",
            "review.save_sheet_item",
            "review.stage_reports",
            "review.state_interests",
            "review.submit_sheet",
        }


def compare(first: Room, second: Room) -> None:
    """In the first world a colleague has handed in its sheet."""
    for room in (first, second):
        enter(room)
        seat(room, (ME, SEEN), (COLLEAGUE, SEEN))
    hand_in(first, COLLEAGUE, SEEN, 97531)


@pytest.mark.parametrize("rehearsal", [False, True])
def test_before_its_own_sheet_is_in_a_reviewer_cannot_tell_what_others_did(
    url_of: Any, rehearsal: bool
) -> None:
    """Whether a colleague has scored, and how, shows nowhere."""
    with worlds(url_of, rehearsal=rehearsal) as (first, second):
        compare(first, second)
        assert differences(first, second, REVIEWER, ME) == set()


def test_a_list_of_everybodys_work_would_be_seen(url_of: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """The data can leak: were the office's list given to reviewers, the suite would say so."""
    monkeypatch.setattr(
        Review, "my_assignments", lambda _self, work, data: panel_lists.listed(work, conductor, data)
    )
    with worlds(url_of, rehearsal=False) as (first, second):
        compare(first, second)
        assert differences(first, second, REVIEWER, ME) == {"review.my_assignments"}


def test_before_release_an_applicant_cannot_tell_that_it_was_scored(url_of: Any) -> None:
    """Nothing that an applicant may ask of review shows sheets, scores, panels or recusals."""
    with worlds(url_of, rehearsal=False) as (first, second):
        for room in (first, second):
            enter(room)
        seat(first, (ME, SEEN), (COLLEAGUE, SEEN))
        hand_in(first, COLLEAGUE, SEEN, 97531)
        row = {"cycle_id": CYCLE, "stage": STAGE, "application_id": SEEN, "score": "97.53", "valid_sheets": 1}
        with first.desk.work() as work:
            work.session.execute(models.scores.insert().values(**row))
        assert differences(first, second, APPLICANT, ORGANIZATION) == set()
        shut = {"scores", "panels", "recusals", "conflicts", "dossier"}
        assert not shut & {each.method for each in open_to(APPLICANT)}
