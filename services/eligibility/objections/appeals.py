"""复核: whom a ruling went against may have it decided once more, by somebody who had no part in it."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row

from services.eligibility.objections import cases, hearing, officers
from services.eligibility.objections.clock import Terms, is_over
from services.eligibility.objections.states import State
from shared.calendar import work_calendar
from shared.problems import Conflict
from shared.procedure import Conductor
from shared.store import Work

Data = dict[str, Any]


def by_objector(work: Work, conductor: Conductor, data: Data, terms: Terms) -> Data:
    """Against a dismissal, with receipt and secret. Raises NotFound, Conflict."""
    row = cases.of_receipt(work, data["receipt"], data["secret"])
    moved = _appeal(work, conductor, row.id, data, terms, side="objector", against=State.DISMISSED)
    return cases.own_state(work, moved, terms, side="objector")


def by_applicant(work: Work, conductor: Conductor, data: Data, terms: Terms) -> Data:
    """Against an objection to one's own application that was upheld. Raises NotFound, Conflict."""
    hearing.require_asked(work, data["objection_id"])
    moved = _appeal(
        work, conductor, data["objection_id"], data, terms, side="applicant", against=State.UPHELD
    )
    return cases.own_state(work, moved, terms, side="applicant")


def _appeal(
    work: Work, conductor: Conductor, objection_id: str, data: Data, terms: Terms, *, side: str, against: State
) -> Row[Any]:  # fmt: skip
    cycle, row = cases.locked(work, conductor, objection_id)
    if row.state != against:
        raise Conflict(
            "只有不利于己方的裁定可以申请复核",
            "only a ruling against oneself can be appealed",
            code="no_appeal",
        )
    if not cycle.rehearsal and is_over(work_calendar(), row.since, row.days, work.today()):
        raise Conflict("申请复核的期限已过", "the time for an appeal is over", code="too_late")
    values = {
        "appealed_by": side, "appealed_on": work.today(), "appeal": data["text"], "appeal_papers": data["papers"],
    }  # fmt: skip
    return cases.move(work, cycle, row, State.APPEALED, terms, "objection:appealed", **values)


def decide(work: Work, conductor: Conductor, data: Data, terms: Terms) -> Data:
    """Confirm a ruling or put its contrary in its place, for good. Raises Forbidden, Invalid, Conflict."""
    cycle, row = cases.locked(work, conductor, data["objection_id"])
    officers.require_part(work, row, officers.APPEAL)
    officers.require_unnamed(row, "reason", data["reason"])
    values = {"decided_by": work.by, "decided_on": work.today(), "decision_reason": data["reason"]}
    then = State(data["decision"])
    moved = cases.move(work, cycle, row, then, terms, "objection:decided", reason=data["reason"], **values)
    return cases.state(work, moved, terms)
