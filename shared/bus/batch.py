"""One batch of deliveries: read each, handle all in one transaction, and say what becomes of each.

The effects are those of one transaction per message with its own claim: a message that fails leaves no row behind and
fails no neighbour. To be fast the batch first runs without savepoints; if anything fails the transaction is rolled back
and the batch runs again with a savepoint per message; if even the commit fails, message by message.
"""

from __future__ import annotations

import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from typing import Any

from shared.bus import wire
from shared.bus.crash import crash_point
from shared.bus.declarations import Received, Subscription
from shared.bus.deliveries import Delivery
from shared.bus.green import eventlet
from shared.bus.metrics import METRICS
from shared.contracts import Context, event, load
from shared.problems import Invalid, Problem, Unavailable
from shared.store import Receipt, Store, StoreBusy, Transaction, unreachable, worth_retrying

FAILURES = (Exception, eventlet.Timeout)  # a Timeout is a BaseException and would leak the delivery
Handle = Callable[[Any, Received], object]
_HASTE = 3  # runs of one message that met a deadlock or a lock, before that counts as a failure


class DatabaseAwayError(Exception):
    """The database does not answer: nothing was done, no attempt counts."""


class Fate(Enum):
    """What becomes of a delivery."""

    DONE = "done"
    DUPLICATE = "duplicate"
    RETRY = "retry"
    PARK = "park"


@dataclass(frozen=True, slots=True)
class Verdict:
    """A fate with its reason: a stable code and, for people, class and place of the error, never a value."""

    fate: Fate
    reason: str = ""
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Item:
    """An event that was read, with the receipt that the audit keeps of it."""

    event: Received
    receipt: Receipt

    @property
    def id(self) -> str:
        return self.event.context.message_id


DONE = Verdict(Fate.DONE)
DUPLICATE = Verdict(Fate.DUPLICATE)


def read(delivery: Delivery, subscription: Subscription, store: Store) -> Item | Verdict:
    """The event in a delivery, or why it must be parked."""
    try:
        attributes = wire.EventAttributes.from_headers(delivery.headers)
        context = in_new_span(Context.from_headers(attributes.id, delivery.headers, attempt=delivery.attempt))
    except ValueError as error:
        return Verdict(Fate.PARK, "malformed_headers", str(error))
    if attributes.type != subscription.event.NAME:
        return Verdict(Fate.PARK, "unexpected_event", attributes.type)
    try:
        payload = wire.decode(delivery.body)
    except (ValueError, RecursionError):
        return Verdict(Fate.PARK, "undecodable", f"{len(delivery.body)} bytes")
    try:
        contract = event(attributes.type, attributes.version)
        data = load(store.schema_of(contract), payload)
    except Problem as problem:
        return Verdict(Fate.PARK, problem.code, _refused_fields(problem))
    received = Received(
        data=data,
        name=attributes.type,
        version=attributes.version,
        source=attributes.source,
        subject=attributes.subject,
        time=attributes.time,
        context=context,
    )
    return Item(received, Receipt(attributes.source, attributes.type, store.digest_of(delivery.body)))


def in_new_span(context: Context) -> Context:
    """The same context with a span of its own, in the caller's trace or in a new one."""
    return replace(context, traceparent=wire.next_traceparent(context.traceparent))


def _refused_fields(problem: Problem) -> str:
    if isinstance(problem, Invalid) and problem.errors:
        return ", ".join(error.field for error in problem.errors[:20])
    return problem.detail_en[:300]


def judge(error: BaseException) -> Verdict:
    """What an exception of a handler means for its delivery."""
    if isinstance(error, Problem) and not isinstance(error, Unavailable):
        return Verdict(Fate.PARK, error.code, place_of(error))
    reason = error.code if isinstance(error, Problem) else type(error).__name__
    return Verdict(Fate.RETRY, reason, place_of(error))


def place_of(error: BaseException) -> str:
    """Class of an exception and the line that raised it. Its text is left out: it may hold personal data."""
    frames = traceback.extract_tb(error.__traceback__)
    own = [f for f in frames if "/site-packages/" not in f.filename and "/lib/python" not in f.filename]
    if not frames:
        return type(error).__name__
    last = (own or list(frames))[-1]
    module = "/".join(last.filename.split("/")[-3:])
    return f"{type(error).__name__} at {module}:{last.lineno} in {last.name}"


def handle(store: Store, consumer: str, call: Handle, items: Sequence[Item]) -> list[Verdict]:
    """Handle a batch; the verdicts stand in its order. Raises DatabaseAwayError when nothing could be done."""
    try:
        return _together(store, consumer, call, items)
    except FAILURES as error:
        raise_if_away(error)
        if len(items) == 1:
            return [_alone(store, consumer, call, items[0], error)]
    METRICS.batch_reruns.labels(consumer).inc()
    try:
        return _apart(store, consumer, call, items)
    except FAILURES as error:
        raise_if_away(error)
    return [handle(store, consumer, call, [one])[0] for one in items]


def _alone(store: Store, consumer: str, call: Handle, item: Item, error: BaseException) -> Verdict:
    """One message that failed by itself: what met somebody's lock is run again at once, a few times."""
    for _ in range(_HASTE):
        if not worth_retrying(error):
            break
        eventlet.sleep(0.02)
        try:
            return _together(store, consumer, call, [item])[0]
        except FAILURES as another:
            raise_if_away(another)
            error = another
    return judge(error)


def raise_if_away(error: BaseException) -> None:
    """Raise DatabaseAwayError if that is what an exception means."""
    if unreachable(error) or isinstance(error, StoreBusy):
        raise DatabaseAwayError(type(error).__name__) from error


def _claim(tx: Transaction, consumer: str, items: Sequence[Item]) -> list[bool]:
    """Which of the events are to be handled: claimed now, and the first of its id in this batch."""
    fresh = set(tx.claim(consumer, [item.id for item in items]))
    crash_point("after_claim")
    firsts: list[bool] = []
    for item in items:
        firsts.append(item.id in fresh)
        fresh.discard(item.id)
    return firsts


def _together(store: Store, consumer: str, call: Handle, items: Sequence[Item]) -> list[Verdict]:
    verdicts: list[Verdict] = []
    with store.transaction() as tx:
        for item, first in zip(items, _claim(tx, consumer, items), strict=True):
            if first:
                work = tx.work(item.event.context, receipt=item.receipt)
                call(work, item.event)
                work.flush()  # the next message reads what this one wrote, as if it had been committed
                work.close()
            verdicts.append(DONE if first else DUPLICATE)
        crash_point("before_commit")
    return verdicts


def _apart(store: Store, consumer: str, call: Handle, items: Sequence[Item]) -> list[Verdict]:
    verdicts: list[Verdict] = []
    failed: list[str] = []
    with store.transaction() as tx:
        for item, first in zip(items, _claim(tx, consumer, items), strict=True):
            verdict = DONE if first else DUPLICATE
            if first:
                try:
                    with tx.savepoint():
                        call(tx.work(item.event.context, receipt=item.receipt), item.event)
                except FAILURES as error:
                    raise_if_away(error)
                    verdict = judge(error)
                    failed.append(item.id)
            verdicts.append(verdict)
        if failed:
            tx.release(consumer, failed)
        crash_point("before_commit")
    return verdicts
