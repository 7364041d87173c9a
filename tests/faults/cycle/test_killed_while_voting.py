"""Every process on a ballot's way killed while the public votes: none is lost, none is counted twice."""

from __future__ import annotations

import pytest

from deploy.benchmarks.votes import run

pytestmark = pytest.mark.faults

BALLOTS = 3000
# A box that was killed knows nobody, and asks review about second ballots; without its word in time it takes them, and the log
# counts the first. Here they have to be told.
PATIENT = {"ZHIHENG_BALLOT_CHECK_SECONDS": "15"}


def test_every_ballot_that_was_answered_is_counted_once_though_everything_is_killed() -> None:
    """The box, review, the broker and the database die by SIGKILL in turn, under load, and come back.

    Each voter asks until answered; each answer's receipt is in the log; the count, the log and the recount agree; and
    whoever votes again with another choice is told so.
    """
    found = run(BALLOTS, rounds=1, algorithm="ES256", more=PATIENT)
    assert found.kills == ["ballot_box", "review", "broker", "postgresql"]
    assert found.problems == []
    assert (found.answered, found.lost, found.in_log, found.counted) == (BALLOTS, 0, BALLOTS, BALLOTS)
    assert found.told_again == found.second_ballots > 0
