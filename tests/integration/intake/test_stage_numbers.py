"""各阶段人数 on both databases: what came and what went on, by stage, and the statuses of all."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from services.intake import progress, stage_numbers
from services.intake.stages import conductor
from shared.procedure import outcome
from tests.support.intake import CLOSES, OFFICE, OPENS, OTHER_CODE, IntakeDesk

pytestmark = pytest.mark.integration


@pytest.fixture
def desk(database_url: str) -> Iterator[IntakeDesk]:
    made = IntakeDesk(database_url)
    yield made
    made.close()


def _numbers(
    desk: IntakeDesk, counter: stage_numbers.StageNumbers, cycle: str
) -> dict[str, tuple[object, object]]:
    reply = desk.ask(
        "stage_numbers", lambda work, data: counter.of(work, data["cycle_id"]), OFFICE, cycle_id=cycle
    )
    return {line["stage"]: (line["entered"], line["left"]) for line in reply["stages"]}


def test_numbers_follow_the_stages(desk: IntakeDesk) -> None:
    """Nobody before somebody came; who is there while a stage runs; both numbers once it is closed, and for good."""
    cycle = desk.open(rehearsal=True)
    counter = stage_numbers.StageNumbers()
    keys = [stage.key for stage in conductor_stages(desk, cycle)]
    first, second, third = keys[:3]
    assert _numbers(desk, counter, cycle) == {key: (0 if key == first else None, None) for key in keys}
    one = desk.draft(cycle, on=OPENS)
    two = desk.draft(cycle, "ben", on=OPENS, uscc=OTHER_CODE, name="另一公司")
    desk.draft(cycle, "cy", on=OPENS, uscc="92310105MA1FY0YH70")
    for each, owner in ((one, "anna"), (two, "ben")):
        desk.submit(each, owner, on=OPENS)
    assert _numbers(desk, counter, cycle)[first] == (2, None)
    with desk.work(OFFICE, on=CLOSES) as work:
        closed = [outcome(one, passed=True), outcome(two, passed=True)]
        progress.stage_closed_here(work, cycle, first, CLOSES, closed)
        conductor.stage_closed(
            work, {"cycle_id": cycle, "stage": first, "closed_on": CLOSES, "outcomes": closed}
        )
        progress.stage_planned(work, {"cycle_id": cycle, "stage": second, "begins_on": CLOSES})
    assert _numbers(desk, counter, cycle) | {} == {
        key: {first: (2, 2), second: (2, None)}.get(key, (None, None)) for key in keys
    }
    with desk.work(OFFICE, on=CLOSES) as work:
        closed = [outcome(one, passed=True), outcome(two, passed=False, status="ineligible")]
        conductor.stage_closed(
            work, {"cycle_id": cycle, "stage": second, "closed_on": CLOSES, "outcomes": closed}
        )
        progress.stage_closed_here(work, cycle, second, CLOSES, closed)
        progress.stage_planned(work, {"cycle_id": cycle, "stage": third, "begins_on": CLOSES})
    for each in (counter, stage_numbers.StageNumbers()):
        found = _numbers(desk, each, cycle)
        assert (found[first], found[second], found[third]) == ((2, 2), (2, 1), (1, None))
    reply = desk.ask(
        "stage_numbers", lambda work, data: counter.of(work, data["cycle_id"]), OFFICE, cycle_id=cycle
    )
    assert reply["statuses"] == {"draft": 1, "in_progress": 1, "ineligible": 1}


def conductor_stages(desk: IntakeDesk, cycle: str) -> tuple[object, ...]:
    with desk.work(OFFICE, on=OPENS) as work:
        return conductor.cycle(work, cycle).rulebook.stages
