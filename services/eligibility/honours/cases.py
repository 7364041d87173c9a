"""撤销案件: opened by an office or by itself, the winner heard, proposed by one officer, decided by another, carried out.

Only of real cycles: a rehearsal plays what follows at once. Every move is an UPDATE on the states before it, under the cycle's
lock, so that of two officers one is refused.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import Row, and_, select, update

from services.eligibility import models
from services.eligibility.honours import orders, register
from services.eligibility.honours.states import CASE_MOVES, Case, refused
from services.eligibility.people import people
from services.eligibility.sanctions import Consequence, consequence
from shared.calendar import work_calendar
from shared.contracts.events import AnswerAsked
from shared.contracts.operations import DISCIPLINE
from shared.contracts.operations.eligibility.cases import LONGEST_SAID
from shared.problems import Conflict, Forbidden, NotFound, invalid_field
from shared.procedure import REAL_WORLD, Conductor, Cycle
from shared.procedure.people import plays
from shared.states import before
from shared.store import Work

OFFICE_FOUND, BY_DISCIPLINE, BY_RECORD, BY_TRACKING = "office", "discipline", "record", "tracking"
REVOKE, DROP = "revoke", "drop"
_CASES = models.revocation_cases
# What a winner is told from the day of the notice on; of these what stands before a decision is the officers' own.
_OWN = (
    "cycle_id", "application_id", "event", "happened_on", "grounds", "rule", "opened_on", "notified_on", "answer_by",
    "answer", "answer_papers", "answered_on", "decided_on", "decision_reason", "banned_until", "closed_on",
)  # fmt: skip
_PARTS = (
    "source", "papers", "opened_by", "notified_by", "answered_by", "proposal", "proposed_by", "proposed_on",
    "proposal_reason", "decided_by",
)  # fmt: skip


def open_(
    work: Work,
    conductor: Conductor,
    *,
    application_id: str,
    event: str,
    on: date,
    source: str,
    grounds: str,
    papers: Sequence[str] = (),
    source_key: str | None = None,
) -> str | None:
    """Open a case about an award that stands; gives its id, None where the same thing has opened one before.

    `on` is the day of what happened: before the award too, where materials were false. Raises NotFound, Conflict for a
    revoked award, Invalid where the rulebook does not revoke for such an event.
    """
    cycle, _ = conductor.application(work, application_id)
    _lock(work, conductor, cycle)
    if source_key is not None and _known(work, application_id, source_key):
        return None
    register.require_standing(work, application_id)
    if on > work.today():
        raise invalid_field("on", "不得晚于今日", "not after today")
    case_id = work.new_id()
    row = {
        "id": case_id,
        "cycle_id": cycle.cycle_id,
        "application_id": application_id,
        "event": event,
        "happened_on": on,
        "source": source,
        "source_key": source_key,
        "grounds": grounds,
        "papers": list(papers),
        "rule": _follows(cycle, event, on).rule,
        "state": Case.OPENED.value,
        "opened_by": work.by,
        "opened_on": work.today(),
    }
    work.session.execute(_CASES.insert().values(**row))
    work.audit("case:opened", case_id, after=row, cycle_id=cycle.cycle_id)
    return case_id


def open_by_hand(work: Work, conductor: Conductor, data: dict[str, Any]) -> dict[str, Any]:
    """An officer, or discipline inspection, opens a case."""
    source = BY_DISCIPLINE if work.context.role == DISCIPLINE else OFFICE_FOUND
    case_id = open_(
        work, conductor, application_id=data["application_id"], event=data["event"], on=data["on"],
        source=source, grounds=data["grounds"], papers=data["papers"],
    )  # fmt: skip
    assert case_id is not None  # without a key nothing is known already
    return state(work, require(work, case_id))


def notify(work: Work, conductor: Conductor, data: dict[str, Any], *, days: int) -> dict[str, Any]:
    """Tell the winner; it has so many working days from the next one on. Raises CalendarNotPublished."""
    row, cycle = _find(work, conductor, data["case_id"])
    calendar = work_calendar()
    answer_by = calendar.window(calendar.next_working_day(work.today()), days).last
    told = {"notified_by": work.by, "notified_on": work.today(), "answer_by": answer_by}
    moved = _move(work, cycle, row, Case.NOTIFIED, "case:notified", told)
    asked = {"cycle_id": cycle.cycle_id, "application_id": row.application_id, "what": "award"}
    work.publish(AnswerAsked, {**asked, "answer_by": answer_by}, subject=row.application_id)
    return moved


def answer(work: Work, conductor: Conductor, data: dict[str, Any]) -> dict[str, Any]:
    """The winner answers, until its last day, whatever the office took down before; the reply `OwnCase`."""
    row = require(work, data["case_id"])
    people.require_own(work, row.application_id, writing=True)
    if row.notified_on is None:
        raise NotFound("没有这一案件", "no such case")
    row, cycle = _find(work, conductor, data["case_id"])
    if row.answer_by is not None and work.today() > row.answer_by:
        raise Conflict(
            f"陈述申辩期限已于 {row.answer_by} 届满",
            f"the time to answer ended on {row.answer_by}",
            code="too_late",
        )
    if row.state == Case.HEARD:
        _hear(work, cycle, row, _with_earlier(row, data), only=Case.HEARD)
    else:
        _hear(work, cycle, row, data)
    return own_state(work, require(work, row.id))


def record_hearing(work: Work, conductor: Conductor, data: dict[str, Any]) -> dict[str, Any]:
    """The office takes down what a winner said before it."""
    row, cycle = _find(work, conductor, data["case_id"])
    return _hear(work, cycle, row, data)


def _with_earlier(row: Row[Any], data: Mapping[str, Any]) -> dict[str, Any]:
    """What was said before stays, whoever took it down. Raises Invalid where it would be more than fits."""
    said = f"{row.answer or ''}\n\n{data['answer']}".strip()
    if len(said) > LONGEST_SAID:
        raise invalid_field("answer", "连同此前的陈述过长", "is too long together with what was said before")
    return {"answer": said, "papers": [*(row.answer_papers or ()), *data["papers"]]}


def _itself_answered(work: Work, row: Row[Any]) -> bool:
    """Whether somebody of the winner's own dossier answered, and not the office alone took something down."""
    table = models.dossier_people
    here = and_(table.c.application_id == row.application_id, table.c.subject == row.answered_by)
    return work.session.execute(select(table.c.subject).where(here)).first() is not None


