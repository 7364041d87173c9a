"""为何不符合: what an applicant reads of the findings on its own application, from when the outcome is public.

Until then it is the same answer as for an application that does not exist, after the same work: whatever departments have
answered, whatever was found or judged.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from services.eligibility import models, qualification
from services.eligibility.people import people
from shared.problems import NotFound
from shared.procedure import Conductor, Cycle
from shared.procedure.state import Outcome
from shared.rulebooks import Stage
from shared.rulebooks.explained import explain
from shared.rulebooks.findings import Finding
from shared.store import Work

Data = dict[str, Any]
_DOSSIERS, _CLOSINGS = models.procedure.dossiers, models.procedure.closings
_NOTICE_KIND = "notice"


def mine(work: Work, conductor: Conductor, data: Data) -> Data:
    """The reply `OwnFindings`. Raises NotFound for what is not one's own, not public, or was not decided."""
    own = select(_DOSSIERS.c.cycle_id).where(
        _DOSSIERS.c.application_id == data["application_id"], people.own(work, _DOSSIERS.c.application_id)
    )
    cycle_id = work.session.execute(own).scalar_one_or_none()
    if cycle_id is None:
        raise _nothing()
    cycle = conductor.cycle(work, cycle_id)
    stage = qualification.stage_of(cycle)
    if stage is None or not _is_public(work, conductor, cycle, stage):
        raise _nothing()
    decided = _decided(work, cycle, stage, data["application_id"])
    found = qualification.of_one(work, cycle, data["application_id"])
    if decided is None or found is None:
        raise _nothing()
    findings, judged = found
    return {
        "application_id": data["application_id"],
        "cycle_id": cycle.cycle_id,
        "rulebook": cycle.rulebook.id,
        "verdict": "qualified" if decided["passed"] else decided["status"],
        "findings": [_line(cycle, each, judged.get(each.key)) for each in findings],
    }


def _is_public(work: Work, conductor: Conductor, cycle: Cycle, stage: Stage) -> bool:
    """Whether a later notice has begun, or the cycle is over: then intake tells the status as well. A rehearsal is told all."""
    if conductor.row(work, cycle.cycle_id, stage.key).state != "closed":
        return False
    stages = cycle.rulebook.stages
    later = [each for each in stages[stages.index(stage) + 1 :] if each.kind == _NOTICE_KIND]
    posted = [conductor.row(work, cycle.cycle_id, each.key).state in ("begun", "closed") for each in later]
    return cycle.rehearsal or any(posted) or conductor.over_on(work, cycle) is not None


def _decided(work: Work, cycle: Cycle, stage: Stage, application_id: str) -> Outcome | None:
    """What the qualification came to; None where the application had left it by then."""
    here = (_CLOSINGS.c.cycle_id == cycle.cycle_id, _CLOSINGS.c.stage == stage.key)
    lines: list[Outcome] = work.session.execute(select(_CLOSINGS.c.outcomes).where(*here)).scalar_one()
    return next((line for line in lines if line["application_id"] == application_id), None)


def _line(cycle: Cycle, finding: Finding, confirmed: bool | None) -> Data:
    """An `ExplainedFinding`: without who decided it and what they wrote, which may name who told them."""
    return {**explain(cycle.rulebook, finding).as_dict(), "confirmed": confirmed}


def _nothing() -> NotFound:
    return NotFound("没有可以查看的审查结论", "there are no findings to be read")
