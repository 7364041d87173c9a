"""From deliveries to settled deliveries: take a batch, have it handled by one nameko worker, repair, acknowledge."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Any
from uuid import uuid4

import structlog

from shared.bus import batch, wire
from shared.bus.batch import DatabaseAwayError, Fate, Item, Verdict
from shared.bus.crash import crash_point
from shared.bus.declarations import Subscription
from shared.bus.deliveries import Deliveries, Delivery
from shared.bus.green import Event, eventlet
from shared.bus.metrics import METRICS
from shared.bus.publisher import NotConnectedError, Outgoing, Publisher
from shared.bus.runtime import Runtime
from shared.config import Settings

log = structlog.get_logger(__name__)

Spawn = Callable[[Callable[[Any], None]], None]  # run a job in a nameko worker and wait until it has ended
_FIRST_PAUSE, _LONGEST_PAUSE = 0.2, 1.0


class Consumer:
    """Consumes one subscription, one batch at a time."""

    def __init__(
        self, runtime: Runtime, publisher: Publisher, subscription: Subscription, handler: str, spawn: Spawn
    ) -> None:
        settings = runtime.settings
        self._runtime = runtime
        self._publisher = publisher
        self._subscription = subscription
        self._handler = handler
        self._spawn = spawn
        self._size = settings.batch_size
        self._patience = settings.batch_wait
        self.queue = subscription.queue(runtime.name)
        self.deliveries = Deliveries(self.queue, self._prefetch(settings))
        self._idle = Event()

    def _prefetch(self, settings: Settings) -> int:
        return settings.prefetch

    def run(self) -> None:
        """Until stopped; the body of a green thread."""
        try:
            while taken := self.deliveries.take(self._size, self._patience):
                METRICS.in_flight.labels(self.queue).inc(len(taken))
                self._inside(taken)
        finally:
            if not self._idle.ready():
                self._idle.send()

    def stop(self) -> None:
        """Take no more and wait until what is in flight is settled."""
        self.deliveries.stop()
        self._idle.wait()

    def _inside(self, taken: Sequence[Delivery]) -> None:
        try:
            self._spawn(lambda service: self._work(service, taken))
        finally:
            METRICS.in_flight.labels(self.queue).dec(len(taken))

    # --- in the worker -------------------------------------------------------------------------------------------

    def _work(self, service: Any, taken: Sequence[Delivery]) -> None:
        started = time.monotonic()
        handler = getattr(service, self._handler)
        read = [batch.read(one, self._subscription, self._runtime.store) for one in taken]
        items = [one for one in read if isinstance(one, Item)]
        verdicts = self._verdicts(handler, items, taken[-1])
        if verdicts is None:
            return  # the broker has the deliveries back, or this process is stopping: they will come again
        crash_point("after_commit_before_ack")
        METRICS.batch.labels(self.queue).observe(len(taken))
        METRICS.process.labels(self.queue).observe(time.monotonic() - started)
        coming = iter(verdicts)
        fates = [one if isinstance(one, Verdict) else next(coming) for one in read]
        self._settle(taken, fates)

    def _verdicts(self, handler: Any, items: Sequence[Item], last: Delivery) -> list[Verdict] | None:
        if not items:
            return []
        return self._insist(lambda: batch.handle(self._runtime.store, self.queue, handler, items), last)

    def _insist(self, act: Callable[[], list[Verdict]], last: Delivery) -> list[Verdict] | None:
        """Handle; while the database is away wait with the deliveries in hand, and count no attempt.

        None where the deliveries are no longer ours: they will come again.
        """
        pause = _FIRST_PAUSE
        while True:
            try:
                found = act()
            except DatabaseAwayError as away:
                if pause == _FIRST_PAUSE:
                    log.warning("database.away", queue=self.queue, reason=str(away))
                METRICS.database_away.set(1)
                if self.deliveries.stopped or not self.deliveries.alive(last):
                    return None
                eventlet.sleep(pause)
                pause = min(pause * 2, _LONGEST_PAUSE)
            else:
                METRICS.database_away.set(0)
                return found

    # --- settling ------------------------------------------------------------------------------------------------

    def _settle(self, taken: Sequence[Delivery], fates: Sequence[Verdict]) -> None:
        repairs = []
        for delivery, verdict in zip(taken, fates, strict=True):
            METRICS.consumed.labels(self.queue, verdict.fate.value).inc()
            if verdict.fate is Fate.DUPLICATE:
                METRICS.duplicates.labels(self.queue).inc()
            elif verdict.fate is not Fate.DONE:
                repairs.append(self._repair(delivery, verdict))
        if repairs:
            if not self._publish(repairs, taken[-1]):
                return
            crash_point("after_retry_before_ack")
        self._acknowledge(taken)

    def _acknowledge(self, taken: Sequence[Delivery]) -> None:
        self.deliveries.settle(taken[-1], and_before=True)

    def _publish(self, repairs: Sequence[Outgoing], last: Delivery) -> bool:
        """Publish until all are confirmed. False when the deliveries are no longer ours: they will come again."""
        pause = _FIRST_PAUSE
        part = f"repairs of {self.queue}"
        while True:
            try:
                refused = self._publisher.publish(repairs)
                repairs = [one for one in repairs if one.key in refused]
                reason = ", ".join(f"{one.exchange} {refused[one.key]}" for one in repairs[:1])
            except NotConnectedError as error:
                reason = str(error)
            if not repairs or not reason:
                self._runtime.faults.pop(part, None)
                return True
            log.error("repair.refused", queue=self.queue, reason=reason, waiting=len(repairs))
            self._runtime.faults[part] = reason
            if not self.deliveries.alive(last):
                self._runtime.faults.pop(part, None)
                return False
            eventlet.sleep(pause)
            pause = min(pause * 2, _LONGEST_PAUSE)

    def _repair(self, delivery: Delivery, verdict: Verdict) -> Outgoing:
        """The copy that waits in a retry tier, or in parking."""
        tiers = self._runtime.settings.retry_tier_seconds
        attempt = delivery.attempt
        headers = wire.passing_headers(delivery.headers)
        if verdict.fate is Fate.RETRY and attempt < len(tiers):
            tier = wire.tier_name(tiers[attempt])
            METRICS.retries.labels(self.queue, tier).inc()
            self._tell("delivery.retried", delivery, verdict, tier=tier)
            headers[wire.ATTEMPT] = attempt + 1
            return self._copy(delivery, wire.retry_name(self._runtime.name, tiers[attempt]), headers)
        reason = verdict.reason if verdict.fate is Fate.PARK else "attempts_exhausted"
        METRICS.parked.labels(self.queue, reason).inc()
        self._tell("delivery.parked", delivery, verdict, parked_reason=reason)
        headers.update(
            {
                wire.PARKED_REASON: reason,
                wire.PARKED_DETAIL: verdict.detail[:500],
                wire.PARKED_AT: self._runtime.clock.now().isoformat(timespec="seconds"),
                wire.PARKED_QUEUE: self.queue,
                wire.PARKED_ATTEMPTS: attempt + 1,
            }
        )
        return self._copy(delivery, wire.parked_exchange(self._runtime.name), headers)

    def _copy(self, delivery: Delivery, exchange: str, headers: dict[str, Any]) -> Outgoing:
        return Outgoing(
            key=delivery.message_id or uuid4().hex,
            exchange=exchange,
            routing_key=self.queue,
            body=delivery.body,
            headers=headers,
            type=self._subscription.event.NAME,
        )

    def _tell(self, event: str, delivery: Delivery, verdict: Verdict, **more: Any) -> None:
        log.warning(
            event,
            queue=self.queue,
            message_id=delivery.message_id,
            correlation_id=str(delivery.headers.get("correlationid", "")),
            attempt=delivery.attempt + 1,
            reason=verdict.reason,
            detail=verdict.detail,
            **more,
        )
