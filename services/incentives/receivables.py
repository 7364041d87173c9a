"""追缴应收款: what was paid to a winner who lost the award, until it is back or written off by two people.

A rehearsal pays nothing and owes its grants as its file reckons them; a real cycle owes what has really been paid.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, NamedTuple

from sqlalchemy import Row, Select, Table, and_, select, update
from sqlalchemy.exc import IntegrityError

from services.incentives import models, proposals
from services.incentives.payments import lines
from services.incentives.payments.states import Line
from services.incentives.people import people
from services.incentives.proposals import Kind
from services.incentives.receivable_states import (
    OWED,
    Instalment,
    State,
    after_receipt,
    before,
    next_due,
    next_reminder,
    owed,
    require_plan,
)
from shared.config import Settings
from shared.contracts.events import PaybackReminded
from shared.problems import Conflict, NotFound, invalid_field
from shared.procedure import Conductor, Cycle
from shared.store import Work

_RECEIVABLES, _RECEIPTS, _REMINDERS = models.receivables, models.receipts, models.reminders
_AT_A_TIME = 200
_OF_PROPOSAL = (
    "proposal_id", "kind", "instalments", "amount_fen", "papers", "reason", "state", "proposed_by", "decided_by",
)  # fmt: skip


@dataclass(frozen=True)
class Terms:
    """`days`: from the clawback to its due day; `reminders`: days after a due day. No text gives them; the installation's."""

    days: int = 30
    reminders: Sequence[int] = (1, 15, 30, 60, 90)

    @classmethod
    def of(cls, settings: Settings) -> Terms:
        return cls(settings.clawback_days, settings.clawback_reminder_days)


def paid_fen(work: Work, application_id: str) -> int:
    """What has been paid of the award's grant, in fen."""
    return sum(row.amount_fen for row in _paid_lines(work, application_id))


def open_(work: Work, cycle: Cycle, application_id: str, amount_fen: int, terms: Terms) -> None:
    """A clawback becomes owed; nothing does where nothing was paid."""
    if not amount_fen:
        return
    due_on = work.today() + timedelta(days=terms.days)
    row = {
        "application_id": application_id, "cycle_id": cycle.cycle_id, "amount_fen": amount_fen, "received_fen": 0,
        "due_on": due_on, "instalments": [], "state": State.OPEN.value,
        "remind_on": None if cycle.rehearsal else next_reminder(due_on, terms.reminders, work.today()),
    }  # fmt: skip
    work.session.execute(_RECEIVABLES.insert().values(**row))
    work.audit("receivable:opened", application_id, after=row, cycle_id=cycle.cycle_id)


def paid_after_all(work: Work, line: Row[Any]) -> None:
    """A line that was under way when the award was revoked turned out paid: that, too, is owed."""
    revocations, clawbacks = models.revocations, models.clawbacks
    claimed = clawbacks.c.application_id == line.application_id
    query = select(revocations.c.repay_days).join(
        clawbacks, clawbacks.c.application_id == revocations.c.application_id
    )
    days = work.session.execute(query.where(claimed)).scalar_one_or_none()
    if days is None or line.grant_for != "award":
        return
    amount = paid_fen(work, line.application_id)
    work.session.execute(update(clawbacks).where(claimed).values(amount_fen=amount))
    row = _find_or_none(work, line.application_id)
    if row is None:
        due_on = work.today() + timedelta(days=days)
        made = {
            "application_id": line.application_id, "cycle_id": line.cycle_id, "amount_fen": amount, "received_fen": 0,
            "due_on": due_on, "instalments": [], "state": State.OPEN.value, "remind_on": due_on,
        }  # fmt: skip
        work.session.execute(_RECEIVABLES.insert().values(**made))
    else:
        values: dict[str, Any] = {"amount_fen": amount}
        if row.state == State.SETTLED:
            tomorrow = work.today() + timedelta(days=1)
            due_on = next_due(row.received_fen, row.due_on, row.instalments)
            values |= {"state": State.PARTLY.value, "remind_on": max(due_on, tomorrow)}
        work.session.execute(
            update(_RECEIVABLES).where(_RECEIVABLES.c.application_id == row.application_id).values(**values)
        )
    work.audit("receivable:raised", line.application_id, after={"amount_fen": amount}, cycle_id=line.cycle_id)


