"""听取申报人意见: what an applicant sees of an objection to its own application, from when it is asked, and what it answers."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from services.eligibility import dossier_people
from services.eligibility.objections import cases
from services.eligibility.objections.clock import Terms, is_over
from services.eligibility.objections.states import State
from shared.calendar import work_calendar
from shared.problems import Conflict
from shared.procedure import Conductor
from shared.store import Work

Data = dict[str, Any]


def mine(work: Work, conductor: Conductor, data: Data, terms: Terms) -> Data:
    """The objections of a cycle to one's own applications. None before one is asked: until then nobody is accused."""
    cycle = conductor.cycle(work, data["cycle_id"])
    table = cases.OBJECTIONS
    query = select(table).where(
        table.c.cycle_id == cycle.cycle_id,
        table.c.application_id.in_(dossier_people.applications_of(work.by)),
        table.c.inquired_on.is_not(None),
    )
    if data["application_id"] is not None:
        query = query.where(table.c.application_id == data["application_id"])
    rows = work.session.execute(query.order_by(table.c.id)).all()
    return {"objections": [cases.own_state(work, row, terms, side="applicant") for row in rows]}


def answer(work: Work, conductor: Conductor, data: Data, terms: Terms) -> Data:
    """Answer once, by the last day. Raises NotFound for what is not one's own, Conflict where it is too late or done."""
    require_asked(work, data["objection_id"])
    cycle, row = cases.locked(work, conductor, data["objection_id"])
    if row.state == State.INQUIRY and is_over(work_calendar(), row.since, row.days, work.today()):
        raise Conflict("答复期限已过", "the time for an answer is over", code="too_late")
    values = {
        "answer": data["text"], "answer_papers": data["papers"], "answered_by": work.by, "heard_on": work.today(),
    }  # fmt: skip
    moved = cases.move(work, cycle, row, State.HEARD, terms, "objection:answered", **values)
    return cases.own_state(work, moved, terms, side="applicant")


def require_asked(work: Work, objection_id: str) -> None:
    """Raises NotFound for an objection to somebody else's application, and for one that one was not asked about."""
    row = cases.require(work, cases.OBJECTIONS.c.id == objection_id)
    dossier_people.require_own(work, row.application_id, writing=True)
    if row.inquired_on is None:
        raise cases.missing()
