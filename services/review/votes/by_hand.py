"""A vote that was held elsewhere, or is played: the office enters the counts while the stage runs."""

from __future__ import annotations

from typing import Any

from sqlalchemy import delete

from services.review import models
from services.review.conditions import is_
from services.review.votes import vote
from shared.problems import Conflict, invalid_field
from shared.procedure import Conductor, Cycle
from shared.rulebooks import Stage
from shared.store import Work

_VOTES = models.social_votes


def record(work: Work, conductor: Conductor, data: dict[str, Any]) -> dict[str, Any]:
    """Enter the counts as they stand; a later entry replaces an earlier one until the vote is over."""
    conductor.records.cycle(work, data["cycle_id"], lock=True)
    cycle = conductor.cycle(work, data["cycle_id"])
    stage = vote.stage_of(conductor, cycle, data["stage"])
    if vote.held_here(work, cycle, stage):
        raise Conflict(
            "投票在本系统举行，票数不能录入",
            "the public votes here: counts are not entered by hand",
            code="vote_held_here",
        )
    state = conductor.row(work, cycle.cycle_id, stage.key).state
    if state != "begun":
        raise Conflict(
            f"社会评价当前为 {state}，不能录入票数", f"stage {stage.key} is {state} and takes no votes"
        )
    counts = _checked(work, conductor, cycle, stage, data["votes"])
    for application_id, votes in counts.items():
        key = {"cycle_id": cycle.cycle_id, "stage": stage.key, "application_id": application_id}
        work.session.execute(delete(_VOTES).where(is_(_VOTES, key)))
        work.session.execute(_VOTES.insert().values(**key, votes=votes))
    work.audit(
        "social_votes:recorded",
        f"{cycle.cycle_id}/{stage.key}",
        after={"votes": counts},
        cycle_id=cycle.cycle_id,
    )
    return {"done": True}


def _checked(
    work: Work, conductor: Conductor, cycle: Cycle, stage: Stage, lines: list[dict[str, Any]]
) -> dict[str, int]:
    """Counts by application. Raises Invalid for one that the public is not asked about, or that is given twice."""
    entrants = {e.application_id for e in conductor.entrants(work, cycle.cycle_id, stage.key)}
    counts: dict[str, int] = {}
    for number, line in enumerate(lines):
        if line["application_id"] not in entrants or line["application_id"] in counts:
            raise invalid_field(
                f"votes.{number}.application_id",
                "不在社会评价之列，或填了两次",
                "not among those the public votes on, or given twice",
            )
        counts[line["application_id"]] = line["votes"]
    return counts
