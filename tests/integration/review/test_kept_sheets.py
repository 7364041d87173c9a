"""Sheets that are kept: locked by what the team agreed on, or of somebody who was replaced; on both databases."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import update

from services.review import models
from shared.problems import Conflict
from tests.integration.review.test_scoring import STAGE, Scoring
from tests.support.rooms import CYCLE

pytestmark = pytest.mark.integration


@pytest.fixture
def cycle(database_url: str) -> Iterator[Scoring]:
    made = Scoring(database_url)
    yield made
    made.room.desk.close()


def test_no_sheet_of_items_goes_in_or_out_once_the_team_has_agreed(cycle: Scoring) -> None:
    """Neither one that is written still, nor one that its leader would return; drafts are left alone."""
    cycle.whole(cycle.leader, "70")
    cycle.whole(cycle.second, "50")
    revision = cycle.fill(cycle.third, "60")
    row = {
        "cycle_id": CYCLE, "stage": STAGE, "application_id": "a1", "thousandths": 60_000, "rationale": "合议一致",
        "members": [{"expert_id": cycle.second, "assents": True}], "recorded_by": cycle.leader,
    }  # fmt: skip
    with cycle.room.desk.work() as work:
        work.session.execute(models.joint_scores.insert().values(**row, recorded_at=work.now()))
    with pytest.raises(Conflict) as late:
        cycle.hand_in(cycle.third, revision)
    with pytest.raises(Conflict) as back:
        cycle.give_back(cycle.leader, cycle.second)
    assert [late.value.code, back.value.code] == ["sheets_locked", "sheets_locked"]


def test_the_sheet_of_one_who_was_replaced_is_explained(cycle: Scoring) -> None:
    """It is shown with its figures and with why it does not count; the score is the others' mean."""
    cycle.all_in("70", "50", "90")
    assigned = models.assignments
    with cycle.room.desk.work() as work:
        this = (assigned.c.expert_id == cycle.third) & (assigned.c.application_id == "a1")
        work.session.execute(update(assigned).where(this).values(state="replaced"))
    found = cycle.explain("office")
    assert found["score"] == "60.00"
    assert [(s["expert_id"], s["counted"], s["total"]) for s in found["sheets"]] == [
        (cycle.leader, True, "70.000"),
        (cycle.second, True, "50.000"),
        (cycle.third, False, "90.000"),
    ]
    assert "接替" in found["sheets"][2]["reason_zh"]
    assert [step["figure"] for step in found["steps"][:2]] == ["2", "1"]
