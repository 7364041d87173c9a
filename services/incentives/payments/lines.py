"""付款行: one try to pay one grant; found, and moved from state to state by conditional UPDATEs."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Row, and_, select, update

from services.incentives import models
from services.incentives.payments.port import Answer, Order
from services.incentives.payments.states import LIVE, Line, before_line
from shared.problems import NotFound
from shared.store import Work

_LINES, _ANSWERS, _PAYEES = models.lines, models.bank_answers, models.payees


def find(work: Work, line_id: str) -> Row[Any]:
    """A line by its id. Raises NotFound."""
    row = work.session.execute(select(_LINES).where(_LINES.c.id == line_id)).one_or_none()
    if row is None:
        raise NotFound("没有这一付款行", "no such payment line")
    return row


def of(work: Work, *conditions: Any) -> list[Row[Any]]:
    """Lines in the order in which they were made."""
    return list(work.session.execute(select(_LINES).where(and_(*conditions)).order_by(_LINES.c.id)))


def live(work: Work, cycle_id: str, application_id: str, grant_for: str) -> Row[Any] | None:
    """The one line of a grant that is paid, or may still be."""
    return live_ones(work, cycle_id, [application_id]).get((application_id, grant_for))


def live_ones(
    work: Work, cycle_id: str, applications: Iterable[str] | None = None
) -> dict[tuple[str, str], Row[Any]]:
    """By application and what the grant is for, the lines that are paid or may still be, of a cycle or of some applications."""
    this = [_LINES.c.cycle_id == cycle_id, _LINES.c.state.in_(LIVE)]
    if applications is not None:
        this.append(_LINES.c.application_id.in_(list(applications)))
    return {(row.application_id, row.grant_for): row for row in of(work, *this)}


def lock_live(work: Work, application_id: str) -> None:
    """Let a revocation and what settles a line wait for one another: whichever is second sees what the first one left."""
    this = and_(_LINES.c.application_id == application_id, _LINES.c.state.in_(LIVE))
    work.session.execute(select(_LINES.c.id).where(this).order_by(_LINES.c.id).with_for_update()).all()


def move(work: Work, row: Row[Any], state: Line, *, reason: str | None = None, **values: Any) -> bool:
    """Move a line, with what else changes; False where its state does not allow it any more."""
    this = and_(_LINES.c.id == row.id, _LINES.c.state.in_(before_line(state)))
    moved = work.session.execute(update(_LINES).where(this).values(state=state.value, **values))
    if not getattr(moved, "rowcount", 0):
        return False
    plain = {name: value for name, value in values.items() if not name.endswith("_at")}
    work.audit(
        f"payment:{state}", row.id, before={"state": row.state}, after={"state": state.value, **plain}, reason=reason,
        cycle_id=row.cycle_id,
    )  # fmt: skip
    return True


def settle(work: Work, row: Row[Any], answer: Answer, *, reason: str | None = None) -> bool:
    """What was found out of a line, by the bank's answer or by two people: paid, or not paid. False where it is settled.

    Raises ValueError for what settles nothing: a line that is taken for failed may be paid a second time.
    """
    from services.incentives import receivables

    if answer.said not in {"confirmed", "failed"}:
        raise ValueError(f"{answer.said} settles no line")
    if answer.said == "confirmed":
        done = move(
            work, row, Line.CONFIRMED, reason=reason, bank_reference=answer.reference, settled_on=answer.on,
            due_at=None, reason_zh=None, reason_en=None,
        )  # fmt: skip
        if done:
            receivables.paid_after_all(work, row)
        return done
    why = answer.reason or ""
    return move(
        work, row, Line.FAILED, reason=reason, bank_reference=answer.reference, settled_on=answer.on, due_at=None,
        reason_zh=f"银行未付款：{why}", reason_en=f"not paid by the bank: {why}",
    )  # fmt: skip


def take(work: Work, row: Row[Any], answer: Answer) -> str:
    """Settle a line by a bank's answer. `taken`; `second` where it is settled; `contradiction` where it is settled as not paid
    and the bank says now that it was: somebody else may have been paid in its place, so that people have to look.
    """
    if settle(work, row, answer):
        return "taken"
    failed = find(work, row.id).state == Line.FAILED
    return "contradiction" if failed and answer.said == "confirmed" else "second"


def order_of(work: Work, row: Row[Any]) -> Order:
    """What the bank is told. The one place where an account's number is read for anybody."""
    payee = work.session.execute(select(_PAYEES).where(_PAYEES.c.id == row.payee_id)).one()
    return Order(
        row.id,
        row.amount_fen,
        payee.account_name,
        payee.bank,
        payee.account_number,
        f"资助 {row.id[-8:]}",
    )


def keep_answer(
    work: Work, row: Row[Any], channel: str, outcome: str, answer: Answer | None, reason: str | None
) -> None:
    """Leave on record what a bank said, taken or not."""
    said: dict[str, str | None] = {"said": None, "bank_reference": None}
    if answer is not None:
        said = {"said": answer.said, "bank_reference": answer.reference}
    work.session.execute(
        _ANSWERS.insert().values(
            id=work.new_id(), line_id=row.id, channel=channel, outcome=outcome, reason=reason or (answer and answer.reason),
            heard_at=work.now(), **said,
        )
    )  # fmt: skip


def state_of(row: Row[Any]) -> dict[str, Any]:
    """A line as it is told; no account stands in it."""
    names = (
        "batch_id", "application_id", "grant_for", "attempt", "replaces", "amount_fen", "state", "reason_zh", "reason_en",
        "bank_reference", "settled_on",
    )  # fmt: skip
    return {"line_id": row.id, **{name: getattr(row, name) for name in names}}
