"""The five real services in one process, in front of a gateway: what one publishes the others hear when a test says so."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sqlalchemy import select

from services.committee.service import Committee
from services.eligibility.service import Eligibility
from services.incentives.service import Incentives
from services.intake.service import Intake
from services.review.service import Review
from shared.bus.declarations import Received, Subscription
from shared.bus.service import entrypoints
from shared.clock import Clock
from shared.config import Settings
from shared.contracts import Context, event, load
from shared.identifiers import new_id
from tests.support.gateway import Bench, InProcess, make_bench
from tests.support.handlers import RealServices
from tests.support.works import Desk

_CLASSES = (Intake, Eligibility, Review, Committee, Incentives)


class House:
    """All services on stores of their own, each call in a transaction of its own. `outside` handlers ask nobody here."""

    def __init__(self, folder: Path, clock: Clock) -> None:
        self.clock = clock
        self.desks = {
            each.name: Desk(each.name, f"sqlite:///{folder / each.name}.db", clock) for each in _CLASSES
        }
        self.services = RealServices(_CLASSES, self.desks, clock, Settings())
        self.do = self.services.do
        self._heard: set[tuple[str, str]] = set()
        self.bench: Bench = make_bench(folder, InProcess(self.services.answer), clock=clock)

    def hear(self) -> None:
        """Let every service hear what the others have said, until nobody says anything new."""
        new = True
        while new:
            new = sum(self._hear_from(publisher) for publisher in self.desks) > 0

    def _hear_from(self, publisher: str) -> bool:
        store = self.desks[publisher].store
        outbox = store.tables.outbox
        with store.read() as work:
            rows = work.session.execute(select(outbox).order_by(outbox.c.id)).all()
        new = [row for row in rows if (publisher, row.id) not in self._heard]
        for row in new:
            self._heard.add((publisher, row.id))
            data = load(event(row.name, row.version)(), json.loads(store.reveal("outbox.data", row.data)))
            said = Received(
                data, row.name, row.version, publisher, row.subject, self.clock.now().isoformat(),
                Context(message_id=new_id(), actor="system", role=""),
            )  # fmt: skip
            for name, handler in self._hearing(publisher, row.name):
                with self.desks[name].store.transaction() as tx, tx.savepoint():
                    handler(self.services.made[name], tx.work(said.context), said)
        return bool(new)

    def _hearing(self, publisher: str, name: str) -> Iterator[tuple[str, Any]]:
        """Who hears an event inside a transaction: a service and its handler."""
        for service in self.services.made.values():
            for attribute, entrypoint in entrypoints(type(service)):
                heard = entrypoint.declared
                if not isinstance(heard, Subscription) or heard.outside:
                    continue
                if (heard.publisher, heard.event.NAME) == (publisher, name):
                    yield service.name, getattr(type(service), attribute)

    def close(self) -> None:
        """Close every store."""
        for desk in self.desks.values():
            desk.close()
        self.bench.store.close()
