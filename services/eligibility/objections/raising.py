"""提出异议: against one who is on a notice that runs today. Who objects is encrypted at once and is in no reply."""

from __future__ import annotations

import secrets
from typing import Any

from services.eligibility import notices
from services.eligibility.acceptance import Acceptance, acceptance
from services.eligibility.notices.changes import slot_of
from services.eligibility.notices.states import Notice
from services.eligibility.objections import cases
from services.eligibility.objections.clock import Terms
from services.eligibility.objections.states import State
from shared.calendar import in_words
from shared.contracts.operations import OFFICE
from shared.identifiers import new_id
from shared.problems import Conflict, Forbidden, NotFound
from shared.procedure import Conductor, Cycle, tasks
from shared.store import Work

Data = dict[str, Any]
_FROM_OFFICE, _OTHER = "office", "other"


def object_(work: Work, conductor: Conductor, data: Data, terms: Terms) -> Data:
    """Raise an objection. In a real cycle it waits to be accepted, unless it is anonymous or empty: then it is answered now.

    Raises NotFound, Conflict outside the notice, Invalid for a number that cannot be, Forbidden.
    """
    if data["source"] == _FROM_OFFICE and work.context.role != OFFICE:
        raise Forbidden(
            "只有评审办可以登记自行发现的问题", "only the award office records what it found itself"
        )
    cycle = conductor.cycle(work, data["cycle_id"])
    conductor.records.cycle(work, cycle.cycle_id, lock=True)
    _require_on_notice(work, cycle, data)
    evidence = data["evidence"] if cycle.rehearsal else bool(data["statement"] or data["papers"])
    decided = acceptance(cycle.rulebook.objections, source=data["source"], by=data["by"], evidence=evidence)
    state = _state_of(cycle, data["source"], decided)
    secret = None if data["source"] == _FROM_OFFICE else secrets.token_urlsafe(32)
    values = _row(work, cycle, data, state, decided, terms, secret=secret, evidence=evidence)
    work.session.execute(cases.OBJECTIONS.insert().values(**values))
    noted = {name: values[name] for name in ("notice", "application_id", "source", "state")}
    work.audit("objection:raised", values["id"], after=noted, cycle_id=cycle.cycle_id)
    tasks.waits(work, cycle, "objection_raised", f"objection/{values['id']}", left_out=[work.by])
    row = cases.require(work, cases.OBJECTIONS.c.id == values["id"])
    return {**cases.state(work, row, terms), "secret": secret}


def _require_on_notice(work: Work, cycle: Cycle, data: Data) -> None:
    notice = notices.find(work, cycle.cycle_id, data["notice"])
    listed = [] if notice is None else [line["application_id"] for line in notice.content["listed"]]
    if notice is None or data["application_id"] not in listed:
        raise NotFound("公示名单中没有这一申报", "no such application on this notice")
    if notice.corrected_by is not None:
        raise Conflict(
            f"该公示已更正，请对公示 {notice.corrected_by} 提出异议",
            f"the notice was corrected: objections are raised against {notice.corrected_by}",
            code="notice_corrected",
        )
    if notice.state != Notice.POSTED:
        raise Conflict("公示已结束", "the notice is closed", code="notice_closed")
    if not notice.first_day <= work.today() <= notice.last_day:
        raise Conflict(
            f"公示期为 {in_words(notice.first_day).zh} 至 {in_words(notice.last_day).zh}",
            f"the notice runs from {in_words(notice.first_day).en} to {in_words(notice.last_day).en}",
        )


def _state_of(cycle: Cycle, source: str, decided: Acceptance) -> State:
    if not decided.accepted:
        return State.NOT_ACCEPTED
    return State.ACCEPTED if cycle.rehearsal or source == _FROM_OFFICE else State.RECEIVED


def _row(
    work: Work, cycle: Cycle, data: Data, state: State, decided: Acceptance, terms: Terms, *, secret: str | None, evidence: bool
) -> Data:  # fmt: skip
    by, waits = data["by"] or {}, state is State.RECEIVED
    return {
        "id": new_id(),
        "cycle_id": cycle.cycle_id,
        "notice": slot_of(data["notice"]),
        **{name: data[name] for name in ("application_id", "source", "statement", "contact", "papers")},
        "ground": data["ground"] or _OTHER,
        "objector_name": by.get("name"),
        "objector_number": by.get("id_number") or by.get("uscc"),
        "evidence": evidence,
        "state": state.value,
        "reason_zh": "已收到，待受理" if waits else decided.reason_zh,
        "reason_en": "received, waiting to be accepted" if waits else decided.reason_en,
        "raised_on": work.today(),
        "raised_by": work.by if data["source"] == _FROM_OFFICE else None,
        "receipt": None if secret is None else f"{cycle.year}-{secrets.token_hex(5).upper()}",
        "secret_digest": None if secret is None else cases.digest_of(secret),
        "since": work.today(),
        "days": None if cycle.rehearsal else terms.days_in(state),
        "accepted_on": None if waits else work.today(),
    }
