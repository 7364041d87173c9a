"""The five real services in one process, in front of a gateway: what one publishes the others hear when a test says so."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from sqlalchemy import select

from services.committee.service import Committee
from services.eligibility.service import Eligibility
from services.incentives.service import Incentives
from services.intake.service import Intake
from services.review.service import Review
from shared.bus.declarations import Received, Subscription
from shared.clock import Clock
from shared.config import Settings
from shared.contracts import Context, dump, event, load, operation
from shared.identifiers import new_id
from tests.support.gateway import Bench, InProcess, make_bench
from tests.support.works import Desk

_CLASSES = (Intake, Eligibility, Review, Committee, Incentives)
_ENTRYPOINTS = "nameko_entrypoints"


class House:
    """All services on stores of their own, each call in a transaction of its own. `outside` handlers ask nobody here."""

    def __init__(self, folder: Path, clock: Clock) -> None:
        self.clock = clock
        self.desks = {
            each.name: Desk(each.name, f"sqlite:///{folder / each.name}.db", clock) for each in _CLASSES
        }
        self.services: dict[str, Any] = {}
        for each in _CLASSES:
            service: Any = each()
            service.settings, service.store = Settings(), self.desks[each.name].store
            self.services[each.name] = service
        self._heard: set[tuple[str, str]] = set()
        self.bench: Bench = make_bench(folder, InProcess(self.answer), clock=clock)

    def answer(self, service: str, method: str, data: Mapping[str, Any], context: Context) -> dict[str, Any]:
        """What a service answers, its request and its reply held to their contract."""
        asked = operation(service, method)
        handler = getattr(self.services[service], method)
        with self.desks[service].store.transaction() as tx, tx.savepoint():
            return dump(asked.reply(), handler(tx.work(context), load(asked.request(), dict(data))))

    def by(self, role: str, actor: str, asked: str, /, **data: Any) -> dict[str, Any]:
        """What somebody does who is not in front of a page."""
        service, _, method = asked.partition(".")
        return self.answer(service, method, data, Context(message_id=new_id(), actor=actor, role=role))

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
                    handler(self.services[name], tx.work(said.context), said)
        return bool(new)

    def _hearing(self, publisher: str, name: str) -> Iterator[tuple[str, Any]]:
        """Who hears an event inside a transaction: a service and its handler."""
        for service in self.services.values():
            for attribute in dir(type(service)):
                handler = getattr(type(service), attribute)
                for each in getattr(handler, _ENTRYPOINTS, None) or ():
                    heard = each.declared
                    if not isinstance(heard, Subscription) or heard.outside:
                        continue
                    if (heard.publisher, heard.event.NAME) == (publisher, name):
                        yield service.name, handler

    def close(self) -> None:
        """Close every store."""
        for desk in self.desks.values():
            desk.close()
        self.bench.store.close()
