"""Hand-overs between services: a lost event, a changed one and an invented one are found from the two audit logs."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

import pytest

from shared.clock import FixedClock
from shared.store import OutboxRow, Receipt, Store, check_handovers
from shared.store.verify import main, verify_services
from tests.integration.store.conftest import OpenStore, context, take_note
from tests.integration.store.test_seals import run, unguard

NOTHING = timedelta(0)


@dataclass(frozen=True)
class Pair:
    """Two services with a database each; what one publishes the other receives."""

    tiny: Store
    reader: Store
    urls: dict[str, str]
    clock: FixedClock

    @property
    def stores(self) -> list[Store]:
        return [self.tiny, self.reader]

    def relay(self) -> list[OutboxRow]:
        """Publish all that waits."""
        with self.tiny.outbox.batch(100) as batch:
            batch.mark(row.id for row in batch.rows)
        return batch.rows

    def receive(self, row: OutboxRow, body: bytes | None = None, *, cycle_id: str = "c1") -> None:
        """Handle an event as a handler does."""
        receipt = Receipt(row.source, row.name, self.reader.digest_of(body or row.body))
        with self.reader.transaction() as tx:
            tx.claim("reader.tiny.note.taken", [row.id])
            tx.work(context(row.id), receipt=receipt).audit("note:read", row.subject, cycle_id=cycle_id)

    def settle(self) -> None:
        """Seal both logs and let the grace pass."""
        for store in self.stores:
            store.sealer.seal_all()
        self.clock.move(timedelta(minutes=2))


@pytest.fixture
def pair(
    new_database: Callable[[str], str], open_store: OpenStore, clock: FixedClock, database_url: str
) -> Pair:
    kind = "sqlite" if database_url.startswith("sqlite") else "postgresql"
    urls = {"tiny": database_url, "reader": new_database(kind)}
    stores = {name: open_store(url, service=name) for name, url in urls.items()}
    for store in stores.values():
        store.create_schema()
    return Pair(stores["tiny"], stores["reader"], urls, clock)


def found(pair: Pair, cycle_id: str | None = None) -> list[tuple[str, str]]:
    return [(problem.service, problem.kind) for problem in check_handovers(pair.stores, cycle_id).problems]


def test_what_arrived_whole_is_in_order(pair: Pair) -> None:
    """Each event that both sides know with one digest counts as compared, within its cycle."""
    take_note(pair.tiny, "a")
    take_note(pair.tiny, "b", "m2", cycle_id="c2")
    for row in pair.relay():
        pair.receive(row)
    pair.settle()
    report = check_handovers(pair.stores)
    assert (report.intact, report.compared, report.under_way) == (True, 2, 0)
    assert check_handovers(pair.stores, "c1").compared == 1


def test_an_event_that_never_arrived_is_found(pair: Pair) -> None:
    """A published event without a trace at a service that hears such events is missing, once the grace is over."""
    take_note(pair.tiny, "a")
    take_note(pair.tiny, "b", "m2", cycle_id="c2")
    first, _lost = pair.relay()
    pair.receive(first)
    assert check_handovers(pair.stores).under_way == 1
    pair.settle()
    assert found(pair) == [("reader", "handover_missing")]
    assert found(pair, "c1") == []
    assert found(pair, "c2") == [("reader", "handover_missing")]


def test_an_event_in_the_outbox_is_under_way(pair: Pair) -> None:
    """However long a broker is away, what waits for it is not lost."""
    take_note(pair.tiny, "a")
    (first,) = pair.relay()
    pair.receive(first)
    take_note(pair.tiny, "b", "m2")
    pair.settle()
    report = check_handovers(pair.stores)
    assert (report.intact, report.compared, report.under_way) == (True, 1, 1)


def test_who_must_hear_can_be_said(pair: Pair) -> None:
    """With a list of consumers even the only event of its name is missed."""
    take_note(pair.tiny, "a")
    pair.relay()
    pair.settle()
    assert check_handovers(pair.stores).intact
    told = check_handovers(pair.stores, hears={"tiny/note.taken": frozenset({"reader", "absent"})})
    assert [(problem.service, problem.kind) for problem in told.problems] == [("reader", "handover_missing")]


def test_a_payload_that_changed_on_the_way_is_found(pair: Pair) -> None:
    """The consumer's digest of the body is not the publisher's."""
    take_note(pair.tiny, "a")
    (row,) = pair.relay()
    pair.receive(row, b'{"title":"b"}')
    pair.settle()
    assert found(pair) == [("reader", "handover_changed")]


def test_an_event_that_nobody_published_is_found(pair: Pair) -> None:
    """A forged event, or one whose publisher erased it together with its seals, has one side only."""
    event_id = take_note(pair.tiny, "a")
    (row,) = pair.relay()
    pair.receive(row)
    unguard(pair.tiny)
    run("DELETE FROM audit")(pair.tiny)
    run("DELETE FROM audit_pending")(pair.tiny)
    assert pair.tiny.verify().intact
    (problem,) = check_handovers(pair.stores, "c1").problems
    assert (problem.service, problem.kind, problem.where) == (
        "reader",
        "handover_unknown",
        f"event {event_id}",
    )


def test_broken_columns_do_no_harm(pair: Pair) -> None:
    """What is no longer readable is left to the seals, which find it."""
    take_note(pair.tiny, "a")
    (row,) = pair.relay()
    pair.receive(row)
    pair.settle()
    for store in pair.stores:
        unguard(store)
    run("UPDATE audit SET published = '{'")(pair.tiny)
    run("UPDATE audit SET received = '[1]'")(pair.reader)
    report = verify_services(pair.urls)
    assert [problem.kind for problem in report.problems] == ["changed", "changed"]


def test_the_command_says_what_is_broken_and_ends_with_one(
    pair: Pair, capsys: pytest.CaptureFixture[str]
) -> None:
    """One line per service, one for the links, one per problem; 0 if all is intact, else 1."""
    take_note(pair.tiny, "a")
    (row,) = pair.relay()
    pair.receive(row)
    pair.settle()
    services = [f"--service={name}={url}" for name, url in pair.urls.items()]
    assert main(services) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split("\t")[:2] for line in lines] == [
        ["tiny", "完好"],
        ["reader", "完好"],
        ["服务间交接", "完好"],
    ]
    unguard(pair.reader)
    run("UPDATE audit SET actor = 'mallory'")(pair.reader)
    assert main([*services, "--cycle=c1"]) == 1
    assert "审计记录被改动" in capsys.readouterr().out
    assert main([*services, "--json"]) == 1
    told = json.loads(capsys.readouterr().out)
    assert (told["intact"], told["services"][1]["problems"][0]["kind"]) == (False, "changed")
