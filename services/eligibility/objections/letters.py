"""答复函: what the letters of a case say: to the objector, addressed by the receipt, and to the applicant."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import Row

from services.eligibility.objections import cases
from services.eligibility.objections.clock import Terms, last_day
from services.eligibility.objections.states import State
from services.eligibility.people import people
from shared.calendar import work_calendar
from shared.contracts.operations import APPLICANT
from shared.problems import NotFound
from shared.procedure import Conductor, Cycle
from shared.store import Work

Data = dict[str, Any]
_OBJECTOR, _APPLICANT = "objector", "applicant"
# Of each letter: whom it is written to, the day that it tells of, and the words.
_LETTERS = {
    "acceptance": ((_OBJECTOR,), "accepted_on", "reason_zh"),
    "hearing": ((_APPLICANT,), "inquired_on", "facts"),
    "ruling": ((_OBJECTOR, _APPLICANT), "ruled_on", "ruling_reason"),
    "appeal": ((_OBJECTOR, _APPLICANT), "decided_on", "decision_reason"),
}


def letter(work: Work, conductor: Conductor, data: Data, terms: Terms) -> Data:
    """A letter of a case; an applicant has those to itself alone. Raises NotFound where there is none."""
    cycle, row = cases.find(work, conductor, data["objection_id"])
    if work.context.role == APPLICANT:
        people.require_own(work, row.application_id)
        if data["to"] != _APPLICANT:
            raise cases.missing()
    return _written(work, conductor, cycle, row, data["letter"], data["to"], terms)


def to_objector(work: Work, conductor: Conductor, data: Data, terms: Terms) -> Data:
    """A letter to who holds receipt and secret. Raises NotFound."""
    row = cases.of_receipt(work, data["receipt"], data["secret"])
    cycle = conductor.cycle(work, row.cycle_id)
    return _written(work, conductor, cycle, row, data["letter"], _OBJECTOR, terms)


def _written(
    work: Work, conductor: Conductor, cycle: Cycle, row: Row[Any], name: str, to: str, terms: Terms
) -> Data:
    receivers, day, words = _LETTERS[name]
    dated = getattr(row, day)
    asked = to == _OBJECTOR or row.inquired_on is not None
    nobody = to == _OBJECTOR and row.secret_digest is None
    if to not in receivers or dated is None or not asked or nobody:
        raise NotFound("没有这封函件", "there is no such letter", code="no_letter")
    _, entrant = conductor.application(work, row.application_id)
    title = cycle.rulebook.title
    return {
        "objection_id": row.id,
        "cycle_id": cycle.cycle_id,
        "letter": name,
        "to": to,
        "award_zh": title.zh,
        "award_en": title.en,
        "year": cycle.year,
        "notice": row.notice,
        "applicant": entrant.dossier["name"],
        "receipt": row.receipt if to == _OBJECTOR else None,
        "raised_on": row.raised_on,
        "dated": dated,
        "outcome": _outcome(row, name),
        "reason": getattr(row, words) or "",
        "last_day": _last_day(row, name, to, dated, terms),
        "rule": cycle.rulebook.objections.rule,
        **_corrected(row, dated),
    }


def _corrected(row: Row[Any], dated: date) -> Data:
    """By which notice the one that was objected to had been corrected when the letter was written; what came later is told where
    the case is looked up: a letter says the same whenever it is asked for.
    """
    known = row.notice_corrected_on is not None and row.notice_corrected_on <= dated
    names = ("notice_corrected_by", "notice_corrected_on")
    return {name: getattr(row, name) if known else None for name in names}


def _outcome(row: Row[Any], name: str) -> str:
    """What the letter tells, whatever came after it."""
    if name == "acceptance":
        return State.NOT_ACCEPTED if row.state == State.NOT_ACCEPTED else State.ACCEPTED
    if name == "hearing":
        return State.INQUIRY
    return str(row.ruling if name == "ruling" else row.state)


def _last_day(row: Row[Any], name: str, to: str, dated: date, terms: Terms) -> date | None:
    """Until when the applicant may answer, or whom the ruling went against appeal."""
    if name == "hearing":
        days = row.days if row.state == State.INQUIRY else terms.answer
        return last_day(work_calendar(), dated, days)
    against = State.DISMISSED if to == _OBJECTOR else State.UPHELD
    if name == "ruling" and row.ruling == against and row.days is not None:
        return last_day(work_calendar(), dated, row.days if row.state == against else terms.appeal)
    return None
