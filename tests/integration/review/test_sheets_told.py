"""What reviewers are told of the sheets that they owe, on both databases."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.integration.review.test_scoring import NAMES, STAGE, Scoring

pytestmark = pytest.mark.integration


@pytest.fixture
def cycle(database_url: str) -> Iterator[Scoring]:
    made = Scoring(database_url)
    yield made
    made.room.desk.close()


def test_each_is_told_how_many_and_no_more_once_all_are_in(cycle: Scoring) -> None:
    """When the stage begins, with its last day; the last sheet ends it, for its reviewer alone. Nothing says whose they are."""
    waiting = cycle.room.desk.told("task.waiting")
    assert sorted(each["people"][0] for each in waiting) == ["E1", "E2", "E3"]
    assert {(each["kind"], each["count"]) for each in waiting} == {("sheets_owed", len(NAMES))}
    with cycle.room.desk.store.read() as work:
        row = cycle.room.conductor.row(work, waiting[0]["cycle_id"], STAGE)
    assert {each["due_on"] for each in waiting} == {row.ends_on}
    assert not [name for name in NAMES if name in str(waiting)]
    cycle.hand_in(cycle.second, cycle.fill(cycle.second, "70"))
    assert cycle.room.desk.told("task.settled") == []
    cycle.hand_in(cycle.second, cycle.fill(cycle.second, "70", "a2"), "a2")
    (settled,) = cycle.room.desk.told("task.settled")
    (mine,) = [each["task"] for each in waiting if each["people"] == [cycle.second]]
    assert settled["task"] == mine
