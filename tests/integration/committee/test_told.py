"""What members are told of their meeting, on both databases: that there is something, and nothing of how it goes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.support.committee import GOLD, MEMBERS, SCORES, TOP, Hall, RealHall
from tests.support.rooms import CYCLE

pytestmark = pytest.mark.integration


@pytest.fixture
def real(database_url: str) -> Iterator[RealHall]:
    made = RealHall(database_url)
    made.enter(SCORES)
    yield made
    made.desk.close()


def told(hall: Hall) -> list[dict[str, Any]]:
    return hall.desk.told("task.waiting")


def test_members_hear_of_the_meeting_its_papers_and_each_ballot(real: RealHall) -> None:
    """Whoever is newly called hears of the call; of a ballot all who may cast it, in one event, with no number of anything."""
    real.convene(absent=("M6",))
    real.convene([*MEMBERS, "M7"], absent=("M6", "M7"))
    real.propose(("a2", TOP), ("a3", GOLD))
    real.start()
    kinds = [(each["kind"], each["people"]) for each in told(real)]
    assert kinds == [
        ("meeting_called", MEMBERS),
        ("meeting_called", ["M7"]),
        ("meeting_papers", [*MEMBERS, "M7"]),
        ("ballot_opened", MEMBERS[:5]),
    ]
    assert all(
        (each["count"], each["due_on"], each["cycle_id"]) == (None, None, CYCLE) for each in told(real)
    )
    assert len({each["task"] for each in told(real)}) == len(told(real))


def test_a_rehearsal_tells_nobody(database_url: str) -> None:
    hall = Hall(database_url)
    hall.enter(SCORES)
    hall.convene()
    assert told(hall) == []
    hall.desk.close()
