"""The outbox: events wait here for the relay, in the order of their ids.

The relay asks for a batch, publishes its rows while the batch is open, and marks those that the broker
confirmed. In PostgreSQL the batch keeps its rows locked, so that other relays skip them; in SQLite nothing is
locked while the relay publishes, one batch is open at a time in a process, and a second process may publish a
row again, which the consumers' inboxes absorb. Neither loses a row: only what was confirmed is marked.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import Select, func, select, update
from sqlalchemy.engine import Connection

from shared.clock import SHANGHAI
from shared.store.rows import delete_in_steps

if TYPE_CHECKING:
    from shared.store.store import Store

# Rows that were published stay in the index until a vacuum. A plain index scan notes which of its entries are dead and
# passes over them the next time; a bitmap scan, which the planner prefers, looks up every one of them each time.
_PLAIN_SCAN = "SET LOCAL enable_bitmapscan = off"


@dataclass(frozen=True)
class OutboxRow:
    """One event that waits. `body` is sent byte for byte, the audit log holds its digest; `headers` is the context."""

    id: str
    name: str
    version: int
    source: str
    subject: str
    time: datetime
    body: bytes = field(repr=False)
    headers: dict[str, str]


@dataclass
class Batch:
    """Rows in hand. `mark` what the broker confirmed; it is written when the batch ends, however it ends."""

    rows: list[OutboxRow]
    confirmed: set[str] = field(default_factory=set)

    def mark(self, ids: Iterable[str]) -> None:
        """Note events as published."""
        self.confirmed.update(ids)


class Outbox:
    """What the relay needs of the store."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._table = store.tables.outbox
        self._listeners: list[Callable[[int], None]] = []

    def on_commit(self, listener: Callable[[int], None]) -> None:
        """Call `listener(count)` after each commit that left events here. It must neither raise nor wait."""
        self._listeners.append(listener)

    def committed(self, count: int) -> None:
        """The store tells how many events a commit left."""
        for listener in self._listeners:
            listener(count)

    @contextmanager
    def batch(self, limit: int) -> Iterator[Batch]:
        """Up to `limit` waiting rows, oldest first; publish inside the block, and `mark` what was confirmed.

        Marks are written also when the block ends with an exception.
        """
        if self._store.engine.dialect.name == "postgresql":
            with self._locked_batch(limit) as batch:
                yield batch
        else:
            with self._store.relay_lock:
                batch = Batch(self.take(limit))
                try:
                    yield batch
                finally:
                    self.mark(batch.confirmed)

    @contextmanager
    def _locked_batch(self, limit: int) -> Iterator[Batch]:
        from shared.store import postgresql  # its driver and dialect, which a store on SQLite does without

        with self._store.engine.begin() as connection:
            postgresql.announce(connection, _PLAIN_SCAN)
            locked = self._waiting(limit).with_for_update(skip_locked=True)
            batch = Batch([self._row(row) for row in connection.execute(locked)])
            try:
                yield batch
            except BaseException:
                self._mark(connection, batch.confirmed)
                connection.commit()
                raise
            self._mark(connection, batch.confirmed)

    def take(self, limit: int) -> list[OutboxRow]:
        """Waiting rows, oldest first, without holding them: another relay may take them too."""
        with self._store.engine.connect() as connection:
            return [self._row(row) for row in connection.execute(self._waiting(limit))]

    def mark(self, ids: Iterable[str]) -> None:
        """Note events as published, in a transaction of its own."""
        wanted = set(ids)
        if wanted:
            with self._store.writing() as connection:
                self._mark(connection, wanted)

    def _mark(self, connection: Connection, ids: set[str]) -> None:
        if ids:
            now = self._store.clock.now()
            connection.execute(
                update(self._table).where(self._table.c.id.in_(sorted(ids))).values(published_at=now)
            )

    def _waiting(self, limit: int) -> Select[Any]:
        table = self._table
        return select(table).where(table.c.published_at.is_(None)).order_by(table.c.id).limit(limit)

    def _row(self, row: Any) -> OutboxRow:
        return OutboxRow(
            id=row.id,
            name=row.name,
            version=row.version,
            source=self._store.service,
            subject=row.subject,
            time=row.occurred_at.astimezone(SHANGHAI),
            body=self._store.reveal("outbox.data", row.data).encode(),
            headers=json.loads(row.headers),
        )

    def waiting(self) -> int:
        """How many events wait."""
        with self._store.engine.connect() as connection:
            counted = (
                select(func.count()).select_from(self._table).where(self._table.c.published_at.is_(None))
            )
            return int(connection.execute(counted).scalar_one())

    def oldest_age(self) -> float:
        """Seconds since the oldest waiting event happened; 0 where none waits."""
        with self._store.engine.connect() as connection:
            row = connection.execute(self._waiting(1)).first()
        return 0.0 if row is None else max(0.0, (self._store.clock.now() - row.occurred_at).total_seconds())

    def purge(self, older_than: timedelta) -> int:
        """Delete events that were published longer ago than that; gives how many."""
        before = self._store.clock.now() - older_than
        return delete_in_steps(self._store.writing, self._table, self._table.c.published_at < before)
