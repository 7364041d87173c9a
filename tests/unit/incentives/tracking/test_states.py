"""What is asked of winners moves only as the tables say; every other move is refused by name."""

from __future__ import annotations

from enum import StrEnum
from itertools import product

import pytest

from services.incentives.tracking.states import (
    FILE_MOVES,
    HANDED_IN,
    ORDER_MOVES,
    REPORT_MOVES,
    VISIT_MOVES,
    WARNING_MOVES,
    WRITING,
    File,
    Order,
    Report,
    Visit,
    Warned,
    before,
    moved,
)
from shared.problems import Conflict

pytestmark = pytest.mark.unit

MOVES = {
    File: {("open", "ended")},
    Report: {
        ("due", "draft"), ("draft", "submitted"), ("submitted", "returned"), ("submitted", "accepted"),
        ("returned", "corrected"), ("corrected", "accepted"),
    },
    Warned: {("raised", "answered")},
    Visit: {("planned", "done"), ("planned", "cancelled")},
    Order: {
        ("issued", "answered"), ("issued", "escalated"), ("answered", "confirmed"), ("answered", "escalated"),
    },
}  # fmt: skip
TABLES = {
    File: FILE_MOVES,
    Report: REPORT_MOVES,
    Warned: WARNING_MOVES,
    Visit: VISIT_MOVES,
    Order: ORDER_MOVES,
}
PAIRS = [(kind, old, new) for kind in MOVES for old, new in product(kind, kind)]


@pytest.mark.parametrize(("kind", "old", "new"), PAIRS, ids=lambda each: str(each))
def test_each_pair_of_states_is_a_move_or_is_refused(kind: type[StrEnum], old: str, new: str) -> None:
    """A refusal names both states in both languages, and the UPDATE's condition is the same table."""
    known, wanted = kind(old), kind(new)
    legal = (str(old), str(new)) in MOVES[kind]  # type: ignore[index]
    assert (known.value in before(wanted)) is legal  # type: ignore[type-var]
    if legal:
        assert moved(known, wanted) is wanted  # type: ignore[type-var]
        return
    with pytest.raises(Conflict) as refused:
        moved(known, wanted)  # type: ignore[type-var]
    assert refused.value.code == f"cannot_become_{new}_from_{old}"
    assert refused.value.detail_zh != refused.value.detail_en


@pytest.mark.parametrize("kind", list(TABLES))
def test_every_state_has_its_line(kind: type[StrEnum]) -> None:
    """A state that a table forgets would be a dead end by accident."""
    assert set(TABLES[kind]) == set(kind)  # type: ignore[index]


def test_a_report_is_returned_once_at_most() -> None:
    """From what was corrected no way leads back to the winner."""
    assert before(Report.RETURNED) == ("submitted",)
    assert REPORT_MOVES[Report.CORRECTED] == {Report.ACCEPTED}
    assert set(HANDED_IN) == set(WRITING) - {Report.DUE}
