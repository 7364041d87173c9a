"""The sealer: chains committed audit rows in batches, about once a second, one sealer at a time.

A row that is committed late is simply in a later batch: what waits is a table of its own (`audit_pending`),
written with the row, so that no order of commits can hide one. The audit rows themselves are never touched.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, select, text
from sqlalchemy.engine import Connection

from shared.store import chain

if TYPE_CHECKING:
    from shared.store.store import Store

BATCH = 5000
_AT_ONCE = 250
_LOCK = 0x5A48_5345_414C  # one number for all: each service has a database of its own


class Sealer:
    """Seals the audit log of one store."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._tables = store.tables

    def seal(self, limit: int = BATCH) -> int:
        """Seal up to `limit` committed rows; gives how many. 0 also while another replica is at it."""
        with self._store.writing() as connection:
            if not self._alone(connection):
                return 0
            ids = self._take(connection, limit)
            if not ids:
                return 0
            listed = self._listed(connection, ids)
            seal = chain.make_seal(
                self._store.service,
                self._head(connection),
                self._store.clock.now(),
                self._store.algorithm,
                listed,
            )
            connection.execute(self._tables.audit_seals.insert().values(vars(seal)))
        return len(ids)

    def seal_all(self) -> int:
        """Seal until nothing waits."""
        total = 0
        while sealed := self.seal():
            total += sealed
        return total

    def waiting(self) -> int:
        """How many rows wait for a seal."""
        with self._store.engine.connect() as connection:
            return int(connection.execute(text("SELECT count(*) FROM audit_pending")).scalar_one())

    def _alone(self, connection: Connection) -> bool:
        if connection.dialect.name == "sqlite":
            return True  # BEGIN IMMEDIATE has seen to it
        return bool(connection.execute(text(f"SELECT pg_try_advisory_xact_lock({_LOCK})")).scalar_one())

    def _take(self, connection: Connection, limit: int) -> list[str]:
        pending = self._tables.audit_pending
        first = select(pending.c.id).order_by(pending.c.id).limit(limit)
        taken = connection.execute(delete(pending).where(pending.c.id.in_(first)).returning(pending.c.id))
        return sorted(taken.scalars())

    def _listed(self, connection: Connection, ids: list[str]) -> list[tuple[str, bytes]]:
        hash_ = chain.hasher(self._store.algorithm)
        found = {
            row[0]: chain.leaf(hash_, chain.encode_row(row)) for row in rows_of(connection, self._store, ids)
        }
        return [(row_id, found.get(row_id, chain.NOTHING)) for row_id in ids]

    def _head(self, connection: Connection) -> tuple[int, str]:
        seals = self._tables.audit_seals
        last = select(seals.c.sequence, seals.c.digest).order_by(seals.c.sequence.desc()).limit(1)
        row = connection.execute(last).first()
        return (0, "") if row is None else (int(row.sequence), row.digest)


def rows_of(connection: Connection, store: Store, ids: list[str]) -> Iterator[Any]:
    """The audit rows of these ids, their columns in the order of `chain.ENCODED`.

    A few at a time, and the next few are asked for when these have been used: under a cooperative runtime others get their
    turn in between, where thousands of rows at once would keep a process from answering.
    """
    audit = store.tables.audit
    columns = [audit.c[name] for name in chain.ENCODED]
    for start in range(0, len(ids), _AT_ONCE):
        yield from connection.execute(
            select(*columns).where(audit.c.id.in_(ids[start : start + _AT_ONCE]))
        ).all()