def record_receipt(work: Work, conductor: Conductor, data: dict[str, Any]) -> dict[str, Any]:
    """Money came back. Raises Conflict where nothing is owed, Invalid for more than is owed, or a reference that is there."""
    row = _lock(work, conductor, data["application_id"])
    if row.state not in OWED:
        raise Conflict(f"该应收款为 {row.state}", f"the receivable is {row.state}")
    received = row.received_fen + data["amount_fen"]
    if not 0 < data["amount_fen"] <= row.amount_fen - row.received_fen:
        raise invalid_field(
            "amount_fen", "须大于零且不超过未收金额", "must be more than nothing and no more than is owed"
        )
    if data["received_on"] > work.today():
        raise invalid_field("received_on", "不得晚于今日", "lies in the future")
    receipt = {
        "id": work.new_id(), "recorded_by": work.by, "recorded_at": work.now(),
        **{name: data[name] for name in ("application_id", "amount_fen", "received_on", "reference", "papers")},
    }  # fmt: skip
    try:
        with work.session.begin_nested():
            work.session.execute(_RECEIPTS.insert().values(**receipt))
    except IntegrityError:
        raise invalid_field("reference", "该流水号已登记", "this reference is recorded already") from None
    state = after_receipt(row.amount_fen, received)
    remind_on = _remind_on(work, conductor, row, received, row.instalments) if state in OWED else None
    _move(work, row, state, received_fen=received, remind_on=remind_on)
    return {"done": True}


def propose_instalments(work: Work, conductor: Conductor, data: dict[str, Any]) -> dict[str, Any]:
    """Part what is owed into instalments; another person approves. Raises Invalid where they are not what is owed."""
    row = _lock(work, conductor, data["application_id"])
    _require_owed(row)
    require_plan(data["instalments"], row.amount_fen - row.received_fen, work.today())
    plan = [{"due_on": i["due_on"].isoformat(), "amount_fen": i["amount_fen"]} for i in data["instalments"]]
    told = {"instalments": plan, "received_fen": row.received_fen}
    return proposals.propose(
        work, Kind.INSTALMENTS, row.application_id, row.cycle_id, told, data["papers"], data["reason"]
    )


def decide_instalments(work: Work, conductor: Conductor, data: dict[str, Any]) -> dict[str, Any]:
    """Approve the instalments, or refuse them. Raises Conflict where money came in since they were proposed."""
    proposal = proposals.find(work, data["proposal_id"], Kind.INSTALMENTS)
    row = _lock(work, conductor, proposal.subject)
    proposals.decide(work, proposal, accept=data["accept"], reason=data["reason"])
    if data["accept"]:
        _require_owed(row)
        if row.received_fen != proposal.data["received_fen"]:
            raise Conflict("提请后又有收款，请重新分期", "money came in since: part it anew")
        # What came in before is the first part, of today: the others are due on later days, those that were agreed.
        today, parts = work.today().isoformat(), proposal.data["instalments"]
        paid = [{"due_on": today, "amount_fen": row.received_fen}] if row.received_fen else []
        plan = [*paid, *parts]
        remind_on = _remind_on(work, conductor, row, row.received_fen, plan)
        _change(work, row, instalments=plan, remind_on=remind_on)
    return {"done": True}


def propose_write_off(work: Work, conductor: Conductor, data: dict[str, Any]) -> dict[str, Any]:
    """Ask to give up what is still owed, with papers and a reason; another person decides."""
    row = _lock(work, conductor, data["application_id"])
    _require_owed(row)
    told = {"amount_fen": row.amount_fen - row.received_fen}
    return proposals.propose(
        work, Kind.WRITE_OFF, row.application_id, row.cycle_id, told, data["papers"], data["reason"]
    )


