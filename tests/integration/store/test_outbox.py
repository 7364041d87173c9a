"""The outbox: nothing that was committed is lost on the way to the broker, whatever the relays do."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest

from shared.clock import FixedClock
from shared.store import Store
from tests.integration.store.conftest import OpenStore, column, take_note


def take_notes(store: Store, count: int) -> list[str]:
    return [take_note(store, f"n{number}", f"m{number}") for number in range(count)]


def test_rows_come_in_the_order_of_their_commits(store: Store) -> None:
    """A batch holds the oldest waiting events, whole: attributes, body and context."""
    ids = take_notes(store, 3)
    with store.outbox.batch(2) as batch:
        assert [row.id for row in batch.rows] == ids[:2]
        row = batch.rows[0]
    assert (row.name, row.version, row.source, row.subject) == ("note.taken", 1, "tiny", "n0")
    assert row.time == store.clock.now()
    assert json.loads(row.body) == {"cycle_id": "c1", "title": "n0"}
    assert row.headers["causationid"] == "m0"


def test_only_what_was_marked_is_gone(store: Store) -> None:
    """An event that was not confirmed is in the next batch again."""
    ids = take_notes(store, 3)
    with store.outbox.batch(10) as batch:
        batch.mark([ids[0], ids[2]])
    with store.outbox.batch(10) as batch:
        assert [row.id for row in batch.rows] == [ids[1]]
    assert store.outbox.waiting() == 1


def test_marks_survive_a_failing_relay(store: Store) -> None:
    """What was confirmed before the relay failed is not published again."""
    ids = take_notes(store, 2)
    with pytest.raises(ConnectionError), store.outbox.batch(10) as batch:
        batch.mark([ids[0]])
        raise ConnectionError
    assert [row.id for row in store.outbox.take(10)] == [ids[1]]


def test_a_body_is_no_clear_text(store: Store) -> None:
    """A waiting event may hold personal data: the database sees none of it."""
    take_note(store, "张三")
    assert "张三" not in "".join(column(store, "SELECT data FROM outbox"))


def test_two_relays_publish_everything(store: Store, other: Store, pool: ThreadPoolExecutor) -> None:
    """Two relays that run at once lose no event; in PostgreSQL neither gives the other's events a second time."""
    ids = take_notes(store, 40)
    start = Barrier(2)

    def relay(mine: Store) -> list[str]:
        sent: list[str] = []
        start.wait()
        while True:
            with mine.outbox.batch(3) as batch:
                batch.mark(row.id for row in batch.rows)
                sent += [row.id for row in batch.rows]
            if not batch.rows:
                return sent

    sent = [
        each for future in [pool.submit(relay, one) for one in (store, other)] for each in future.result(60)
    ]
    assert set(sent) == set(ids)
    assert store.outbox.waiting() == 0
    if store.engine.dialect.name == "postgresql":
        assert sorted(sent) == ids


def test_a_batch_in_hand_is_skipped_by_other_relays(postgresql_url: str, open_store: OpenStore) -> None:
    """PostgreSQL: while one relay holds rows another one gets the next ones, without waiting."""
    store, other = open_store(postgresql_url), open_store(postgresql_url)
    store.create_schema()
    ids = take_notes(store, 4)
    with store.outbox.batch(2) as mine, other.outbox.batch(2) as theirs:
        assert [row.id for row in mine.rows] == ids[:2]
        assert [row.id for row in theirs.rows] == ids[2:]


def test_nothing_is_locked_while_a_relay_publishes(sqlite_url: str, open_store: OpenStore) -> None:
    """SQLite: while a batch is in hand both this process and another one can write."""
    store, other = open_store(sqlite_url), open_store(sqlite_url)
    store.create_schema()
    take_notes(store, 1)
    with store.outbox.batch(10) as batch:
        take_note(store, "mine", "m8")
        take_note(other, "theirs", "m9")
        batch.mark(row.id for row in batch.rows)
    assert store.outbox.waiting() == 2


def test_the_oldest_age_is_that_of_the_first_waiting_event(store: Store, clock: FixedClock) -> None:
    """Seconds since the oldest waiting event, 0 where none waits."""
    assert store.outbox.oldest_age() == 0
    first = take_note(store, "a")
    clock.move(timedelta(seconds=30))
    take_note(store, "b", "m2")
    clock.move(timedelta(seconds=5))
    assert store.outbox.oldest_age() == 35
    store.outbox.mark([first])
    assert store.outbox.oldest_age() == 5
