"""Cases, orders, reports and breaches: their moves as tables, and each move that is in none refused."""

from __future__ import annotations

from itertools import product

import pytest

from services.eligibility.honours.states import (
    BREACH_MOVES,
    CASE_MOVES,
    OPEN_CASES,
    ORDER_MOVES,
    REPORT_MOVES,
    Breach,
    Case,
    Order,
    Report,
    refused,
)
from shared.problems import Conflict
from shared.states import before

pytestmark = pytest.mark.unit

CASES = {
    ("opened", "notified"), ("opened", "proposed"), ("notified", "heard"), ("heard", "heard"), ("heard", "proposed"),
    ("proposed", "opened"), ("proposed", "heard"), ("proposed", "decided"), ("proposed", "dropped"),
    ("decided", "executed"),
}  # fmt: skip
ORDERS = {("issued", "done"), ("issued", "not_done"), ("not_done", "done")}
REPORTS = {
    ("queued", "sent"), ("queued", "acknowledged"), ("queued", "failed"), ("queued", "by_hand"), ("sent", "acknowledged"),
    ("sent", "failed"), ("sent", "by_hand"), ("failed", "queued"), ("failed", "by_hand"),
}  # fmt: skip
BREACHES = {
    ("recorded", "ordered"), ("recorded", "dismissed"), ("ordered", "corrected"), ("ordered", "overdue"),
    ("overdue", "corrected"), ("corrected", "confirmed"), ("corrected", "ordered"),
}  # fmt: skip


@pytest.mark.parametrize(
    ("states", "moves", "allowed"),
    [
        (Case, CASE_MOVES, CASES),
        (Order, ORDER_MOVES, ORDERS),
        (Report, REPORT_MOVES, REPORTS),
        (Breach, BREACH_MOVES, BREACHES),
    ],
)
def test_the_table_is_what_may_happen_and_all_of_it(states: type, moves: dict, allowed: set) -> None:  # type: ignore[type-arg]
    """Every pair of states is either a move of the table or no condition of any UPDATE."""
    for old, new in product(states, states):
        assert (old.value in before(moves, new)) == ((old.value, new.value) in allowed), (old, new)
    assert set(moves) == set(states)


def test_what_is_over_stays_over() -> None:
    """A decided or dropped case, a receipt, a confirmed correction go nowhere back."""
    for moves, ends in (
        (CASE_MOVES, (Case.EXECUTED, Case.DROPPED)),
        (ORDER_MOVES, (Order.DONE,)),
        (REPORT_MOVES, (Report.ACKNOWLEDGED, Report.BY_HAND)),
        (BREACH_MOVES, (Breach.CONFIRMED, Breach.DISMISSED)),
    ):
        assert all(not moves[end] for end in ends)  # type: ignore[index]
    assert set(OPEN_CASES) == {"opened", "notified", "heard", "proposed"}


@pytest.mark.parametrize(
    ("states", "moves"),
    [(Case, CASE_MOVES), (Order, ORDER_MOVES), (Report, REPORT_MOVES), (Breach, BREACH_MOVES)],
)
def test_a_refusal_names_both_states(states: type, moves: dict) -> None:  # type: ignore[type-arg]
    """In both languages, with a code that a program reads."""
    for old, new in product(states, states):
        if old.value not in before(moves, new):
            problem = refused("案件", "the case", old.value, new)
            assert isinstance(problem, Conflict)
            assert problem.code == f"cannot_be_{new.value}_from_{old.value}"
            assert "案件" in problem.detail_zh
            assert "the case" in problem.detail_en
