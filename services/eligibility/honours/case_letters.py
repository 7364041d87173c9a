"""案件函件: what the letters of a case say to the winner: that it is heard until a day, and what was decided."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row

from services.eligibility.honours import cases, numbers, orders, register
from services.eligibility.honours.states import Case
from services.eligibility.people import people
from shared.problems import NotFound
from shared.procedure import Conductor
from shared.rulebooks import words
from shared.store import Work

_NOTICE = "notice"
_BAN = {"zh": "不予受理申报", "en": "accept no application"}
_OUTCOMES = {Case.DECIDED: "revoked", Case.EXECUTED: "revoked", Case.DROPPED: "dropped"}


def letter(work: Work, conductor: Conductor, data: dict[str, Any]) -> dict[str, Any]:
    """The reply `CaseLetter`; a winner has those of its own cases. Raises NotFound where there is none."""
    case = cases.require(work, data["case_id"])
    people.require_own(work, case.application_id)
    cycle = conductor.cycle(work, case.cycle_id)
    outcome = _OUTCOMES.get(Case(case.state))
    first = data["letter"] == _NOTICE
    # A case that was dropped before anybody was told of it is told to nobody.
    if case.notified_on is None or not (first or outcome is not None):
        raise NotFound("没有这封函件", "there is no such letter", code="no_letter")
    honour = register.require(work, case.application_id)
    event = words.word(words.EVENTS, case.event)
    return {
        "case_id": case.id,
        "cycle_id": cycle.cycle_id,
        "letter": data["letter"],
        "holder": honour.name,
        "title": numbers.title_of(cycle.rulebook, honour.level),
        "number": honour.number,
        "year": cycle.year,
        "award_zh": cycle.rulebook.title.zh,
        "award_en": cycle.rulebook.title.en,
        "issuer": cycle.rulebook.raw["document"]["issuer"],
        "rule": cycle.rulebook.label(case.rule),
        "event_zh": event.zh,
        "event_en": event.en,
        "happened_on": case.happened_on,
        "grounds": case.grounds,
        "dated": case.notified_on if first else case.decided_on,
        "answer_by": case.answer_by if first else None,
        "outcome": None if first else outcome,
        "reason": None if first else case.decision_reason,
        "orders": [] if first else _orders(work, case),
        "banned_until": None if first else case.banned_until,
    }


def _orders(work: Work, case: Row[Any]) -> list[dict[str, str]]:
    found = []
    for each in orders.of_case(work, case.id):
        if each["order"] == orders.BAN:
            found.append(_BAN)
        else:
            said = words.word(words.ORDERS, each["order"])
            found.append({"zh": said.zh, "en": said.en})
    return found