def decide_write_off(work: Work, conductor: Conductor, data: dict[str, Any]) -> dict[str, Any]:
    """Give it up, or do not. Raises Conflict where it is no longer what was asked for."""
    proposal = proposals.find(work, data["proposal_id"], Kind.WRITE_OFF)
    row = _lock(work, conductor, proposal.subject)
    proposals.decide(work, proposal, accept=data["accept"], reason=data["reason"])
    if data["accept"]:
        _require_owed(row)
        if row.amount_fen - row.received_fen != proposal.data["amount_fen"]:
            raise Conflict("提请后未收金额已变，请重新提请", "what is owed has changed since: ask anew")
        _move(work, row, State.WRITTEN_OFF)
    return {"done": True}


def remind(work: Work, terms: Terms) -> None:
    """By the clock: note each debtor whose reminder is due, once a day, and when the next one is."""
    today = work.today()
    due = and_(_RECEIVABLES.c.remind_on <= today, _RECEIVABLES.c.state.in_(OWED))
    query = select(_RECEIVABLES).where(due).limit(_AT_A_TIME).with_for_update(skip_locked=True)
    for row in work.session.execute(query).all():
        late = owed(row.amount_fen, row.received_fen, row.due_on, row.instalments, today)
        due_on = next_due(row.received_fen, row.due_on, row.instalments)
        if late and (today - due_on).days >= min(terms.reminders, default=0):
            reminder = {"application_id": row.application_id, "reminded_on": today, "owed_fen": late}
            work.session.execute(_REMINDERS.insert().values(**reminder))
            told = {"cycle_id": row.cycle_id, "application_id": row.application_id, "due_on": due_on}
            work.publish(PaybackReminded, told, subject=row.application_id)
            work.audit("receivable:reminded", row.application_id, after=reminder, cycle_id=row.cycle_id)
        following = next_reminder(due_on, terms.reminders, today)
        this = _RECEIVABLES.c.application_id == row.application_id
        work.session.execute(update(_RECEIVABLES).where(this).values(remind_on=following))


def listed(work: Work, conductor: Conductor, data: dict[str, Any]) -> dict[str, Any]:
    """A cycle's receivables with receipts, reminders and what is waiting for a decision; an applicant has its own."""
    cycle = conductor.cycle(work, data["cycle_id"])
    this = _RECEIVABLES.c.cycle_id == cycle.cycle_id
    mine = people.applications(work)
    if mine is not None:
        this = and_(this, _RECEIVABLES.c.application_id.in_(mine))
    rows = work.session.execute(
        select(_RECEIVABLES).where(this).order_by(_RECEIVABLES.c.application_id)
    ).all()
    if not rows:
        return {"receivables": []}
    owing = select(_RECEIVABLES.c.application_id).where(this)
    around = _Around(
        _by_application(work, _RECEIPTS, owing, _RECEIPTS.c.id),
        _by_application(work, _REMINDERS, owing, _REMINDERS.c.reminded_on),
        _waiting(work, cycle) if mine is None else {},
    )
    return {"receivables": [_told(row, around, work.today()) for row in rows]}


class _Around(NamedTuple):
    """What hangs on the receivables of a cycle, by application, read for all of them at once."""

    receipts: Mapping[str, list[Row[Any]]]
    reminders: Mapping[str, list[Row[Any]]]
    proposals: Mapping[str, list[dict[str, Any]]]


def _by_application(
    work: Work, table: Table, applications: Select[tuple[str]], order: Any
) -> dict[str, list[Row[Any]]]:
    found: dict[str, list[Row[Any]]] = {}
    query = select(table).where(table.c.application_id.in_(applications)).order_by(order)
    for row in work.session.execute(query):
        found.setdefault(row.application_id, []).append(row)
    return found


