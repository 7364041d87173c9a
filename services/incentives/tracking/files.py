"""跟踪档案: one for each winner of a real cycle, opened with the award, ended with its revocation.

A rehearsal opens none: nobody plays the years after it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, select, update

from services.incentives import awards, models
from services.incentives.people import people
from services.incentives.tracking import terms
from services.incentives.tracking.states import File, Report, before
from shared.calendar import in_words
from shared.contracts.operations import APPLICANT
from shared.problems import Conflict, NotFound, Transient
from shared.procedure import Conductor, Cycle, Entrant
from shared.rulebooks import Stage
from shared.store import Work

Data = dict[str, Any]
_FILES, _REPORTS = models.tracking.files, models.tracking.reports
_DOSSIERS, _STAGES = models.procedure.dossiers, models.procedure.stages


def open_all(work: Work, cycle: Cycle, stage: Stage, winners: Sequence[Entrant]) -> None:
    """Open the file of each winner, with the reports that it will owe; the award's day is that on which the stage begins."""
    if cycle.rehearsal:
        return
    here = and_(_STAGES.c.cycle_id == cycle.cycle_id, _STAGES.c.stage == stage.key)
    awarded_on = work.session.execute(select(_STAGES.c.begins_on).where(here)).scalar_one()
    rule = cycle.rulebook.tracking
    for entrant in winners:
        if not entrant.carried.get("level"):
            continue
        row = {
            "application_id": entrant.application_id,
            "cycle_id": cycle.cycle_id,
            "level": entrant.carried["level"],
            "track": entrant.carried["track"],
            "awarded_on": awarded_on,
            "ends_on": terms.ends_on(rule, awarded_on),
            "state": File.OPEN.value,
        }
        work.session.execute(_FILES.insert().values(**row))
        owed = [
            {
                "application_id": entrant.application_id,
                "year": each.year,
                "due_on": each.due_on,
                "state": Report.DUE.value,
            }
            for each in terms.reports(rule, awarded_on)
        ]
        if owed:
            work.session.execute(_REPORTS.insert(), owed)
        told = {**row, "reports": [{"year": each["year"], "due_on": each["due_on"]} for each in owed]}
        work.audit("tracking:opened", entrant.application_id, after=told, cycle_id=cycle.cycle_id)


def sanction_imposed(work: Work, conductor: Conductor, data: Data) -> None:
    """An award that is revoked is followed no more. What was handed in, found and ordered stays on record.

    Raises Transient while the award itself has not arrived: the two events travel on queues of their own.
    """
    if not data["revokes"]:
        return
    cycle = conductor.cycle(work, data["cycle_id"])
    if cycle.rehearsal:
        return
    if not awards.closed(work, conductor, cycle):
        raise Transient("获奖结果尚未到达", "the award has not arrived yet")
    here = and_(_FILES.c.application_id == data["application_id"], _FILES.c.state.in_(before(File.ENDED)))
    values = {"state": File.ENDED.value, "ended_on": data["on"], "ended_rule": data["rule"]}
    done = work.session.execute(update(_FILES).where(here).values(**values))
    if getattr(done, "rowcount", 0):
        work.audit("tracking:ended", data["application_id"], after=values, cycle_id=cycle.cycle_id)


def require(work: Work, conductor: Conductor, data: Data) -> tuple[Cycle, Row[Any]]:
    """A file that whoever asks may see, to look at. Raises NotFound for any other."""
    cycle = conductor.cycle(work, data["cycle_id"])
    rows = rows_of(work, cycle, data["application_id"])
    if not rows:
        raise NotFound("没有这份跟踪档案", "no such file")
    return cycle, rows[0]


def lock(work: Work, conductor: Conductor, data: Data) -> tuple[Cycle, Row[Any]]:
    """The same to change something in it, one at a time. Raises Conflict where the award was revoked."""
    cycle = conductor.cycle(work, data["cycle_id"])
    rows = rows_of(work, cycle, data["application_id"], writing=True)
    if not rows:
        raise NotFound("没有这份跟踪档案", "no such file")
    if rows[0].state == File.ENDED:
        raise Conflict(
            f"奖项已于 {in_words(rows[0].ended_on).zh} 撤销，跟踪终止",
            f"the award was revoked on {in_words(rows[0].ended_on).en}: it is followed no more",
            code="tracking_ended",
        )
    return cycle, rows[0]


def rows_of(
    work: Work, cycle: Cycle, application_id: str | None = None, *, writing: bool = False
) -> list[Row[Any]]:
    """The files of a cycle that whoever asks may see, with their dossiers, in order of submission."""
    wanted: list[ColumnElement[bool]] = []
    if application_id is not None:
        wanted.append(_FILES.c.application_id == application_id)
    if work.context.role == APPLICANT:
        wanted.append(people.own(work, _FILES.c.application_id, writing=writing))
    query = _query(cycle, wanted)
    return list(work.session.execute(query.with_for_update(of=_FILES) if writing else query))


def everybodys(work: Work, cycle: Cycle) -> list[Row[Any]]:
    """All files of a cycle, for what is told of all winners together."""
    return list(work.session.execute(_query(cycle, [])))


def _query(cycle: Cycle, wanted: list[ColumnElement[bool]]) -> Select[Any]:
    return (
        select(_FILES, _DOSSIERS.c.sequence, _DOSSIERS.c.dossier)
        .join(_DOSSIERS, _DOSSIERS.c.application_id == _FILES.c.application_id)
        .where(and_(_FILES.c.cycle_id == cycle.cycle_id, *wanted))
        .order_by(_DOSSIERS.c.sequence)
    )
