"""付款指令的发送: a line on its way to the bank. Not inside a transaction, and able to die at any point.

`intent` is committed with the approval, `sent` before the first byte leaves. A process that finds a line `sent` never sends it
again by itself: it asks the bank by the line's key, and only where the bank has never seen the key, and everything that may
still be under way has had time to arrive, the same order goes out once more under the same key. A bank that cannot be asked,
or does not answer for too long, leaves the line `unknown`, for two people to find out.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from sqlalchemy import Row, and_, or_, select, update

from services.incentives import models
from services.incentives.payments import batches, fitness, lines
from services.incentives.payments.port import Answer, BankPort, NoAnswer, Order
from services.incentives.payments.states import Batch, Line
from services.incentives.payments.terms import Terms
from shared.bus.crash import crash_point
from shared.contracts import Context
from shared.procedure import Conductor
from shared.store import Store, Work

_LINES, _BATCHES, _GRANTS = models.lines, models.batches, models.grants
_AT_A_TIME = 500  # lines that the clock looks at in one transaction

Keep = Callable[[Work], None]


class Contradiction(Exception):
    """The bank had the order, and now says that it never saw it: money may have moved, so no program goes on."""


@dataclass(frozen=True)
class Outside:
    """What sending needs beside the store."""

    conductor: Conductor
    bank: BankPort
    terms: Terms


def send(store: Store, line_id: str, context: Context, outside: Outside) -> Keep:
    """Take a line one step further; what came of it is to be kept in a transaction. Safe to be called again at any time."""
    with store.transaction() as tx, tx.savepoint():
        found = _claim(tx.work(context), line_id, outside)
    crash_point("payment_claimed")
    if found is None:
        return _nothing
    row, order, fresh = found
    try:
        answer = outside.bank.pay(order) if fresh else _ask(store, row, order, context, outside)
    except Contradiction:
        return partial(_keep_contradiction, row=row)
    except NoAnswer as silence:
        return partial(_keep_silence, row=row, silence=silence, terms=outside.terms)
    crash_point("payment_answered")
    if answer is None:
        return partial(_wait, row=row, terms=outside.terms)
    return partial(_keep, row=row, answer=answer, terms=outside.terms)


def _claim(work: Work, line_id: str, outside: Outside) -> tuple[Row[Any], Order, bool] | None:
    """The line and its order where something is to be done, and whether it is the first time that it leaves."""
    row = lines.find(work, line_id)
    if row.state == Line.SENT:
        return row, lines.order_of(work, row), False
    if row.state != Line.INTENT or not _approved(work, row):
        return None
    obstacle = _obstacle(work, row, outside)
    if obstacle is not None:
        batches.stop(work, row, obstacle)
        return None
    now = work.now()
    times = {
        "tries": row.tries + 1,
        "first_sent_at": now,
        "sent_at": now,
        "due_at": now + outside.terms.again,
    }
    if not lines.move(work, row, Line.SENT, **times):
        return None  # another replica was faster
    return lines.find(work, line_id), lines.order_of(work, row), True


def _ask(store: Store, row: Row[Any], order: Order, context: Context, outside: Outside) -> Answer | None:
    """What the bank knows of a line that left earlier; None where it is too early to believe that it knows nothing."""
    answer = outside.bank.ask(order)
    if answer.said != "not_known":
        return answer
    if row.acknowledged_at is not None:
        raise Contradiction
    with store.transaction() as tx, tx.savepoint():
        work = tx.work(context)
        again = work.now() - row.sent_at >= outside.terms.settle and _may_go_again(work, row, outside)
    crash_point("payment_claimed_again")
    return outside.bank.pay(order) if again else None


def _may_go_again(work: Work, row: Row[Any], outside: Outside) -> bool:
    """The second time is a moment of payment like the first: who fell out meanwhile is not paid, and people find out."""
    obstacle = _obstacle(work, row, outside)
    if obstacle is None:
        return _take_again(work, row)
    lines.move(
        work, row, Line.UNKNOWN, due_at=None, reason_zh=f"银行称无此笔，未再发送：{obstacle.zh}",
        reason_en=f"the bank does not know it, and it was not sent again: {obstacle.en}",
    )  # fmt: skip
    return False


def _obstacle(work: Work, row: Row[Any], outside: Outside) -> fitness.Obstacle | None:
    cycle = outside.conductor.cycle(work, row.cycle_id)
    grant = work.session.execute(select(_GRANTS).where(_grant_of(row))).one()
    return batches.obstacle_to(fitness.of(work, cycle, [grant]), row, grant)


def _take_again(work: Work, row: Row[Any]) -> bool:
    """Of all replicas one alone sends it again: whoever counts the try up."""
    this = and_(_LINES.c.id == row.id, _LINES.c.state == Line.SENT.value, _LINES.c.tries == row.tries)
    taken = work.session.execute(update(_LINES).where(this).values(tries=row.tries + 1, sent_at=work.now()))
    if not getattr(taken, "rowcount", 0):
        return False
    work.audit("payment:sent_again", row.id, after={"tries": row.tries + 1}, cycle_id=row.cycle_id)
    return True


# --- what came of it ----------------------------------------------------------------------------------------------


def _nothing(work: Work) -> None:
    """Settled meanwhile, stopped, or not approved."""


def _keep(work: Work, row: Row[Any], answer: Answer, terms: Terms) -> None:
    if answer.said == "pending":
        if row.acknowledged_at is None:
            this = and_(_LINES.c.id == row.id, _LINES.c.acknowledged_at.is_(None))
            work.session.execute(update(_LINES).where(this).values(acknowledged_at=work.now()))
            lines.keep_answer(work, row, "http", "pending", answer, None)
        _wait(work, row, terms)
        return
    lines.keep_answer(work, row, "http", lines.take(work, row, answer), answer, None)


def _keep_silence(work: Work, row: Row[Any], silence: NoAnswer, terms: Terms) -> None:
    lines.keep_answer(work, row, "http", silence.outcome, None, silence.reason)
    _wait(work, row, terms)


def _keep_contradiction(work: Work, row: Row[Any]) -> None:
    lines.keep_answer(
        work, row, "http", "contradiction", None, "the bank had it, and does not know it any more"
    )
    lines.move(
        work, row, Line.UNKNOWN, due_at=None, reason_zh="银行曾受理，现称无此笔，须人工核对",
        reason_en="the bank had it and now does not know it; two people have to find out",
    )  # fmt: skip


def _wait(work: Work, row: Row[Any], terms: Terms) -> None:
    this = and_(_LINES.c.id == row.id, _LINES.c.state == Line.SENT.value)
    work.session.execute(update(_LINES).where(this).values(due_at=work.now() + terms.again))


# --- by the clock -------------------------------------------------------------------------------------------------


def chase(work: Work, terms: Terms) -> None:
    """Lines whose time has come: asked about again, or unknown once their patience is over. Each replica takes other rows."""
    open_ = or_(_LINES.c.state == Line.SENT.value, _LINES.c.state == Line.INTENT.value)
    query = (
        select(_LINES)
        .where(and_(_LINES.c.due_at <= work.now(), open_))
        .order_by(_LINES.c.due_at)
        .limit(_AT_A_TIME)
        .with_for_update(skip_locked=True)
    )
    rows = work.session.execute(query).all()
    batch_ids = {row.batch_id for row in rows}
    by_id = {
        row.id: row.channel
        for row in work.session.execute(select(_BATCHES).where(_BATCHES.c.id.in_(batch_ids)))
    }
    now = work.now()
    for row in rows:
        channel = by_id[row.batch_id]
        if row.state == Line.SENT and now - row.first_sent_at >= terms.patience_of(channel):
            lines.move(
                work, row, Line.UNKNOWN, due_at=None, reason_zh="银行未在期限内答复，须人工核对",
                reason_en="the bank did not answer in time; two people have to find out",
            )  # fmt: skip
        elif channel == "file":
            due_at = row.first_sent_at + terms.file_patience
            work.session.execute(update(_LINES).where(_LINES.c.id == row.id).values(due_at=due_at))
        else:
            batches.put_on_the_bus(work, row, now, terms)


def _approved(work: Work, row: Row[Any]) -> bool:
    query = select(_BATCHES.c.state).where(_BATCHES.c.id == row.batch_id)
    return bool(work.session.execute(query).scalar_one() == Batch.APPROVED)


def _grant_of(row: Row[Any]) -> Any:
    return and_(
        _GRANTS.c.cycle_id == row.cycle_id, _GRANTS.c.application_id == row.application_id,
        _GRANTS.c.grant_for == row.grant_for,
    )  # fmt: skip
