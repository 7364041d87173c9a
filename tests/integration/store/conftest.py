"""Stores on both databases, with the schema of the tiny service."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from datetime import datetime
from typing import Any

import pytest

from shared.clock import SHANGHAI, FixedClock
from shared.contracts.context import Context
from shared.store import KeyRing, Store
from tests.support.tiny.models import NoteTaken, metadata

OpenStore = Callable[..., Store]


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(datetime(2026, 11, 20, 9, 30, tzinfo=SHANGHAI))


@pytest.fixture
def ring() -> KeyRing:
    return KeyRing.parse(KeyRing.generate())


@pytest.fixture
def open_store(clock: FixedClock, ring: KeyRing) -> Iterator[OpenStore]:
    """Opens stores that are closed after the test."""
    with ExitStack() as stack:

        def open_(url: str, service: str = "tiny", **options: Any) -> Store:
            store = Store.open(url, service=service, **({"clock": clock, "field_keys": ring} | options))
            stack.callback(store.close)
            return store

        yield open_


@pytest.fixture
def store(database_url: str, open_store: OpenStore) -> Store:
    """A store with the tiny service's tables; the test runs once on each database."""
    store = open_store(database_url)
    store.create_schema(metadata)
    return store


@pytest.fixture
def other(store: Store, database_url: str, open_store: OpenStore) -> Store:
    """The same database as another process sees it."""
    return open_store(database_url)


@pytest.fixture
def pool() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(4) as executor:
        yield executor


def context(message_id: str = "m1", **values: Any) -> Context:
    return Context(message_id, **({"actor": "alice", "role": "award_office"} | values))


def take_note(store: Store, title: str, message_id: str = "m1", *, cycle_id: str | None = "c1") -> str:
    """One transaction that publishes an event and leaves an audit entry; gives the event's id."""
    with store.transaction() as tx:
        work = tx.work(context(message_id))
        work.audit("note:take", title, after={"title": title}, cycle_id=cycle_id)
        return work.publish(NoteTaken, {"title": title, "cycle_id": cycle_id}, subject=title)


def column(store: Store, statement: str) -> list[Any]:
    """The first column of what a plain statement gives."""
    with store.reading() as connection:
        return list(connection.exec_driver_sql(statement).scalars())
