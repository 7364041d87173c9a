"""受理与核查: the office accepts an objection or not, and puts the facts to the applicant; who objects it never says."""

from __future__ import annotations

from typing import Any

from services.eligibility.objections import cases, officers
from services.eligibility.objections.clock import Terms, last_day
from services.eligibility.objections.states import State
from shared.calendar import work_calendar
from shared.contracts.events import AnswerAsked
from shared.problems import invalid_field
from shared.procedure import Conductor
from shared.store import Work

Data = dict[str, Any]


def accept(work: Work, conductor: Conductor, data: Data, terms: Terms) -> Data:
    """Accept an objection, or not and why. Raises Forbidden for who has not the part, Invalid, Conflict."""
    cycle, row = cases.locked(work, conductor, data["objection_id"])
    officers.require_part(work, row, officers.INQUIRY)
    accepted, reason = data["accepted"], data["reason"]
    if not accepted and not reason:
        raise invalid_field("reason", "不予受理须说明理由", "say why it is not accepted")
    officers.require_unnamed(row, "reason", reason or "")
    rule = cycle.rulebook.objections.rule
    said = ("已受理", "accepted") if accepted else (f"{reason}（{rule}）", f"not accepted ({rule}): {reason}")
    then = State.ACCEPTED if accepted else State.NOT_ACCEPTED
    values = {"reason_zh": said[0], "reason_en": said[1], "accepted_by": work.by, "accepted_on": work.today()}
    moved = cases.move(work, cycle, row, then, terms, "objection:accepted", reason=reason, **values)
    return cases.state(work, moved, terms)


def inquire(work: Work, conductor: Conductor, data: Data, terms: Terms) -> Data:
    """Ask the applicant, which has so many working days from now on. Raises Forbidden, Invalid, Conflict."""
    cycle, row = cases.locked(work, conductor, data["objection_id"])
    officers.require_part(work, row, officers.INQUIRY)
    officers.require_unnamed(row, "facts", data["facts"])
    values = {"facts": data["facts"], "inquired_by": work.by, "inquired_on": work.today()}
    moved = cases.move(work, cycle, row, State.INQUIRY, terms, "objection:inquired", **values)
    told = {"cycle_id": cycle.cycle_id, "application_id": row.application_id, "what": "objection"}
    answer_by = last_day(work_calendar(), work.today(), terms.answer)
    work.publish(AnswerAsked, {**told, "answer_by": answer_by}, subject=row.application_id)
    return cases.state(work, moved, terms)
