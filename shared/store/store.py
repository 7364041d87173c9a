"""The store of one service: its database, its keys, its clock."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, MetaData
from sqlalchemy.engine import Connection

from shared.clock import Clock, SystemClock
from shared.contracts.base import Event
from shared.contracts.context import Context
from shared.identifiers import IdMaker, digest_bytes
from shared.store.columns import lend_keys
from shared.store.engine import WRITES, ConnectGuard, Limits, open_engine
from shared.store.errors import MissingKeyError, StoreBusyError
from shared.store.inspection import GRACE, AuditReport, Inspection
from shared.store.keys import KeyRing
from shared.store.outbox import Outbox
from shared.store.probe import InParallel, probe_concurrency
from shared.store.revisions import require_current
from shared.store.rows import compact, delete_in_steps
from shared.store.sealer import Sealer
from shared.store.tables import PlatformTables, own_tables
from shared.store.transaction import Transaction
from shared.store.work import Work


class Store:
    """Made by `Store.open`; safe to share between the threads or green threads of one process."""

    def __init__(
        self,
        engine: Engine,
        service: str,
        *,
        clock: Clock,
        keys: KeyRing | None,
        algorithm: str,
        limits: Limits,
        connect_guard: ConnectGuard | None = None,
    ) -> None:
        self.engine = engine
        self.service = service
        self.clock = clock
        self.algorithm = algorithm
        self.limits = limits
        self.new_id = IdMaker(clock)
        self.tables: PlatformTables = own_tables()
        self.relay_lock = threading.Lock()
        self._keys = keys
        self._connect_guard = connect_guard
        self._probe: Engine | None = None
        self._writer: threading.Lock | None = threading.Lock() if engine.dialect.name == "sqlite" else None
        self._schemas: dict[type[Event], Event] = {}
        self._busy: set[int] = set()  # threads that are inside a transaction
        self.outbox = Outbox(self)
        self.sealer = Sealer(self)
        if keys is not None:
            lend_keys(engine.dialect, keys)

    def __repr__(self) -> str:
        return f"Store({self.service}, {self.engine.dialect.name})"

    @classmethod
    def open(
        cls,
        url: str,
        *,
        service: str,
        clock: Clock | None = None,
        field_keys: KeyRing | str | None = None,
        digest: str = "sha256",
        limits: Limits | None = None,
        connect_guard: ConnectGuard | None = None,
    ) -> Store:
        """Open the store of a service; connects when first used.

        `url` is `sqlite:///file` or `postgresql+psycopg2://…`, `field_keys` a key ring or its text, `digest`
        the algorithm of the audit log (sha256 or sm3). Raises StoreError for another kind of database,
        ValueError for a broken ring.
        """
        limits = limits or Limits()
        ring = KeyRing.parse(field_keys) if isinstance(field_keys, str) and field_keys else field_keys
        engine = open_engine(
            url, limits=limits, application=f"zhiheng-{service}", connect_guard=connect_guard
        )
        return cls(
            engine,
            service,
            clock=clock or SystemClock(),
            keys=ring if isinstance(ring, KeyRing) else None,
            algorithm=digest,
            limits=limits,
            connect_guard=connect_guard,
        )

    @contextmanager
    def transaction(self) -> Iterator[Transaction]:
        """One transaction that commits at the end of the block. Does not nest (RuntimeError).

        Raises StoreBusyError where the single writer's place of an embedded database is not free in time.
        """
        with self._not_nested(), self.writing() as connection:
            tx = Transaction(self, connection)
            try:
                yield tx
                tx.finish()
            finally:
                tx.close()
        if tx.events:
            self.outbox.committed(len(tx.events))

    @contextmanager
    def read(self, context: Context | None = None) -> Iterator[Work]:
        """A work that only reads, from one snapshot; the context gives it the rehearsal's day."""
        with self.reading() as connection:
            tx = Transaction(self, connection, read_only=True)
            try:
                yield tx.work(context or Context(message_id=""))
            finally:
                tx.close()

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A bare connection that only reads, from one snapshot."""
        with self.engine.connect() as connection:
            if connection.dialect.name == "postgresql":
                yield connection.execution_options(
                    postgresql_readonly=True, isolation_level="REPEATABLE READ"
                )
                return
            _query_only(connection, on=True)
            try:
                yield connection
            finally:
                connection.rollback()
                _query_only(connection, on=False)

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A bare connection in a transaction that writes; for the platform's own housekeeping."""
        with self._one_writer(), self.engine.connect() as connection:
            writer = connection if self._writer is None else connection.execution_options(**{WRITES: True})
            with writer.begin():
                yield writer

    @contextmanager
    def _not_nested(self) -> Iterator[None]:
        me = threading.get_ident()
        if me in self._busy:
            raise RuntimeError("a transaction is open already; it does not nest")
        self._busy.add(me)
        try:
            yield
        finally:
            self._busy.discard(me)

    def _one_writer(self) -> AbstractContextManager[object]:
        return nullcontext() if self._writer is None else self._wait_for(self._writer)

    @contextmanager
    def _wait_for(self, writer: threading.Lock) -> Iterator[None]:
        if not writer.acquire(timeout=self.limits.pool_timeout):
            raise StoreBusyError("another part of this process kept the writer's place")
        try:
            yield
        finally:
            writer.release()

    @property
    def keys(self) -> KeyRing:
        """The key ring. Raises MissingKeyError where the store was opened without one."""
        if self._keys is None:
            raise MissingKeyError("this store was opened without a key ring (ZHIHENG_FIELD_KEYS)")
        return self._keys

    def schema_of(self, event: type[Event]) -> Event:
        """The schema instance of a contract, made once."""
        found = self._schemas.get(event)
        if found is None:
            found = self._schemas[event] = event()
        return found

    def digest_of(self, body: bytes) -> str:
        """The named digest that a receipt carries."""
        return digest_bytes(body, self.algorithm)

    def keyed(self, place: str, digest_: str) -> str:
        """A digest that nobody without the keys can guess at: of a ballot there are few possible ones.

        Without a key ring it stays as it is.
        """
        return digest_ if self._keys is None else self._keys.blind_index(digest_, place)

    def protect(self, place: str, text: str) -> str:
        """Payloads hold personal data: encrypted where there is a key ring, plain where there is none."""
        return text if self._keys is None else self._keys.encrypt(text, place)

    def reveal(self, place: str, text: str) -> str:
        """The inverse of `protect`; also reads what was written before there was a ring."""
        return text if text[:1] in "{[" else self.keys.decrypt(text, place)

    def protect_json(self, place: str, value: Mapping[str, Any]) -> str:
        return self.protect(place, compact(value))

    def open_json(self, place: str, text: str) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.reveal(place, text))
        return found

    def create_schema(self, *metadata: MetaData) -> None:
        """Create tables straight from MetaData, with the guards: for tests; a deployment migrates."""
        with self.writing() as connection:
            for each in metadata or (self.tables.outbox.metadata,):
                each.create_all(connection)

    def verify(self, cycle_id: str | None = None, *, grace: timedelta = GRACE) -> AuditReport:
        """Check the whole chain and every row of the audit log; the counts are those of the cycle, or of all.

        A row may wait for its seal for `grace`. For the links between services see `check_handovers`.
        """
        with self.reading() as connection:
            return Inspection(self, connection, grace).report(cycle_id)

    def ping(self, timeout: float = 2.0) -> float:
        """Ask the database for a sign of life; gives the seconds it took.

        Uses a connection of its own, so that busy handlers do not look like a database that is down. Raises
        what the driver raises; under a cooperative runtime put the runtime's own timeout around it.
        """
        began = time.monotonic()
        probe = self._probe_engine(timeout)
        with probe.connect() as connection:
            connection.exec_driver_sql("SELECT 1")
        return time.monotonic() - began

    def _probe_engine(self, timeout: float) -> Engine:
        if self._probe is None:
            limits = Limits(
                pool_size=1, pool_timeout=timeout, connect=timeout, statement=timeout, lock=timeout
            )
            self._probe = open_engine(
                self.engine.url,
                limits=limits,
                application=f"zhiheng-{self.service}-ping",
                connect_guard=self._connect_guard,
            )
        return self._probe

    def self_test(self, in_parallel: InParallel | None = None, *, folder: Path | None = None) -> None:
        """Raise what would fail this process later: SchemaMismatchError, DriverBlocksError, a driver's error.

        `in_parallel(*jobs)` runs jobs at the same time in the runtime's own way; with it a PostgreSQL store
        proves that a waiting query lets the others run. `folder` is where the migrations are, if not at the
        usual place.
        """
        with self.engine.connect() as connection:
            require_current(self.service, connection, folder=folder)
        if in_parallel is not None and self.engine.dialect.name == "postgresql":
            probe_concurrency(self.engine, in_parallel)

    def purge(self, older_than: timedelta) -> dict[str, int]:
        """Delete published events, inbox rows and answers older than that; gives how many of each."""
        before = self.clock.now() - older_than
        inbox, answers = self.tables.inbox, self.tables.answers
        return {
            "outbox": self.outbox.purge(older_than),
            "inbox": delete_in_steps(self.writing, inbox, inbox.c.claimed_at < before),
            "answers": delete_in_steps(self.writing, answers, answers.c.answered_at < before),
        }

    def close(self) -> None:
        """Close the connections."""
        self.engine.dispose()
        if self._probe is not None:
            self._probe.dispose()


def _query_only(connection: Connection, *, on: bool) -> None:
    # On the driver's connection: through SQLAlchemy's it would begin a transaction.
    cursor = connection.connection.cursor()
    cursor.execute(f"PRAGMA query_only = {'ON' if on else 'OFF'}")
    cursor.close()
