"""From the outbox to the broker: takes what waits, publishes a window, marks what was confirmed.

It wakes when a transaction of this process commits events, and looks by itself every half second for those of others.
An event that the broker gives back (no queue takes it) stays in the outbox and is offered again after a while; it never
stops those behind it.
"""

from __future__ import annotations

import time
from collections.abc import Sequence

import structlog
from sqlalchemy.exc import SQLAlchemyError

from shared.bus import wire
from shared.bus.crash import crash_point
from shared.bus.green import Event, eventlet
from shared.bus.metrics import METRICS
from shared.bus.publisher import NotConnectedError, Outgoing, Publisher
from shared.store import OutboxRow, Store, StoreError

log = structlog.get_logger(__name__)

_POLL_SECONDS = 0.5
_WINDOWS_A_BATCH = 5
_OFFER_AGAIN = 30.0  # seconds until an event that was given back is offered again
_MOST_SET_ASIDE = 5000


class Relay:
    """Sends one store's outbox through one publisher."""

    def __init__(self, store: Store, publisher: Publisher, window: int) -> None:
        self._store = store
        self._publisher = publisher
        self._window = window
        self._wake = Event()
        self._done = Event()
        self._stopped = False
        self._aside: dict[str, float] = {}  # events given back, and when to offer them again
        store.outbox.on_commit(self.wake)

    def wake(self, count: int = 1) -> None:
        """Look now."""
        if not self._wake.ready():
            self._wake.send()

    def run(self) -> None:
        """Until stopped; the body of a green thread."""
        try:
            while not self._stopped:
                with eventlet.Timeout(_POLL_SECONDS, False):
                    self._wake.wait()
                self._wake = Event()
                self._empty()
        finally:
            self._done.send()

    def stop(self) -> None:
        """Send what waits now, once, and end."""
        self._stopped = True
        self.wake()
        self._done.wait()

    def _empty(self) -> None:
        try:
            while self.round():
                eventlet.sleep(0)
        except NotConnectedError as error:
            log.info("relay.waits", reason=str(error))
            self._pause()
        except (SQLAlchemyError, StoreError) as error:
            log.warning("relay.waits", reason=type(error).__name__)
            self._pause()

    def _pause(self) -> None:
        if not self._stopped:
            eventlet.sleep(_POLL_SECONDS)

    def round(self) -> bool:
        """Send one batch; True if more may wait. Raises NotConnectedError, or what the database raised."""
        now = time.monotonic()
        self._aside = {key: when for key, when in self._aside.items() if when > now}
        limit = self._window * _WINDOWS_A_BATCH + len(self._aside)
        with self._store.outbox.batch(limit) as batch:
            full = len(batch.rows) == limit
            rows = [row for row in batch.rows if row.id not in self._aside]
            if rows:
                crash_point("after_take")
            for start in range(0, len(rows), self._window):
                batch.mark(self._send(rows[start : start + self._window]))
        return full

    def _send(self, rows: Sequence[OutboxRow]) -> set[str]:
        """Publish; gives the ids that were confirmed."""
        refused = self._publisher.publish([outgoing(row) for row in rows])
        crash_point("after_publish_before_mark")
        if refused:
            self._set_aside(rows, refused)
        confirmed = {row.id for row in rows} - refused.keys()
        METRICS.published.inc(len(confirmed))
        return confirmed

    def _set_aside(self, rows: Sequence[OutboxRow], refused: dict[str, str]) -> None:
        again = time.monotonic() + _OFFER_AGAIN
        if len(self._aside) < _MOST_SET_ASIDE:
            self._aside.update(dict.fromkeys(refused, again))
        named = sorted({f"{row.name} {refused[row.id]}" for row in rows if row.id in refused})
        log.error("relay.refused", events=named, count=len(refused))


def outgoing(row: OutboxRow) -> Outgoing:
    """An event of the outbox as it goes to the broker."""
    attributes = wire.EventAttributes(
        id=row.id,
        type=row.name,
        version=row.version,
        source=row.source,
        subject=row.subject,
        time=row.time.isoformat(),
    )
    return Outgoing(
        key=row.id,
        exchange=wire.events_exchange(row.source),
        routing_key=row.name,
        body=row.body,
        headers={**row.headers, **attributes.to_headers()},
        type=row.name,
    )
