"""What a process does by the clock: ticks of the service, sealing the audit log, purging, measuring."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from datetime import timedelta
from typing import Any
from uuid import uuid4

import structlog
from amqp import spec
from amqp.channel import Channel

from shared.bus import depths, wire
from shared.bus.batch import FAILURES, place_of
from shared.bus.green import Event, eventlet
from shared.bus.link import LOST, BusConnection
from shared.bus.metrics import METRICS
from shared.bus.runtime import Runtime
from shared.contracts import Context

log = structlog.get_logger(__name__)

_GAUGE_SECONDS = 5.0
_PURGE_SECONDS = 3600.0
_KEEP = timedelta(days=30)  # inbox, answers: far beyond the longest retry and any caller's patience
_KEEP_SENT = timedelta(days=1)
_LOOK_SECONDS = 1.0  # the broker's answers take milliseconds
_LAG_SECONDS = 0.25
_LAG_SAMPLES = round(60 / _LAG_SECONDS)


class Repeated:
    """Calls a function every so many seconds until stopped; its failures are logged and do not end it."""

    def __init__(
        self, name: str, seconds: float, act: Callable[[], object], *, first: float | None = None
    ) -> None:
        self._name = name
        self._seconds = seconds
        self._act = act
        self._first = seconds if first is None else first
        self._stop = Event()
        self._done = Event()

    def run(self) -> None:
        """Until stopped; the body of a green thread."""
        pause = self._first
        try:
            while not self._rest(pause):
                pause = self._seconds
                try:
                    self._act()
                except FAILURES as error:
                    log.warning("repeated.failed", what=self._name, detail=place_of(error))
        finally:
            self._done.send()

    def _rest(self, seconds: float) -> bool:
        """Sleep; True when asked to stop."""
        with eventlet.Timeout(seconds, False):
            self._stop.wait()
        return bool(self._stop.ready())

    def stop(self) -> None:
        """Let the present turn end, and make no other."""
        if not self._stop.ready():
            self._stop.send()
        self._done.wait()


def tick(runtime: Runtime, handler: Callable[[Any], object]) -> None:
    """One turn of an `every` handler, in a transaction of its own."""
    context = Context(
        message_id=uuid4().hex, actor=f"system:{runtime.name}", traceparent=wire.next_traceparent("")
    )
    with runtime.store.transaction() as tx:
        handler(tx.work(context))


def seal(runtime: Runtime) -> None:
    """Seal what was committed to the audit log since the last time."""
    runtime.store.sealer.seal()


def purge(runtime: Runtime) -> None:
    """Delete what has been sent, and what nobody will ask for again."""
    runtime.store.outbox.purge(_KEEP_SENT)
    gone = runtime.store.purge(_KEEP)
    log.info("store.purged", **gone)


def measure_outbox(runtime: Runtime) -> None:
    """Age and size of the outbox."""
    METRICS.outbox_age.set(runtime.store.outbox.oldest_age())
    METRICS.outbox_size.set(runtime.store.outbox.waiting())


class _Look:
    """Somebody who waits for the depths of some queues: an answer to an earlier question about one of them will do."""

    def __init__(self, queues: Iterable[str]) -> None:
        self.found: dict[str, tuple[int, int]] = {}
        self._missing = set(queues)
        self._done = Event()

    def answered(self, queue: str, messages: int, consumers: int) -> None:
        self.found[queue] = (messages, consumers)
        self._missing.discard(queue)
        if not self._missing:
            self.end()

    def end(self) -> None:
        if not self._done.ready():
            self._done.send()

    def wait(self, seconds: float) -> bool:
        """Whether all were answered in so many seconds."""
        if self._missing:
            with eventlet.Timeout(seconds, False):
                self._done.wait()
        return not self._missing


class QueueDepths:
    """Asks the broker how full our queues are; answers come as they come."""

    def __init__(self, queues: Iterable[str]) -> None:
        self._queues = tuple(queues)
        self._channel: Channel | None = None
        self._looks: list[_Look] = []

    def up(self, connection: BusConnection) -> None:
        channel = connection.raw_channel()
        channel._callbacks[spec.Queue.DeclareOk] = self._answered
        self._channel = channel

    def down(self, reason: str) -> None:
        self._channel = None
        for look in self._looks:
            look.end()

    def ask(self) -> None:
        """Send one question for each queue."""
        self._send(self._queues)

    def look(self, queues: Sequence[str], seconds: float = _LOOK_SECONDS) -> list[tuple[int, int]] | None:
        """How many messages wait in each queue and how many consume it; None where this connection does not say so in time."""
        look = _Look(queues)
        self._looks.append(look)
        try:
            if not self._send(queues) or not look.wait(seconds):
                return None
        finally:
            self._looks.remove(look)
        return [look.found[queue] for queue in queues]

    def _send(self, queues: Sequence[str]) -> bool:
        if self._channel is None:
            return False
        try:
            for queue in queues:
                depths.ask(self._channel, queue)
        except LOST:
            return False
        return True

    def _answered(self, queue: str, messages: int, consumers: int) -> None:
        for look in self._looks:
            look.answered(queue, messages, consumers)
        METRICS.depth.labels(queue).set(messages)
        if queue.endswith(wire.parking_queue("")):
            METRICS.parked_waiting.labels(queue).set(messages)


def watch_hub() -> None:
    """Measure for ever how late the hub wakes a sleeper: what blocks it stops everything in the process."""
    worst: deque[float] = deque(maxlen=_LAG_SAMPLES)
    while True:
        started = time.monotonic()
        eventlet.sleep(_LAG_SECONDS)
        lag = max(0.0, time.monotonic() - started - _LAG_SECONDS)
        worst.append(lag)
        METRICS.hub_lag.set(lag)
        METRICS.hub_lag_worst.set(max(worst))


PERIODS = {"purge": _PURGE_SECONDS, "gauges": _GAUGE_SECONDS}
