"""Until when records are kept; what may become of a destruction list, and who may sign it."""

from __future__ import annotations

from datetime import date

import pytest

from services.intake.archive.retention import is_due, keep_until
from services.intake.archive.states import MOVES, OPEN, Signature, State, after_signature, before, refusal
from shared.contracts.operations import AUDITOR, DISCIPLINE, OFFICE

PREPARED = "li"


@pytest.mark.parametrize(
    ("over_on", "keep", "tracked", "until"),
    [
        (date(2025, 7, 4), 10, 5, date(2035, 12, 31)),
        (date(2025, 1, 1), 10, 5, date(2035, 12, 31)),
        (date(2025, 12, 31), 10, 5, date(2035, 12, 31)),
        (date(2024, 2, 29), 1, 0, date(2025, 12, 31)),
        (date(2025, 7, 4), 3, 5, date(2030, 12, 31)),
    ],
)
def test_years_are_counted_from_the_first_of_january_after(
    over_on: date, keep: int, tracked: int, until: date
) -> None:
    """A leap day needs no rule of its own; while winners are tracked nothing is due."""
    assert keep_until(over_on, keep, tracked) == until


def test_the_last_day_still_keeps() -> None:
    until = date(2035, 12, 31)
    assert [is_due(until, day) for day in (date(2035, 12, 31), date(2036, 1, 1))] == [False, True]


def test_the_moves_are_these_and_no_others() -> None:
    allowed = {(one.value, other.value) for one, onward in MOVES.items() for other in onward}
    assert allowed == {
        ("drafted", "signed_once"), ("signed_once", "signed"), ("signed", "executed"),
        ("drafted", "withdrawn"), ("signed_once", "withdrawn"), ("signed", "withdrawn"),
    }  # fmt: skip
    assert {state for state in State if state not in OPEN} == {State.EXECUTED, State.WITHDRAWN}


@pytest.mark.parametrize("state", list(State))
def test_the_condition_of_an_update_is_the_table(state: State) -> None:
    assert set(before(state)) == {each.value for each in State if state in MOVES[each]}


@pytest.mark.parametrize("state", list(State))
def test_a_list_is_signed_twice_and_no_more(state: State) -> None:
    expected = {State.DRAFTED: State.SIGNED_ONCE, State.SIGNED_ONCE: State.SIGNED}.get(state)
    assert after_signature(state) == expected


@pytest.mark.parametrize(
    ("signed", "by", "role", "code"),
    [
        ((), "wang", OFFICE, None),
        ((), "zhao", DISCIPLINE, None),
        ((), PREPARED, OFFICE, "own_list"),
        ((), PREPARED, AUDITOR, "own_list"),
        ((Signature("wang", OFFICE),), "zhao", DISCIPLINE, None),
        ((Signature("wang", OFFICE),), "qian", AUDITOR, None),
        ((Signature("zhao", DISCIPLINE),), "wang", OFFICE, None),
        ((Signature("wang", OFFICE),), "wang", AUDITOR, "signed_already"),
        ((Signature("wang", OFFICE),), "sun", OFFICE, "same_side"),
        ((Signature("zhao", DISCIPLINE),), "qian", AUDITOR, "same_side"),
        ((Signature("zhao", DISCIPLINE),), PREPARED, OFFICE, "own_list"),
    ],
)
def test_two_people_of_two_sides_sign_and_neither_prepared_it(
    signed: tuple[Signature, ...], by: str, role: str, code: str | None
) -> None:
    refused = refusal(PREPARED, signed, by, role)
    assert (refused.code if refused else None) == code
