"""Handlers that ask other organizations: many at a time without a transaction, their results written in batches.

A nameko worker is given what has arrived, as far as there are places, and asks about each delivery in a green thread of its
own. What comes back waits for the keeper, which writes whatever has gathered in one transaction, claimed and receipted like
any other batch, and acknowledges each delivery by itself, since they end in another order than they came.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import structlog

from shared.bus import batch
from shared.bus.batch import Fate, Item, Verdict
from shared.bus.consumer import Consumer, Spawn
from shared.bus.crash import crash_point
from shared.bus.declarations import Received, Subscription
from shared.bus.deliveries import Delivery
from shared.bus.green import Event, Semaphore, eventlet
from shared.bus.metrics import METRICS
from shared.bus.publisher import Publisher
from shared.bus.runtime import Runtime
from shared.config import Settings

log = structlog.get_logger(__name__)

Keep = Callable[[Any], None]


@dataclass(frozen=True, slots=True)
class _Asked:
    """A delivery that was asked about: what is to be written, or what becomes of it without anything written."""

    delivery: Delivery
    item: Item | None = None
    keep: Keep | None = None
    verdict: Verdict | None = None


class OutsideConsumer(Consumer):
    """Consumes one subscription whose handler has no transaction."""

    def __init__(
        self, runtime: Runtime, publisher: Publisher, subscription: Subscription, handler: str, spawn: Spawn
    ) -> None:
        super().__init__(runtime, publisher, subscription, handler, spawn)
        self._at_once = runtime.settings.outside_at_once
        self._places = Semaphore(self._at_once)
        self._asked: deque[_Asked] = deque()
        self._arrival = Event()
        self._over = False

    def _prefetch(self, settings: Settings) -> int:
        """Those that are asked about, and a batch that has come back and is being written.

        No more: what has come back and is not written when the process dies has been asked in vain.
        """
        return settings.outside_at_once + settings.batch_size

    def run(self) -> None:
        """Until stopped; the body of a green thread."""
        keeper = eventlet.spawn(self._keep_all)
        try:
            while taken := self.deliveries.take(self._room(), 0):
                METRICS.in_flight.labels(self.queue).inc(len(taken))
                for _ in taken:
                    self._places.acquire()
                eventlet.spawn_n(self._inside, taken)
            for _ in range(self._at_once):
                self._places.acquire()
            self._over = True
            self._signal()
            keeper.wait()
        finally:
            if not self._idle.ready():
                self._idle.send()

    def _room(self) -> int:
        """How many may be asked about now; waits until there is one. Only `run` takes places, so what is free stays so."""
        with self._places:
            pass
        return max(1, min(self._size, int(self._places.balance)))

    # --- asking --------------------------------------------------------------------------------------------------

    def _work(self, service: Any, taken: Sequence[Delivery]) -> None:
        handler = getattr(service, self._handler)
        threads = [eventlet.spawn(self._ask, handler, delivery) for delivery in taken]
        for thread in threads:
            thread.wait()

    def _ask(self, handler: Any, delivery: Delivery) -> None:
        try:
            read = batch.read(delivery, self._subscription, self._runtime.store)
            if isinstance(read, Verdict):
                self._hand_on(_Asked(delivery, verdict=read))
            else:
                self._ask_about(handler, delivery, read)
        except Exception as error:  # noqa: BLE001 - a fault of the bus itself must not strand the delivery
            log.error("outside.failed", queue=self.queue, detail=batch.place_of(error))
            self._hand_on(_Asked(delivery, verdict=batch.judge(error)))
        finally:
            self._places.release()

    def _ask_about(self, handler: Any, delivery: Delivery, item: Item) -> None:
        kept: list[Keep] = []

        def act() -> list[Verdict]:
            try:
                kept.append(handler(self._runtime.store, item.event))
            except batch.FAILURES as error:
                batch.raise_if_away(error)
                return [batch.judge(error)]
            return [batch.DONE]

        verdicts = self._insist(act, delivery)
        if verdicts is None:
            METRICS.in_flight.labels(self.queue).dec()
            return  # the broker has it back
        if kept:
            self._hand_on(_Asked(delivery, item, kept[0]))
        else:
            self._hand_on(_Asked(delivery, verdict=verdicts[0]))

    def _hand_on(self, asked: _Asked) -> None:
        self._asked.append(asked)
        self._signal()

    def _signal(self) -> None:
        if not self._arrival.ready():
            self._arrival.send()

    # --- keeping -------------------------------------------------------------------------------------------------

    def _keep_all(self) -> None:
        """The body of the keeper's green thread."""
        while True:
            while not self._asked:
                if self._over:
                    return
                self._arrival = Event()
                self._arrival.wait()
            if self._patience:
                eventlet.sleep(self._patience)  # those that were asked together come back together
            taken = [self._asked.popleft() for _ in range(min(self._size, len(self._asked)))]
            try:
                self._keep(taken)
            except Exception as error:  # noqa: BLE001 - the broker gives them to somebody again
                log.error("outside.not_kept", queue=self.queue, detail=batch.place_of(error))
                self._lose(taken)
            finally:
                METRICS.in_flight.labels(self.queue).dec(len(taken))

    def _keep(self, taken: Sequence[_Asked]) -> None:
        started = time.monotonic()
        to_keep = [(one.item, one.keep) for one in taken if one.item is not None and one.keep is not None]
        items = [item for item, _ in to_keep]
        keeps = {item.id: keep for item, keep in to_keep}

        def call(work: Any, event: Received) -> None:
            keeps[event.context.message_id](work)

        verdicts = self._verdicts(call, items, taken[-1].delivery)
        if verdicts is None:
            self._put_back(taken)
            return
        crash_point("after_commit_before_ack")
        METRICS.batch.labels(self.queue).observe(len(taken))
        METRICS.process.labels(self.queue).observe(time.monotonic() - started)
        coming = iter(verdicts)
        fates = [one.verdict or next(coming) for one in taken]
        self._settle_those_alive(taken, fates)

    def _acknowledge(self, taken: Sequence[Delivery]) -> None:
        for delivery in taken:
            self.deliveries.settle(delivery)

    def _put_back(self, taken: Sequence[_Asked]) -> None:
        """The database is away. Those of a channel that is gone come again; the others wait, unless all of this ends."""
        if not self.deliveries.stopped:
            self._asked.extendleft(one for one in reversed(taken) if self.deliveries.alive(one.delivery))

    def _lose(self, taken: Sequence[_Asked]) -> None:
        """What could not be written for a reason of our own waits for another try."""
        self._settle_those_alive(taken, [Verdict(Fate.RETRY, "not_kept") for _ in taken])

    def _settle_those_alive(self, taken: Sequence[_Asked], fates: Sequence[Verdict]) -> None:
        """Deliveries of a channel that is gone are the broker's again; one of them must not hold up the others."""
        pairs = [
            (one.delivery, fate)
            for one, fate in zip(taken, fates, strict=True)
            if self.deliveries.alive(one.delivery)
        ]
        if pairs:
            self._settle([delivery for delivery, _ in pairs], [fate for _, fate in pairs])

    def _inside(self, taken: Sequence[Delivery]) -> None:
        self._spawn(lambda service: self._work(service, taken))
