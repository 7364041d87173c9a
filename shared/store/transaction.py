"""One database transaction: claims, works in savepoints, their events and audit entries as sets at the end."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import Table
from sqlalchemy.engine import Connection, NestedTransaction
from sqlalchemy.orm import Session

from shared.contracts.context import Context
from shared.store import statements
from shared.store.gather import audit_rows, outbox_rows
from shared.store.rows import Rows, insert_sets
from shared.store.work import AuditEntry, PublishedEvent, Receipt, Work

if TYPE_CHECKING:
    from shared.store.store import Store


@dataclass(frozen=True)
class Answer:
    """What was replied to an idempotency key, and to which request."""

    operation: str
    request_digest: str
    reply: dict[str, Any]


class Transaction:
    """Made by `Store.transaction()`, which commits it, or rolls it back if an exception leaves the block."""

    def __init__(self, store: Store, connection: Connection, *, read_only: bool = False) -> None:
        self.store = store
        self.connection = connection
        self.read_only = read_only
        self.events: list[PublishedEvent] = []
        self.entries: list[AuditEntry] = []
        self.rows: list[tuple[Table, Mapping[str, Any]]] = []  # of the service's own tables
        self._works: list[Work] = []
        self._common: Session | None = None
        self._lent = False

    def work(self, context: Context, *, receipt: Receipt | None = None) -> Work:
        """A unit of work under a context; `receipt` where an event caused it."""
        work = Work(self, context, receipt)
        self._works.append(work)
        return work

    def claim(self, consumer: str, ids: Iterable[str]) -> list[str]:
        """Claim messages for a consumer; gives those that nobody claimed before, in the order given.

        Waits for a concurrent claimer of the same id until that one commits (then it is excluded) or rolls
        back.
        """
        self.must_write()
        wanted = list(dict.fromkeys(ids))
        if not wanted:
            return []
        # Sorted, so that two claimers of overlapping sets wait for each other in one order only.
        fresh = statements.claim(self.connection, consumer, sorted(wanted), self.store.clock.now())
        return [message_id for message_id in wanted if message_id in fresh]

    def release(self, consumer: str, ids: Iterable[str]) -> None:
        """Give back claims, so that a retry finds the messages fresh."""
        wanted = list(ids)
        if wanted:
            statements.release(self.connection, consumer, wanted)

    @contextmanager
    def savepoint(self) -> Iterator[NestedTransaction]:
        """Undo the block if an exception leaves it, with all that was published and audited in it; re-raises."""
        marks = len(self._works), len(self.events), len(self.entries), len(self.rows)
        nested = self.connection.begin_nested()
        try:
            yield nested
            self._flush(self._works[marks[0] :])
            if not nested.is_active:
                raise RuntimeError("a failed flush was swallowed; try things in session.begin_nested()")
        except BaseException:
            self._forget(*marks)
            if nested.is_active:
                nested.rollback()
            raise
        self._close(self._works[marks[0] :])
        nested.commit()

    def answer(self, key: str) -> Answer | None:
        """What was replied to this key. Waits for a concurrent transaction that asks for the same key."""
        found = statements.answer(self.connection, key)
        if found is None:
            return None
        operation, request_digest, reply = found
        return Answer(operation, request_digest, self.store.open_json("answers.reply", reply))

    def remember(self, key: str, operation: str, request_digest: str, reply: Mapping[str, Any]) -> None:
        """Keep the reply under its key. A key that was remembered before raises IntegrityError."""
        self.must_write()
        row = {
            "key": key,
            "operation": operation,
            "request_digest": request_digest,
            "reply": self.store.protect_json("answers.reply", reply),
            "answered_at": self.store.clock.now(),
        }
        insert_sets(self.connection, [(self.store.tables.answers, [row])])

    def must_write(self) -> None:
        """Raises RuntimeError in a reading transaction."""
        if self.read_only:
            raise RuntimeError("this transaction only reads")

    def finish(self) -> None:
        """Send all that is gathered; the store calls it before the commit."""
        self._flush(self._works)
        tables = self.store.tables
        audited = audit_rows(self.store, self._works, self.entries, self.events)
        own: dict[Table, list[Mapping[str, Any]]] = {}
        for table, row in self.rows:
            own.setdefault(table, []).append(row)
        sets: list[tuple[Table, Rows]] = [
            *own.items(),
            (tables.outbox, outbox_rows(self.store, self.events)),
            (tables.audit, audited),
            (tables.audit_pending, [{"id": row["id"]} for row in audited]),
        ]
        insert_sets(self.connection, sets)

    def lend_session(self) -> Session:
        """A session for one work. Outside savepoints the works of a batch use one after the other: opening one costs
        as much as a row."""
        if self._lent or self.connection.in_nested_transaction():
            return self._open_session()
        if self._common is None:
            self._common = self._open_session()
        if not self._common.in_transaction():
            self._common.connection()  # it joins the transaction itself, not a savepoint that a handler opens
        self._lent = True
        return self._common

    def take_back(self, session: Session) -> None:
        """The work is done with it; its objects stay readable."""
        if session is not self._common:
            session.close()
            return
        self._lent = False
        if session.is_active and not session.in_nested_transaction():
            session.expunge_all()
        else:
            self._common = None
            session.close()

    def _open_session(self) -> Session:
        return Session(bind=self.connection, expire_on_commit=False, join_transaction_mode="rollback_only")

    def close(self) -> None:
        """Let go of every session."""
        self._close(self._works)
        if self._common is not None:
            self._common.close()
            self._common = None

    def _forget(self, works: int, events: int, entries: int, rows: int) -> None:
        self._close(self._works[works:])
        del self._works[works:], self.events[events:], self.entries[entries:], self.rows[rows:]

    @staticmethod
    def _flush(works: Iterable[Work]) -> None:
        for work in works:
            work.flush()

    @staticmethod
    def _close(works: Iterable[Work]) -> None:
        for work in works:
            work.close()
