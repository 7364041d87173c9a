"""Works without a bus: a store of a service with its own tables, and contexts of people."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from functools import cache
from typing import Any

from marshmallow import Schema
from sqlalchemy import event as sqlalchemy_event
from sqlalchemy import select

from shared.clock import Clock
from shared.contracts import Context, event, load
from shared.identifiers import new_id
from shared.store import KeyRing, Store, Work
from tests.support.compiled import share
from tests.support.migrated import migrate

RING = KeyRing.generate()  # one for all: statements that were compiled keep it


@cache
def once(schema: type[Schema]) -> Schema:
    """A schema of the contracts, made once, as every service does."""
    return schema()


def quicken(store: Store) -> None:
    """Give a store of RING what was compiled for others, and let it wait for no disk."""
    if store.engine.dialect.name == "sqlite":
        sqlalchemy_event.listen(store.engine, "connect", _unsynchronised)
    share(store.engine)


class Desk:
    """One service's migrated store, and people who work at it."""

    def __init__(self, service: str, url: str, clock: Clock | None = None) -> None:
        migrate(service, url)
        self.lenders: dict[str, str] = {}  # who acts for whom, of those who do not act for themselves
        self.store = Store.open(url, service=service, clock=clock, field_keys=RING)
        quicken(self.store)

    @contextmanager
    def work(
        self, role: str = "", actor: str = "somebody", on: date | None = None, *, unit: str = ""
    ) -> Iterator[Work]:
        """A committed unit of work by somebody in a role, for a body, on a day of a rehearsal."""
        lender = self.lenders.get(actor, "")
        context = Context(
            message_id=new_id(),
            actor=actor,
            role=role,
            on_behalf_of=unit,
            delegated_by=lender,
            rehearsal_date=on,
        )
        with self.store.transaction() as tx, tx.savepoint():
            yield tx.work(context)

    @contextmanager
    def asking(self) -> Iterator[list[str]]:
        """The statements that the database is asked meanwhile, what merely begins and ends left out."""
        said: list[str] = []

        def note(*given: Any) -> None:
            if given[2].startswith(("SELECT", "WITH")):
                said.append(given[2])

        sqlalchemy_event.listen(self.store.engine, "before_cursor_execute", note)
        try:
            yield said
        finally:
            sqlalchemy_event.remove(self.store.engine, "before_cursor_execute", note)

    def told(self, name: str) -> list[dict[str, Any]]:
        """What the outbox holds of an event, in order, as a consumer would load it."""
        outbox = self.store.tables.outbox
        with self.store.read() as work:
            rows = work.session.execute(
                select(outbox).where(outbox.c.name == name).order_by(outbox.c.id)
            ).all()
        return [
            load(once(event(row.name, row.version)), json.loads(self.store.reveal("outbox.data", row.data)))
            for row in rows
        ]

    def actions(self) -> list[str]:
        """What the audit log says was done, in order."""
        audit = self.store.tables.audit
        with self.store.read() as work:
            return list(work.session.execute(select(audit.c.action).order_by(audit.c.id)).scalars())

    def close(self) -> None:
        self.store.close()


def _unsynchronised(connection: Any, _record: Any) -> None:
    """No test takes the power away; the tests' PostgreSQL waits for no disk either."""
    connection.execute("PRAGMA synchronous = OFF")
