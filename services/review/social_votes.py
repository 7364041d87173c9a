"""社会评价: the public's votes, entered by the office while the vote runs; shown to the committee, no part of a score."""

from __future__ import annotations

from typing import Any

from sqlalchemy import and_, delete, select

from services.review import models
from shared.problems import Conflict, NotFound, invalid_field
from shared.procedure import Conductor, Cycle, outcome
from shared.procedure.state import Entrant, Outcome
from shared.rulebooks import Stage
from shared.store import Work

STAGE_KIND = "social_evaluation"
_VOTES = models.social_votes


def record(work: Work, conductor: Conductor, data: dict[str, Any]) -> dict[str, Any]:
    """Enter the counts as they stand; a later entry replaces an earlier one until the vote is over."""
    conductor.records.cycle(work, data["cycle_id"], lock=True)
    cycle = conductor.cycle(work, data["cycle_id"])
    stage = next((s for s in cycle.rulebook.stages if s.key == data["stage"]), None)
    if stage is None or stage.kind != STAGE_KIND or stage.owner != conductor.service:
        raise NotFound(
            f"没有社会评价阶段 {data['stage']}", f"no stage {data['stage']} in which the public votes"
        )
    state = conductor.row(work, cycle.cycle_id, stage.key).state
    if state != "begun":
        raise Conflict(
            f"社会评价当前为 {state}，不能录入票数", f"stage {stage.key} is {state} and takes no votes"
        )
    counts = _checked(work, conductor, cycle, stage, data["votes"])
    for application_id, votes in counts.items():
        key = {"cycle_id": cycle.cycle_id, "stage": stage.key, "application_id": application_id}
        work.session.execute(delete(_VOTES).where(and_(*(_VOTES.c[name] == key[name] for name in key))))
        work.session.execute(_VOTES.insert().values(**key, votes=votes))
    work.audit(
        "social_votes:recorded",
        f"{cycle.cycle_id}/{stage.key}",
        after={"votes": counts},
        cycle_id=cycle.cycle_id,
    )
    return {"done": True}


def close(work: Work, cycle: Cycle, stage: Stage, entrants: list[Entrant]) -> list[Outcome]:
    """Everybody goes on, with the votes where they were entered."""
    this = and_(_VOTES.c.cycle_id == cycle.cycle_id, _VOTES.c.stage == stage.key)
    counts = {row.application_id: row.votes for row in work.session.execute(select(_VOTES).where(this))}
    return [
        outcome(
            e.application_id,
            passed=True,
            carried={"social_votes": counts[e.application_id]} if e.application_id in counts else {},
        )
        for e in entrants
    ]


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