def _hear(
    work: Work, cycle: Cycle, row: Row[Any], data: Mapping[str, Any], only: Case = Case.NOTIFIED
) -> dict[str, Any]:
    said = {
        "answer": data["answer"],
        "answer_papers": list(data["papers"]),
        "answered_by": work.by,
        "answered_on": work.today(),
    }
    return _move(work, cycle, row, Case.HEARD, "case:heard", said, only=only, secret=True)


def propose(work: Work, conductor: Conductor, data: dict[str, Any]) -> dict[str, Any]:
    """One officer proposes. Revocation only after the winner answered, or its time has passed: minutes do not end it."""
    row, cycle = _find(work, conductor, data["case_id"])
    if row.state == Case.NOTIFIED and work.today() > row.answer_by:
        _move(work, cycle, row, Case.HEARD, "case:hearing_lapsed", {}, only=Case.NOTIFIED)
        row = require(work, row.id)
    if data["proposal"] == REVOKE:
        if row.state == Case.OPENED:
            raise Conflict(
                "尚未告知获奖者并听取陈述，不能建议撤销",
                "the winner has not been heard yet: nothing but dropping the case can be proposed",
                code="not_heard",
            )
        still = row.answer_by is not None and work.today() <= row.answer_by
        if row.state == Case.HEARD and still and not _itself_answered(work, row):
            raise Conflict(
                f"获奖者可在 {row.answer_by} 前陈述申辩，期满前不能建议撤销",
                f"the winner may answer until {row.answer_by}: no revocation can be proposed before",
                code="may_still_answer",
            )
        register.require_standing(work, row.application_id)
    said = {
        "proposed_from": row.state,
        "proposal": data["proposal"],
        "proposed_by": work.by,
        "proposed_on": work.today(),
        "proposal_reason": data["reason"],
    }
    return _move(work, cycle, row, Case.PROPOSED, "case:proposed", said, reason=data["reason"])


