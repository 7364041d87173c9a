"""领取: one worker at a time has a delivery in hand, and what becomes of a claim whose worker died.

A delivery is claimed, with the time and the worker, and committed so before anything of it leaves the house; of two workers the
one that comes second finds nothing to claim. What the worker says of it later counts as long as nobody has claimed it anew, late
as well. A claim that is not spoken of for as long as no sending can take is over: where whoever takes messages knows one that
comes again by its id, it is sent again; where not, nobody here can know whether it was taken, so it stands as uncertain in the
operators' list, who find out.
"""

from __future__ import annotations

import os
import socket
from datetime import timedelta
from typing import Any

from sqlalchemy import Row, and_, select, update

from services.notifications import metrics, models
from services.notifications.schedule import Terms
from services.notifications.states import Delivery, before
from shared.store import Work

_DELIVERIES, _ATTEMPTS = models.deliveries, models.attempts
_AT_A_TIME = 200  # claims that one tick looks at
_DIED = "the worker said nothing more"


def find(work: Work, delivery_id: str, *, lock: bool = False) -> Row[Any] | None:
    """A delivery's row; with `lock` None as well where another worker holds it just now."""
    query = select(_DELIVERIES).where(_DELIVERIES.c.id == delivery_id)
    if lock:
        query = query.with_for_update(skip_locked=True)
    return work.session.execute(query).one_or_none()


def claim(work: Work, delivery_id: str, terms: Terms) -> Row[Any] | None:
    """Take a delivery in hand; None where it does not wait any more, or another worker is just taking it."""
    row = find(work, delivery_id, lock=True)
    if row is None:
        return None
    now = work.now()
    worker = f"{socket.gethostname()[:40]}/{os.getpid()}/{work.new_id()}"
    values = {
        "attempts": row.attempts + 1, "claimed_at": now, "worker": worker, "failure": None,
        "due_at": now + timedelta(seconds=terms.claim),
    }  # fmt: skip
    if not move(work, row, Delivery.SENDING, **values):
        return None
    return find(work, delivery_id)


def move(work: Work, row: Row[Any], state: Delivery, **values: Any) -> bool:
    """Move a delivery on, if it is still as `row` says; False where another was faster, or the table has no such move."""
    this = and_(
        _DELIVERIES.c.id == row.id,
        _DELIVERIES.c.state == row.state,
        _DELIVERIES.c.state.in_(before(state)),
        _DELIVERIES.c.worker.is_not_distinct_from(row.worker),
    )
    done = work.session.execute(update(_DELIVERIES).where(this).values(state=state.value, **values))
    if not getattr(done, "rowcount", 0):
        return False
    told = {"state": state.value, "attempts": values.get("attempts", row.attempts)}
    work.audit(f"delivery:{state}", row.id, before={"state": row.state}, after=told)
    return True


def settle(work: Work, row: Row[Any], state: Delivery, **values: Any) -> bool:
    """The same, into a state that the clock looks at no more."""
    return move(work, row, state, due_at=None, settled_at=work.now(), **values)


def lapse(work: Work, repeatable: frozenset[str], attempts: int) -> None:
    """What becomes of claims that are over; `repeatable` are the channels that know a message again."""
    over = and_(_DELIVERIES.c.state == Delivery.SENDING.value, _DELIVERIES.c.due_at <= work.now())
    query = (
        select(_DELIVERIES)
        .where(over)
        .order_by(_DELIVERIES.c.due_at, _DELIVERIES.c.lot)
        .limit(_AT_A_TIME)
        .with_for_update(skip_locked=True)
    )
    for row in work.session.execute(query).all():
        tried(work, row, "uncertain", _DIED)
        if row.channel in repeatable and row.attempts < attempts:
            move(work, row, Delivery.WAITING, due_at=work.now(), failure=_DIED)
        else:
            settle(work, row, Delivery.UNCERTAIN, failure=_DIED)


def tried(work: Work, row: Row[Any], outcome: str, reason: str | None) -> None:
    """Keep what came of one try."""
    metrics.tried(row.channel, outcome)
    work.session.execute(
        _ATTEMPTS.insert().values(
            id=work.new_id(), delivery_id=row.id, outcome=outcome, reason=reason, tried_at=work.now()
        )
    )
