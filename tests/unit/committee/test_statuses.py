"""States and their moves."""

from __future__ import annotations

from enum import StrEnum

import pytest

from services.committee.statuses import MOVES, Ballot, Meeting, Minutes, Presence, before

pytestmark = pytest.mark.unit

MACHINES = (Meeting, Presence, Ballot, Minutes)
LAWFUL = {
    ("convened", "voting"), ("convened", "finished"), ("voting", "finished"),
    ("away", "here"), ("here", "away"),
    ("open", "counted"), ("open", "void"),
    ("draft", "confirmed"), ("draft", "returned"), ("draft", "replaced"), ("confirmed", "replaced"),
    ("returned", "replaced"),
}  # fmt: skip


def test_every_state_stands_in_the_table_once() -> None:
    """And no two machines share a word, since the table holds them all."""
    states = [state for machine in MACHINES for state in machine]
    assert set(MOVES) == set(states)
    assert len(MOVES) == len(states)


@pytest.mark.parametrize(("old", "new"), [(a, b) for machine in MACHINES for a in machine for b in machine])
def test_only_the_lawful_moves_are_in_the_condition(old: StrEnum, new: StrEnum) -> None:
    """Of all pairs of a machine's states: what `before` lets an UPDATE match is the table's, and nothing else."""
    assert (old.value in before(new)) == ((old.value, new.value) in LAWFUL)


def test_ends_end() -> None:
    """A finished meeting, a counted or void ballot, and minutes that were replaced move nowhere."""
    for state in (Meeting.FINISHED, Ballot.COUNTED, Ballot.VOID, Minutes.REPLACED):
        assert MOVES[state] == frozenset()