def decide(work: Work, conductor: Conductor, data: dict[str, Any]) -> dict[str, Any]:
    """Another officer decides as proposed, with its orders at once, or sends the proposal back."""
    row, cycle = _find(work, conductor, data["case_id"])
    if row.state == Case.PROPOSED and work.same_person(row.proposed_by, about=row.id):
        raise Forbidden("提出建议的人不作决定", "whoever proposed does not decide", code="same_person")
    if data["decision"] == "send_back":
        back = Case(row.proposed_from) if row.proposed_from else Case.HEARD
        said = {"proposal": None, "proposed_by": None, "proposed_on": None, "proposal_reason": None}
        return _move(
            work, cycle, row, back, "case:sent_back", said, only=Case.PROPOSED, reason=data["reason"]
        )
    decided = {
        "decided_by": work.by,
        "decided_on": work.today(),
        "decision_reason": data["reason"],
    }
    if row.proposal == DROP:
        closed = {**decided, "closed_on": work.today()}
        return _move(work, cycle, row, Case.DROPPED, "case:dropped", closed, reason=data["reason"])
    follows = _follows(cycle, row.event, work.today())
    decided["banned_until"] = follows.banned_until
    _move(work, cycle, row, Case.DECIDED, "case:decided", decided, reason=data["reason"])
    orders.issue(work, cycle, require(work, row.id), follows)
    return _close_where_done(work, cycle, row.id)


def settle_order(work: Work, conductor: Conductor, data: dict[str, Any]) -> dict[str, Any]:
    """What became of an order that people carry out; the case is executed with its last one."""
    order = orders.require(work, data["order_id"])
    row, cycle = _find(work, conductor, order.case_id)
    orders.settle_by_hand(work, cycle, order, data)
    return _close_where_done(work, cycle, row.id)


def order_settled(work: Work, conductor: Conductor, order_id: str) -> None:
    """An order was carried out by the system itself: the last one ends its case."""
    row, cycle = _find(work, conductor, orders.require(work, order_id).case_id)
    _close_where_done(work, cycle, row.id)


def _close_where_done(work: Work, cycle: Cycle, case_id: str) -> dict[str, Any]:
    row = require(work, case_id)
    if row.state == Case.DECIDED and orders.all_settled(work, case_id):
        return _move(work, cycle, row, Case.EXECUTED, "case:executed", {"closed_on": work.today()})
    return state(work, row)


# --- lists --------------------------------------------------------------------------------------------------------


def listed(work: Work, conductor: Conductor, data: dict[str, Any]) -> dict[str, Any]:
    """The cases of a cycle, or of all."""
    query = select(_CASES)
    if data["cycle_id"] is not None:
        query = query.where(_CASES.c.cycle_id == conductor.cycle(work, data["cycle_id"]).cycle_id)
    elif plays(work):
        return {"cases": []}
    if data["state"] is not None:
        query = query.where(_CASES.c.state == data["state"])
    return {"cases": [state(work, row) for row in work.session.execute(query.order_by(_CASES.c.id)).all()]}


