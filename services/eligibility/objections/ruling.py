"""裁定: the office rules on an objection: in a real cycle only once the applicant was heard, and by who did not look into it."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row

from services.eligibility.objections import cases, officers
from services.eligibility.objections.clock import Terms, is_over
from services.eligibility.objections.states import State
from shared.calendar import work_calendar
from shared.problems import invalid_field
from shared.procedure import Conductor, Cycle
from shared.store import Work

Data = dict[str, Any]


def rule_on(work: Work, conductor: Conductor, data: Data, terms: Terms) -> Data:
    """Uphold or dismiss an objection while its notice is not closed. Raises Forbidden, Invalid, Conflict."""
    cycle, row = cases.locked(work, conductor, data["objection_id"])
    if not cycle.rehearsal:
        officers.require_part(work, row, officers.RULING)
        if not data["reason"]:
            raise invalid_field("reason", "裁定须说明理由", "a ruling needs a reason")
        officers.require_unnamed(row, "reason", data["reason"])
        row = _heard(work, cycle, row, terms)
    values = {
        "ruling": data["ruling"], "ruled_by": work.by, "ruled_on": work.today(), "ruling_reason": data["reason"],
    }  # fmt: skip
    moved = cases.move(
        work, cycle, row, State(data["ruling"]), terms, "objection:ruled", reason=data["reason"], **values
    )
    return cases.state(work, moved, terms)


def _heard(work: Work, cycle: Cycle, row: Row[Any], terms: Terms) -> Row[Any]:
    """An applicant that let the last day pass was heard; where that day is not known yet it has not passed."""
    if row.state != State.INQUIRY or not is_over(work_calendar(), row.since, row.days, work.today()):
        return row
    return cases.move(work, cycle, row, State.HEARD, terms, "objection:unanswered", heard_on=work.today())
