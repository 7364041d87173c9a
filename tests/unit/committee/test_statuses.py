"""States and their moves."""

from __future__ import annotations

import pytest

from services.committee.statuses import MOVES, Ballot, Meeting, before

pytestmark = pytest.mark.unit


def test_every_state_stands_in_the_table_and_ends_end() -> None:
    """A finished meeting and a counted ballot move nowhere."""
    assert set(MOVES) == {*Meeting, *Ballot}
    assert before(Meeting.CONVENED) == ()
    assert before(Ballot.COUNTED) == ("open",)
    assert set(before(Meeting.FINISHED)) == {"convened", "voting"}
