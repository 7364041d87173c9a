"""The two services that `deploy.benchmarks.events` runs, on real contracts: intake publishes, review takes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sqlalchemy import Column, MetaData, String, Table, event, insert
from sqlalchemy.engine import Connection

from deploy.benchmarks import peers_work as work_
from shared.bus import Received, Service, on_event
from shared.contracts import Context, load
from shared.contracts.events import ApplicationAccepted, ApplicationStopped
from shared.store import Store

_ACCEPTED = ApplicationAccepted()
FOLDER = Path(__file__).parent / "migrations"
STOPPED = {
    "status": "not_awarded",
    "stopped_at": "document_review",
    "reason_zh": "未列入现场评审名单",
    "reason_en": "not on the list for the site review",
}
TAKEN = Table(
    "taken",
    MetaData(),
    Column("application_id", String(64), primary_key=True),
    Column("cycle_id", String(64), nullable=False),
    Column("name", String(200), nullable=False),
    Column("category", String(20)),
    Column("dossier_digest", String(80), nullable=False),
)

_TAKE = insert(TAKEN)


def accept(store: Store, count: int, of: int) -> None:
    """One transaction of the producer: so many accepted applications, each a work of its own, published with it."""
    with store.transaction() as tx:
        for _ in range(count):
            name = store.new_id()
            work = tx.work(Context(message_id=name, correlation_id=name, actor="bench", role="award_office"))
            data = load(_ACCEPTED, work_.message(name, of))  # python values, as a service has them
            work.publish(ApplicationAccepted, data, subject=f"application/{name}")


class Committed:
    """Tells a meter what is committed: the pool gets a connection back right after the commit."""

    def __init__(self, store: Store) -> None:
        self._meter = work_.Meter()
        self._waiting: dict[object, list[tuple[int, int]]] = {}  # by the driver's connection
        event.listen(
            store.engine, "rollback", lambda connection: self._waiting.pop(_driver(connection), None)
        )
        event.listen(store.engine, "checkin", lambda driver, record: self._report(driver))

    def note(self, connection: Connection, message: tuple[int, int]) -> None:
        """This one is handled, but not committed yet."""
        self._waiting.setdefault(_driver(connection), []).append(message)

    def _report(self, driver: object) -> None:
        done = self._waiting.pop(driver, None)
        if done:
            self._meter.handled(done)


def _driver(connection: Connection) -> object:
    return connection.connection.dbapi_connection


class Producer(Service):
    """Intake as far as the benchmark needs it: its outbox, its relay, and a queue for what comes back."""

    name = "intake"
    migrations = FOLDER

    @on_event(ApplicationStopped, publisher="review")
    def stopped(self, work: Any, received: Received) -> None:
        """Never runs: only this service's relay does."""


class Consumer(Service):
    """Review as far as the benchmark needs it: a business row, an audit row and an event for each event."""

    name = "review"
    migrations = FOLDER
    committed: Committed | None = None

    @on_event(ApplicationAccepted, publisher="intake")
    def accepted(self, work: Any, received: Received) -> None:
        data = received.data
        application, cycle = data["application_id"], data["cycle_id"]
        row = {
            "application_id": application,
            "cycle_id": cycle,
            "name": data["dossier"]["name"],
            "category": data["dossier"]["category"],
            "dossier_digest": data["dossier_digest"],
        }
        work.session.execute(_TAKE, row)
        work.audit("application:take", f"application/{application}", after=row, cycle_id=cycle)
        told = {"cycle_id": cycle, "application_id": application, **STOPPED}
        work.publish(ApplicationStopped, told, subject=f"application/{application}")
        if Consumer.committed is None:
            Consumer.committed = Committed(self.store)
        Consumer.committed.note(work.connection, work_.phase_of(data))
