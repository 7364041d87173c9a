"""双向监督: what applicants and reviewers say of each other's conduct, for discipline inspection and nobody else.

An applicant speaks of all who reviewed it in a stage together, since it is not told who they are; nor is it told whether it
was reviewed at all, which before the results would say that it was cut. That the application is its own is looked up by the
gateway with intake, which alone knows the accounts of a dossier.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row, and_, func, select
from sqlalchemy.exc import IntegrityError

from services.review import conflicts, models
from services.review.seating.states import Assigned
from shared.problems import Conflict, NotFound
from shared.procedure import Conductor, Cycle
from shared.store import Work

Data = dict[str, Any]
_REPORTS, _ASSIGNMENTS = models.conduct_reports, models.assignments
_APPLICANT, _REVIEWER = "applicant", "reviewer"


def by_applicant(work: Work, conductor: Conductor, data: Data) -> Data:
    """Take an applicant's word on its reviewers, also where nobody reviewed it. Raises Conflict before the end or twice."""
    cycle = conductor.cycle(work, data["cycle_id"])
    return _keep(work, conductor, cycle, data, _APPLICANT, "")


def by_reviewer(work: Work, conductor: Conductor, data: Data) -> Data:
    """Take a reviewer's word on an applicant that it was assigned. Raises NotFound, Conflict."""
    cycle = conductor.cycle(work, data["cycle_id"])
    return _keep(work, conductor, cycle, data, _REVIEWER, work.context.actor)


def listed(work: Work, conductor: Conductor, data: Data) -> Data:
    """A page of what was said, in the order of stage, application and side."""
    cycle = conductor.cycle(work, data["cycle_id"])
    wanted = [_REPORTS.c.cycle_id == cycle.cycle_id]
    wanted += [_REPORTS.c[name] == data[name] for name in ("side", "stage") if data[name] is not None]
    total = work.session.execute(select(func.count()).select_from(_REPORTS).where(and_(*wanted))).scalar_one()
    query = (
        select(_REPORTS)
        .where(and_(*wanted))
        .order_by(_REPORTS.c.stage, _REPORTS.c.application_id, _REPORTS.c.side, _REPORTS.c.author)
        .limit(data["size"])
        .offset((data["page"] - 1) * data["size"])
    )
    return {
        "reports": [_line(row) for row in work.session.execute(query)],
        "page": data["page"],
        "size": data["size"],
        "total": total,
    }


def _keep(work: Work, conductor: Conductor, cycle: Cycle, data: Data, side: str, author: str) -> Data:
    # First, so that before the end nobody can tell whether an application is being reviewed, and by whom.
    if conductor.row(work, cycle.cycle_id, data["stage"]).state != "closed":
        raise Conflict("该阶段结束后方可评价", "only after the stage is closed", code="stage_open")
    # An applicant gets the same answer whether or not it came as far as this stage.
    if side == _REVIEWER:
        _require_assigned(work, cycle, data, author)
    row = {
        "cycle_id": cycle.cycle_id,
        "stage": data["stage"],
        "application_id": data["application_id"],
        "side": side,
        "author": author,
        "marks": dict(data["marks"]),
        "comment": data["comment"],
        "said_on": work.today(),
    }
    try:
        with work.session.begin_nested():
            work.session.execute(_REPORTS.insert().values(**row))
    except IntegrityError:
        raise Conflict("已经评价过", "this was said already", code="said_already") from None
    # No digest: of a few marks there are few possible ones.
    about = f"{data['stage']}/{data['application_id']}"
    work.audit(f"conduct:{side}_said", about, cycle_id=cycle.cycle_id, secret=True)
    return {"done": True}


def _require_assigned(work: Work, cycle: Cycle, data: Data, author: str) -> None:
    """The reviewer who speaks reviewed the application in the stage. Raises NotFound.

    A refused or drafted assignment is no review, nor is one that was kept from it since.
    """
    wanted = [
        _ASSIGNMENTS.c.cycle_id == cycle.cycle_id,
        _ASSIGNMENTS.c.stage == data["stage"],
        _ASSIGNMENTS.c.application_id == data["application_id"],
        _ASSIGNMENTS.c.expert_id == author,
        _ASSIGNMENTS.c.state == Assigned.ACCEPTED,
        conflicts.free(_ASSIGNMENTS),
    ]
    if work.session.execute(select(_ASSIGNMENTS.c.expert_id).where(and_(*wanted)).limit(1)).first() is None:
        raise NotFound("没有这项评审", "no such review")


def _line(row: Row[Any]) -> Data:
    line = {
        name: getattr(row, name)
        for name in ("stage", "application_id", "side", "marks", "comment", "said_on")
    }
    return {**line, "expert_id": row.author or None}
