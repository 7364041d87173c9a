"""The states of an objection: the table, every move that is none, what an end means, and what the notice waits for."""

from __future__ import annotations

from itertools import product

import pytest

from services.eligibility.objections.states import (
    MOVES,
    REHEARSAL_MOVES,
    RULINGS,
    WORDS,
    State,
    before,
    is_open,
    require_move,
    stands_upheld,
)
from shared.contracts.operations.eligibility.objections import OBJECTION_STATES
from shared.problems import Conflict

pytestmark = pytest.mark.unit

LEGAL = {
    ("received", "accepted"), ("received", "not_accepted"), ("accepted", "inquiry"), ("inquiry", "heard"),
    ("heard", "upheld"), ("heard", "dismissed"), ("upheld", "appealed"), ("dismissed", "appealed"),
    ("appealed", "confirmed"), ("appealed", "overturned"),
}  # fmt: skip
PLAYED = {("accepted", "upheld"), ("accepted", "dismissed")}
ALL = list(product(State, State))


@pytest.mark.parametrize(("rehearsal", "legal"), [(False, LEGAL), (True, PLAYED)])
def test_every_move_that_is_not_in_the_table_is_refused(rehearsal: bool, legal: set[tuple[str, str]]) -> None:
    """All hundred pairs, in a real cycle and in a rehearsal; a refusal names both states in words."""
    for now, then in ALL:
        if (now.value, then.value) in legal:
            require_move(now.value, then, rehearsal=rehearsal)
            assert now.value in before(then, rehearsal=rehearsal)
            continue
        with pytest.raises(Conflict) as refused:
            require_move(now.value, then, rehearsal=rehearsal)
        assert WORDS[now][0] in refused.value.detail_zh
        assert WORDS[then][0] in refused.value.detail_zh
        assert refused.value.code == f"cannot_be_{then.value}"


def test_the_tables_hold_every_state_and_the_contract_the_same() -> None:
    assert set(MOVES) == set(REHEARSAL_MOVES) == set(WORDS) == set(State)
    assert {state.value for state in State} == set(OBJECTION_STATES)


@pytest.mark.parametrize(
    ("state", "ruling", "upheld"),
    [
        ("upheld", "upheld", True), ("dismissed", "dismissed", False), ("appealed", "upheld", False),
        ("confirmed", "upheld", True), ("confirmed", "dismissed", False),
        ("overturned", "upheld", False), ("overturned", "dismissed", True),
        ("received", None, False), ("not_accepted", None, False), ("heard", None, False),
    ],
)  # fmt: skip
def test_what_holds_in_the_end(state: str, ruling: str | None, upheld: bool) -> None:
    """A decision on appeal confirms either ruling or puts its contrary in its place."""
    assert stands_upheld(state, ruling) is upheld


def test_the_notice_waits_for_all_that_can_still_change_something() -> None:
    """A real one also while an appeal may come; a rehearsal knows none."""
    ends = {State.NOT_ACCEPTED, State.CONFIRMED, State.OVERTURNED}
    for state in State:
        for may in (True, False):
            expected = state not in ends and (may or state not in RULINGS)
            assert is_open(state, rehearsal=False, may_appeal=may) is expected, state
            played = state not in ends and state not in RULINGS
            assert is_open(state, rehearsal=True, may_appeal=may) is played, state
