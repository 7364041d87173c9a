"""责令整改: an order with a last day, the winner's answer, and another officer's word on it. What is not mended is told on."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row, and_, select, update

from services.incentives import models
from services.incentives.tracking import files, shown, terms
from services.incentives.tracking.states import Order, before, moved
from services.incentives.tracking.visits import require_followed
from shared.contracts.events import TrackingFailed
from shared.problems import Conflict, Forbidden, NotFound, invalid_field
from shared.procedure import Conductor, Cycle
from shared.store import Work

Data = dict[str, Any]
_ORDERS, _VISITS = models.tracking.orders, models.tracking.visits


def issue(work: Work, conductor: Conductor, data: Data) -> Data:
    """Order something. Raises NotFound, Conflict where the winner is followed no more, Invalid for the day or the visit."""
    cycle, file = files.lock(work, conductor, data)
    require_followed(file, work.today())
    if data["answer_by"] <= work.today():
        raise invalid_field("answer_by", "须晚于今天", "has to be later than today")
    if data["visit_id"] is not None:
        here = and_(_VISITS.c.application_id == file.application_id, _VISITS.c.id == data["visit_id"])
        if work.session.execute(select(_VISITS.c.id).where(here)).one_or_none() is None:
            raise invalid_field("visit_id", "没有这次回访", "no such visit")
    row = {
        "id": work.new_id(),
        "application_id": file.application_id,
        **{name: data[name] for name in ("what", "ground", "answer_by", "visit_id")},
        "state": Order.ISSUED.value,
        "issued_by": work.by,
        "issued_on": work.today(),
    }
    work.session.execute(_ORDERS.insert().values(**row))
    work.audit("tracking:rectification_issued", row["id"], after=row, cycle_id=cycle.cycle_id)
    return shown.order(work, _require(work, file, row["id"]))


def answer(work: Work, conductor: Conductor, data: Data) -> Data:
    """Answer an order; late, too, while nobody has escalated it. Raises NotFound, Conflict."""
    cycle, file = files.lock(work, conductor, data)
    row = _require(work, file, data["order_id"])
    values = {
        "answer": data["answer"],
        "papers": data["papers"],
        "answered_by": work.by,
        "answered_on": work.today(),
    }
    _move(work, cycle, row, Order.ANSWERED, values)
    return {"done": True}


def decide(work: Work, conductor: Conductor, data: Data) -> Data:
    """Confirm or escalate. Raises NotFound, Forbidden for whoever issued it, Conflict before the day of one without an
    answer and where it is decided.
    """
    cycle, file = files.lock(work, conductor, data)
    row = _require(work, file, data["order_id"])
    if work.same_person(row.issued_by, about=row.id):
        raise Forbidden(
            "下达整改要求的人不作认定", "whoever issued the order does not decide on it", code="same_person"
        )
    wanted, known = Order(data["decision"]), Order(row.state)
    moved(known, wanted)
    if not terms.may_escalate(known, row.answer_by, work.today()):
        raise Conflict(
            f"答复期限至 {row.answer_by}，期满后方可上报",
            f"the winner has until {row.answer_by}; it is escalated after that",
            code="answer_not_due",
        )
    values = {"decision_reason": data["reason"], "decided_by": work.by, "decided_on": work.today()}
    _move(work, cycle, row, wanted, values)
    if wanted is Order.ESCALATED:
        told = {
            "cycle_id": cycle.cycle_id,
            "application_id": file.application_id,
            "order_id": row.id,
            "reason_zh": f"整改要求未落实：{data['reason']}",
            "reason_en": f"an order was not complied with: {data['reason']}",
            "on": work.today(),
        }
        work.publish(TrackingFailed, told, subject=file.application_id)
    return shown.order(work, _require(work, file, row.id))


def _move(work: Work, cycle: Cycle, row: Row[Any], wanted: Order, values: Data) -> None:
    moved(Order(row.state), wanted)
    here = and_(_ORDERS.c.id == row.id, _ORDERS.c.state.in_(before(wanted)))
    work.session.execute(update(_ORDERS).where(here).values(state=wanted.value, **values))
    work.audit(
        f"tracking:rectification_{wanted}",
        row.id,
        before={"state": row.state},
        after={"state": wanted.value, **values},
        cycle_id=cycle.cycle_id,
    )


def _require(work: Work, file: Row[Any], order_id: str) -> Row[Any]:
    here = and_(_ORDERS.c.application_id == file.application_id, _ORDERS.c.id == order_id)
    row = work.session.execute(select(_ORDERS).where(here)).one_or_none()
    if row is None:
        raise NotFound("没有这项整改要求", "no such order")
    return row