def _waiting(work: Work, cycle: Cycle) -> dict[str, list[dict[str, Any]]]:
    """Instalments before what is to be written off, each the oldest first."""
    found: dict[str, list[dict[str, Any]]] = {}
    for kind in (Kind.INSTALMENTS, Kind.WRITE_OFF):
        for each in proposals.listed(work, kind, cycle_id=cycle.cycle_id):
            told = {"kind": kind.value, "instalments": [], "amount_fen": None, **each}
            found.setdefault(each["subject"], []).append(told)
    return found


def _told(row: Row[Any], around: _Around, today: date) -> dict[str, Any]:
    names = ("application_id", "amount_fen", "received_fen", "due_on", "instalments", "state")
    receipts = around.receipts.get(row.application_id, [])
    reminders = around.reminders.get(row.application_id, [])
    overdue = owed(row.amount_fen, row.received_fen, row.due_on, row.instalments, today)
    return {
        **{name: getattr(row, name) for name in names},
        "instalments": [
            {"due_on": each["due_on"], "amount_fen": each["amount_fen"]} for each in row.instalments
        ],
        "overdue_fen": overdue if row.state in OWED else 0,
        "next_due_on": next_due(row.received_fen, row.due_on, row.instalments) if row.state in OWED else None,
        "receipts": [{n: getattr(each, n) for n in ("amount_fen", "received_on", "reference")} for each in receipts],
        "reminders": [{n: getattr(each, n) for n in ("reminded_on", "owed_fen")} for each in reminders],
        "proposals": [
            {name: each[name] for name in _OF_PROPOSAL} for each in around.proposals.get(row.application_id, [])
        ],
    }  # fmt: skip


def _paid_lines(work: Work, application_id: str) -> list[Row[Any]]:
    table = models.lines
    return lines.of(
        work, table.c.application_id == application_id, table.c.grant_for == "award",
        table.c.state == Line.CONFIRMED.value,
    )  # fmt: skip


def _remind_on(
    work: Work, conductor: Conductor, row: Row[Any], received_fen: int, instalments: Sequence[Instalment]
) -> date | None:
    """When to look at a debtor next: the day of the part that is due next. What is late keeps its reminders as they are."""
    if conductor.cycle(work, row.cycle_id).rehearsal:
        return None
    due_on = next_due(received_fen, row.due_on, instalments)
    known: date | None = row.remind_on
    return due_on if due_on > work.today() else known


def _require_owed(row: Row[Any]) -> None:
    if row.state not in OWED:
        raise Conflict(f"该应收款为 {row.state}", f"the receivable is {row.state}")


def _move(work: Work, row: Row[Any], state: State, **values: Any) -> None:
    this = and_(_RECEIVABLES.c.application_id == row.application_id, _RECEIVABLES.c.state.in_(before(state)))
    moved = work.session.execute(update(_RECEIVABLES).where(this).values(state=state.value, **values))
    if not getattr(moved, "rowcount", 0):
        raise Conflict(f"该应收款为 {row.state}", f"the receivable is {row.state}")
    work.audit(
        f"receivable:{state}", row.application_id, before={"state": row.state, "received_fen": row.received_fen},
        after={"state": state.value, **values}, cycle_id=row.cycle_id,
    )  # fmt: skip


def _change(work: Work, row: Row[Any], **values: Any) -> None:
    work.session.execute(
        update(_RECEIVABLES).where(_RECEIVABLES.c.application_id == row.application_id).values(**values)
    )
    told = {"instalments": values["instalments"]}
    work.audit("receivable:parted", row.application_id, after=told, cycle_id=row.cycle_id)


def _find_or_none(work: Work, application_id: str) -> Row[Any] | None:
    query = select(_RECEIVABLES).where(_RECEIVABLES.c.application_id == application_id)
    return work.session.execute(query).one_or_none()


def _lock(work: Work, conductor: Conductor, application_id: str) -> Row[Any]:
    row = _find_or_none(work, application_id)
    if row is None:
        raise NotFound("没有这笔应收款", "no such receivable")
    conductor.cycle(work, row.cycle_id)
    query = select(_RECEIVABLES).where(_RECEIVABLES.c.application_id == application_id)
    return work.session.execute(query.with_for_update()).one()
