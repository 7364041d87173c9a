"""Every move of a supervision form and of a note on an alert; each illegal one is refused and says why."""

from __future__ import annotations

from datetime import date

import pytest

from services.eligibility.supervision.states import (
    FORM_MOVES,
    NOTE_MOVES,
    Form,
    Note,
    before,
    form_after,
    note_after,
)
from services.eligibility.supervision.terms import Terms
from shared.calendar import CalendarNotPublished, work_calendar
from shared.config import Settings
from shared.problems import Conflict, Invalid

pytestmark = pytest.mark.unit

FORMS = [
    ("answer", "open", "answered"),
    ("answer", "reopened", "answered"),
    ("close", "answered", "closed"),
    ("reopen", "answered", "reopened"),
    ("reopen", "closed", "reopened"),
    ("withdraw", "open", "withdrawn"),
    ("withdraw", "reopened", "withdrawn"),
]
NOTES = [
    ("see", "new", "seen"),
    ("see", "closed", "seen"),
    ("close", "new", "closed"),
    ("close", "seen", "closed"),
]


@pytest.mark.parametrize(("move", "state", "after"), FORMS)
def test_a_form_moves_as_the_table_says(move: str, state: str, after: str) -> None:
    assert form_after(move, state) == after


@pytest.mark.parametrize(("move", "state", "after"), NOTES)
def test_a_note_moves_as_the_table_says(move: str, state: str, after: str) -> None:
    assert note_after(move, state) == after


@pytest.mark.parametrize(
    ("move", "state"),
    [(m, s.value) for m in FORM_MOVES for s in Form if (m, s.value) not in {line[:2] for line in FORMS}],
)
def test_every_other_move_of_a_form_is_refused(move: str, state: str) -> None:
    with pytest.raises(Conflict) as refused:
        form_after(move, state)
    assert refused.value.code == f"cannot_{move}_{state}"
    assert refused.value.detail_zh


@pytest.mark.parametrize(
    ("move", "state"),
    [(m, s.value) for m in NOTE_MOVES for s in Note if (m, s.value) not in {line[:2] for line in NOTES}],
)
def test_every_other_move_of_a_note_is_refused(move: str, state: str) -> None:
    with pytest.raises(Conflict, match=r"seen|closed"):
        note_after(move, state)


def test_the_condition_of_the_update_is_the_table() -> None:
    for move in FORM_MOVES:
        assert set(before(move)) == {state for m, state, _ in FORMS if m == move}


@pytest.mark.parametrize(
    ("today", "days", "due"),
    [
        (
            date(2025, 9, 26),
            2,
            date(2025, 9, 29),
        ),  # Sunday the 28th works; the day of the question does not count
        (date(2025, 12, 30), 2, date(2026, 1, 4)),  # the 31st; New Year; Sunday the 4th works
        (date(2024, 2, 28), 2, date(2024, 3, 1)),  # the leap day counts
        (date(2025, 6, 16), None, date(2025, 6, 23)),  # the usual five
    ],
)
def test_an_answer_is_due_after_so_many_working_days(today: date, days: int | None, due: date) -> None:
    assert Terms(5, 15).due_on(work_calendar(), today, days) == due


def test_no_day_is_guessed_where_the_calendar_is_not_published() -> None:
    with pytest.raises(CalendarNotPublished):
        Terms(5, 15).due_on(work_calendar(), date(2030, 12, 30), None)


@pytest.mark.parametrize("days", [0, 16])
def test_more_than_the_longest_time_and_less_than_a_day_is_refused(days: int) -> None:
    with pytest.raises(Invalid) as refused:
        Terms(5, 15).due_on(work_calendar(), date(2025, 6, 16), days)
    assert [error.field for error in refused.value.errors] == ["days"]


@pytest.mark.parametrize(("usual", "most"), [(0, 5), (6, 5)])
def test_terms_that_cannot_be_meant_stop_the_start(usual: int, most: int) -> None:
    with pytest.raises(ValueError, match="working day"):
        Terms.of(Settings(supervision_days=usual, supervision_most_days=most))
