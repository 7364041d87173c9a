"""处理决定: the orders of a decided case as rows, each with a state of its own.

Revocation and ban hold from the day of the decision; the clawback is incentives' from then on; the certificate comes back or
does not; the report to a credit platform is done when every platform has it.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row, and_, select, update

from services.eligibility import models, registers
from services.eligibility.honours import credit_reports, register
from services.eligibility.honours.states import ORDER_MOVES, Order, refused
from services.eligibility.sanctions import Consequence
from shared.contracts.events import SanctionImposed
from shared.problems import Conflict, NotFound
from shared.procedure import Cycle
from shared.states import before
from shared.store import Work

BAN, RECALL, REPORT = "ban", "recall_certificate", "report_to_credit_platform"
_AT_ONCE = ("revoke", "clawback", BAN)
_ORDERS = models.case_orders


def issue(work: Work, cycle: Cycle, case: Row[Any], follows: Consequence) -> None:
    """Everything that a decision orders, in its own transaction: register, ban, the event, reports, and a row for each."""
    honour = register.require_standing(work, case.application_id)
    told = [{"order": order, "on": work.today(), "rule": follows.rule} for order in follows.orders]
    register.take_note(work, honour, told, revoked_on=work.today(), banned_until=follows.banned_until)
    if follows.banned_until is not None:
        registers.add_ban(
            work, cycle, honour.applicant_key, follows.rule, follows.banned_until, honour.application_id
        )
    imposed = {
        "cycle_id": cycle.cycle_id,
        "application_id": case.application_id,
        "event": case.event,
        "on": work.today(),
        "rule": follows.rule,
        "orders": told,
        "revokes": follows.revokes,
        "claws_back": follows.claws_back,
        "banned_until": follows.banned_until,
    }
    work.publish(SanctionImposed, imposed, subject=case.application_id)
    work.audit("award:sanctioned", case.application_id, after=imposed, cycle_id=cycle.cycle_id)
    for order in (*follows.orders, *((BAN,) if follows.banned_until is not None else ())):
        order_id = _add(work, cycle, case, order, follows.rule)
        if order == REPORT:
            credit_reports.queue(work, cycle, case, honour, order_id)


def _add(work: Work, cycle: Cycle, case: Row[Any], order: str, rule: str) -> str:
    at_once = order in _AT_ONCE
    row = {
        "id": work.new_id(),
        "case_id": case.id,
        "application_id": case.application_id,
        "order": order,
        "rule": rule,
        "issued_on": work.today(),
        "state": (Order.DONE if at_once else Order.ISSUED).value,
        "papers": [],
        "settled_by": work.by if at_once else None,
        "settled_on": work.today() if at_once else None,
    }
    work.session.execute(_ORDERS.insert().values(**row))
    work.audit("order:issued", str(row["id"]), after=row, cycle_id=cycle.cycle_id)
    return str(row["id"])


def settle_by_hand(work: Work, cycle: Cycle, order: Row[Any], data: dict[str, Any]) -> None:
    """A person says what became of an order. A report to a platform is settled by its own operations."""
    if order.order == REPORT:
        raise Conflict(
            "信用报送另行办理", "a report to a credit platform is settled by itself", code="settled_by_itself"
        )
    _settle(work, cycle, order, Order(data["outcome"]), note=data["note"], papers=list(data["papers"]))


def done(work: Work, cycle: Cycle, order_id: str) -> None:
    """The system carried an order out."""
    _settle(work, cycle, require(work, order_id), Order.DONE)


def _settle(work: Work, cycle: Cycle, order: Row[Any], to: Order, **values: Any) -> None:
    settled = {"state": to.value, "settled_by": work.by, "settled_on": work.today(), **values}
    changed = work.session.execute(
        update(_ORDERS)
        .where(and_(_ORDERS.c.id == order.id, _ORDERS.c.state.in_(before(ORDER_MOVES, to))))
        .values(**settled)
    )
    if not getattr(changed, "rowcount", 0):
        raise refused("该项决定", "the order", order.state, to)
    work.audit(
        f"order:{to.value}", order.id, before={"state": order.state}, after=settled, cycle_id=cycle.cycle_id
    )


def require(work: Work, order_id: str) -> Row[Any]:
    """An order by id. Raises NotFound."""
    row = work.session.execute(select(_ORDERS).where(_ORDERS.c.id == order_id)).one_or_none()
    if row is None:
        raise NotFound("没有这项决定", "no such order")
    return row


def all_settled(work: Work, case_id: str) -> bool:
    """Whether no order of a case waits any more."""
    waits = and_(_ORDERS.c.case_id == case_id, _ORDERS.c.state == Order.ISSUED.value)
    return work.session.execute(select(_ORDERS.c.id).where(waits)).first() is None


def of_case(work: Work, case_id: str) -> list[dict[str, Any]]:
    """The orders of a case as they were given."""
    names = ("order", "rule", "issued_on", "state", "note", "papers", "settled_by", "settled_on")
    query = select(_ORDERS).where(_ORDERS.c.case_id == case_id).order_by(_ORDERS.c.id)
    return [
        {"order_id": row.id, **{name: row._mapping[name] for name in names}}
        for row in work.session.execute(query)
    ]