def own(work: Work, data: dict[str, Any]) -> dict[str, Any]:
    """Cases about awards of whoever asks, of which it was told."""
    if plays(work):
        return {"cases": []}
    query = select(_CASES).where(
        and_(people.own(work, _CASES.c.application_id), _CASES.c.notified_on.is_not(None))
    )
    if data["application_id"] is not None:
        query = query.where(_CASES.c.application_id == data["application_id"])
    rows = work.session.execute(query.order_by(_CASES.c.id)).all()
    return {"cases": [own_state(work, row) for row in rows]}


def require(work: Work, case_id: str) -> Row[Any]:
    """A case by id. Raises NotFound."""
    row = work.session.execute(select(_CASES).where(_CASES.c.id == case_id)).one_or_none()
    if row is None:
        raise NotFound("没有这一案件", "no such case")
    return row


def state(work: Work, row: Row[Any]) -> dict[str, Any]:
    """The reply `CaseState`."""
    return {
        **{name: getattr(row, name) for name in (*_OWN, *_PARTS)},
        "case_id": row.id,
        "state": row.state,
        "orders": orders.of_case(work, row.id),
    }


def own_state(work: Work, row: Row[Any]) -> dict[str, Any]:
    """The reply `OwnCase`: a proposal is not told before it is decided."""
    shown = Case.HEARD.value if row.state == Case.PROPOSED else row.state
    told = [
        {**order, "settled_by": None, "note": None, "papers": []} for order in orders.of_case(work, row.id)
    ]
    return {
        **{name: getattr(row, name) for name in _OWN},
        "case_id": row.id,
        "state": shown,
        "orders": told,
    }


# --- moves --------------------------------------------------------------------------------------------------------


def _find(work: Work, conductor: Conductor, case_id: str) -> tuple[Row[Any], Cycle]:
    """A case with its cycle, read under the cycle's lock."""
    cycle = conductor.cycle(work, require(work, case_id).cycle_id)
    _lock(work, conductor, cycle)
    return require(work, case_id), cycle


def _lock(work: Work, conductor: Conductor, cycle: Cycle) -> None:
    if cycle.world != REAL_WORLD:
        raise Conflict("演练中不立案", "a rehearsal opens no cases", code="rehearsal")
    conductor.records.cycle(work, cycle.cycle_id, lock=True)


def _move(
    work: Work,
    cycle: Cycle,
    row: Row[Any],
    to: Case,
    action: str,
    values: Mapping[str, Any],
    *,
    only: Case | None = None,
    secret: bool = False,
    reason: str | None = None,
) -> dict[str, Any]:
    """Move a case and leave its audit entry; `secret` where it holds the winner's own words. Raises Conflict."""
    allowed = (only.value,) if only is not None else before(CASE_MOVES, to)
    done = work.session.execute(
        update(_CASES)
        .where(and_(_CASES.c.id == row.id, _CASES.c.state.in_(allowed)))
        .values(state=to.value, **values)
    )
    if not getattr(done, "rowcount", 0):
        raise refused("案件", "the case", row.state, to)
    told = {name: value for name, value in values.items() if not (secret and name == "answer")}
    # Whose proposal it is stands beside the case: one that was sent back is not the one that is decided.
    by = (
        values.get("proposed_by")
        if to == Case.PROPOSED
        else row.proposed_by
        if row.state == Case.PROPOSED
        else None
    )
    work.audit(
        action, f"{row.id}/{by}" if by else row.id, before={"state": row.state}, after={"state": to.value, **told}, reason=reason,
        cycle_id=cycle.cycle_id,
    )  # fmt: skip
    return state(work, require(work, row.id))


def _follows(cycle: Cycle, event: str, on: date) -> Consequence:
    follows = consequence(cycle.rulebook, event, on)
    if follows is None or not follows.revokes:
        raise invalid_field("event", "本办法不因此撤销奖项", "the rulebook revokes no award for this")
    return follows


def _known(work: Work, application_id: str, source_key: str) -> bool:
    here = and_(_CASES.c.application_id == application_id, _CASES.c.source_key == source_key)
    return work.session.execute(select(_CASES.c.id).where(here)).one_or_none() is not None
