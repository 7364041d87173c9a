"""评审报告: what each stage found of each application, with advice, locked when the stage closes; and all of it together."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, exists, or_, select, true, update

from services.review import models, rankings, visibility
from services.review.conditions import APPLICATION, agree, is_
from services.review.visits import issues
from shared.contracts.operations import REVIEWER
from shared.problems import Conflict, Forbidden, NotFound
from shared.procedure import Conductor, Cycle, Entrant
from shared.rulebooks import Stage
from shared.store import Work

_REPORTS, _SCORES, _SHEETS = models.stage_reports, models.scores, models.sheets
_ASSIGNMENTS = models.assignments
_PARTS = ("summary", "strengths", "improvements")


def record(work: Work, conductor: Conductor, data: dict[str, Any]) -> dict[str, Any]:
    """Written by the office or the leader while the stage runs. Raises NotFound, Forbidden for a reviewer who does not
    lead, Conflict before and after.
    """
    conductor.records.cycle(work, data["cycle_id"], lock=True)
    cycle = conductor.cycle(work, data["cycle_id"])
    stage = conductor.own_stage(cycle, data["stage"])
    entrant = visibility.require_own(work, cycle, stage.key, data["application_id"])
    if work.context.role == REVIEWER and leader(work, cycle, stage, entrant) != work.context.actor:
        raise Forbidden("由组长或评审办撰写", "this is for the leader or the office", code="leader_only")
    state = conductor.row(work, cycle.cycle_id, stage.key).state
    if state != "begun":
        raise Conflict(
            f"阶段 {stage.key} 当前为 {state}，不能撰写报告",
            f"stage {stage.key} is {state} and takes no report",
        )
    key = {"cycle_id": cycle.cycle_id, "stage": stage.key, "application_id": entrant.application_id}
    this = is_(_REPORTS, key)
    before = work.session.execute(select(_REPORTS).where(this)).one_or_none()
    row = {name: data[name] for name in _PARTS}
    if before is None:
        work.session.execute(_REPORTS.insert().values(**key, **row, by=work.context.actor))
    else:
        work.session.execute(update(_REPORTS).where(this).values(**row, by=work.context.actor))
    work.audit(
        "stage:reported", f"{stage.key}/{entrant.application_id}", after=row, cycle_id=cycle.cycle_id,
        before=None if before is None else {name: getattr(before, name) for name in _PARTS},
    )  # fmt: skip
    return _told(work.session.execute(select(_REPORTS).where(this)).one())


def leader(work: Work, cycle: Cycle, stage: Stage, entrant: Entrant) -> str | None:
    """Who leads the review of an application: the leader of its visit, else the panel's or its deputy where that one is assigned
    to it, else the first who is. Nobody who is kept away.
    """
    assigned = visibility.reviewers(work, cycle, stage.key, [entrant]).get(entrant.application_id, [])
    return issues.leader(work, cycle, stage.key, entrant.application_id, assigned)


def listed(work: Work, conductor: Conductor, data: dict[str, Any]) -> dict[str, Any]:
    """A stage's reports: all for the office and its watchers, a reviewer's own ones for a reviewer."""
    cycle = conductor.cycle(work, data["cycle_id"])
    stage = conductor.own_stage(cycle, data["stage"])
    rows = _rows(work, cycle, [stage.key])
    return {"reports": [_told(row) for row in rows]}


def missing(work: Work, cycle: Cycle, stage: Stage, entrants: list[Entrant]) -> list[Entrant]:
    """Those without a report of a stage whose rulebook asks for one; in rehearsals nobody writes any."""
    if stage.report is None or cycle.rehearsal:
        return []
    here = and_(_REPORTS.c.cycle_id == cycle.cycle_id, _REPORTS.c.stage == stage.key)
    rows = work.session.execute(select(_REPORTS).where(here)).all()
    written = {row.application_id for row in standing(work, cycle, rows)}
    return [entrant for entrant in entrants if entrant.application_id not in written]


def standing(work: Work, cycle: Cycle, rows: Sequence[Row[Any]]) -> list[Row[Any]]:
    """Those reports whose writer was of the office, or is a reviewer of the application still: neither kept away since nor
    replaced.
    """
    stages = {row.stage for row in rows}
    names = (_ASSIGNMENTS.c.stage, _ASSIGNMENTS.c.application_id, _ASSIGNMENTS.c.expert_id)
    here = and_(_ASSIGNMENTS.c.cycle_id == cycle.cycle_id, _ASSIGNMENTS.c.stage.in_(sorted(stages)))
    seated = {tuple(line) for line in work.session.execute(select(*names).where(here))}
    teams = visibility.on_duty(work, [(cycle.cycle_id, stage) for stage in stages])
    return [
        row
        for row in rows
        if (row.stage, row.application_id, row.by) not in seated
        or row.by in teams.get((cycle.cycle_id, row.stage, row.application_id), ())
    ]


def lock(work: Work, cycle: Cycle, stage: Stage) -> None:
    """The stage closes: from now on its reports stand."""
    here = and_(_REPORTS.c.cycle_id == cycle.cycle_id, _REPORTS.c.stage == stage.key)
    work.session.execute(update(_REPORTS).where(here).values(locked_at=work.now()))


def evaluation(work: Work, conductor: Conductor, data: dict[str, Any]) -> dict[str, Any]:
    """What the stages before found of those in a stage. A reviewer has its own, in the stage that weighs all of them.

    Raises NotFound for a reviewer where the stage is scored by sheets alone: what others gave must not lead it.
    """
    cycle = conductor.cycle(work, data["cycle_id"])
    stage = conductor.own_stage(cycle, data["stage"])
    reviewing = work.context.role == REVIEWER
    if reviewing and stage.scoring != "carried_or_sheets":
        raise NotFound("没有综合评价材料", "there is nothing of the kind in this stage")
    entrants = models.procedure.entrants
    mine = select(entrants.c.application_id).where(
        entrants.c.stage == stage.key,
        entrants.c.removed.is_(False),
        visibility.content(work, cycle, entrants),
    )
    own = set(work.session.execute(mine).scalars())
    before = [
        s.key for s in cycle.rulebook.stages if cycle.rulebook.phase_index(s.key) < _index(cycle, stage)
    ]
    scores = _scores(work, cycle, before)
    reports = [row for row in _reports(work, cycle, before) if row.locked_at is not None]
    known = [] if reviewing else rankings.recorded(work, cycle)
    return {
        "applications": [
            {
                "application_id": a,
                "scores": [s for s in scores if s["application_id"] == a],
                "reports": [_told(row) for row in reports if row.application_id == a],
                "deviations": [d for d in known if _concerns(d, a)],
            }
            for a in (e.application_id for e in conductor.entrants(work, cycle.cycle_id, stage.key))
            if a in own
        ]
    }


def _index(cycle: Cycle, stage: Stage) -> int:
    return cycle.rulebook.phase_index(stage.key)


def _concerns(deviation: dict[str, Any], application_id: str) -> bool:
    return application_id in {d["application_id"] for d in (deviation, *deviation["preferred"])}


def _scores(work: Work, cycle: Cycle, stages: list[str]) -> list[dict[str, Any]]:
    here = and_(_SCORES.c.cycle_id == cycle.cycle_id, _SCORES.c.stage.in_(stages))
    rows = sorted(work.session.execute(select(_SCORES).where(here)), key=lambda row: stages.index(row.stage))
    names = ("application_id", "stage", "score", "valid_sheets")
    return [{name: getattr(row, name) for name in names} for row in rows]


def _reports(work: Work, cycle: Cycle, stages: list[str]) -> list[Row[Any]]:
    here = and_(_REPORTS.c.cycle_id == cycle.cycle_id, _REPORTS.c.stage.in_(stages))
    return sorted(work.session.execute(select(_REPORTS).where(here)), key=lambda row: stages.index(row.stage))


def _rows(work: Work, cycle: Cycle, stages: list[str]) -> list[Row[Any]]:
    dossiers = models.procedure.dossiers
    return list(
        work.session.execute(
            select(_REPORTS)
            .join(dossiers, dossiers.c.application_id == _REPORTS.c.application_id)
            .where(_REPORTS.c.stage.in_(stages), visibility.content(work, cycle, _REPORTS))
            .where(_readable(work))
            .order_by(dossiers.c.sequence)
        )
    )


def _readable(work: Work) -> ColumnElement[bool]:
    """A report that is being written leads no reviewer whose own sheet is not in yet."""
    if work.context.role != REVIEWER:
        return true()
    me = work.context.actor
    is_in = exists().where(agree(_SHEETS, _REPORTS, APPLICATION), _SHEETS.c.expert_id == me)
    return or_(_REPORTS.c.by == me, _REPORTS.c.locked_at.is_not(None), is_in)


def _told(row: Row[Any]) -> dict[str, Any]:
    """The reply `StageReport`."""
    locked = None if row.locked_at is None else row.locked_at.isoformat()
    names = ("stage", "application_id", *_PARTS, "by")
    return {**{name: getattr(row, name) for name in names}, "locked_at": locked}
