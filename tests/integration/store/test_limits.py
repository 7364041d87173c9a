"""Limits: nothing waits for ever, and each failure is told by what to do about it."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest
from sqlalchemy.exc import DBAPIError, OperationalError

from deploy.local.postgres import PrivatePostgres
from shared.store import (
    DriverBlocksError,
    Limits,
    Store,
    StoreBusyError,
    StoreError,
    postgresql,
    unreachable,
    worth_retrying,
)
from shared.store.probe import Job, probe_concurrency
from tests.integration.store.conftest import OpenStore, column, take_note

SHORT = Limits(statement=0.2, lock=0.2, pool_timeout=0.2, pool_size=2)


def test_a_session_has_its_limits(postgresql_url: str, open_store: OpenStore) -> None:
    """PostgreSQL itself ends what takes too long; the clock of the session is UTC."""
    store = open_store(postgresql_url, limits=Limits(statement=7, lock=3, idle_in_transaction=11))
    names = (
        "statement_timeout",
        "lock_timeout",
        "idle_in_transaction_session_timeout",
        "timezone",
        "application_name",
    )
    found = [column(store, f"SHOW {name}")[0] for name in names]
    assert found == ["7s", "3s", "11s", "UTC", "zhiheng-tiny"]


def test_a_slow_statement_is_ended_and_worth_another_try(postgresql_url: str, open_store: OpenStore) -> None:
    """A statement timeout leaves the store usable."""
    store = open_store(postgresql_url, limits=SHORT)
    with pytest.raises(DBAPIError) as ended, store.reading() as connection:
        connection.exec_driver_sql("SELECT pg_sleep(30)")
    assert (worth_retrying(ended.value), unreachable(ended.value)) == (True, False)
    assert column(store, "SELECT 1") == [1]


def test_a_lock_that_is_not_given_up_is_worth_another_try(postgresql_url: str, open_store: OpenStore) -> None:
    """A claimer does not wait for ever for a transaction that hangs."""
    store, other = open_store(postgresql_url), open_store(postgresql_url, limits=SHORT)
    store.create_schema()
    with store.transaction() as tx:
        tx.claim("one", ["a"])
        with pytest.raises(DBAPIError) as ended, other.writing() as connection:
            connection.exec_driver_sql("INSERT INTO inbox VALUES ('one', 'a', now())")
    assert worth_retrying(ended.value)


def test_a_lost_connection_is_no_failed_attempt(postgresql_url: str, open_store: OpenStore) -> None:
    """A session that the server ended counts as unreachable, and the next transaction has a new one."""
    store, other = open_store(postgresql_url), open_store(postgresql_url)
    store.create_schema()
    with pytest.raises(DBAPIError) as ended, store.transaction() as tx:
        pid = tx.connection.exec_driver_sql("SELECT pg_backend_pid()").scalar_one()
        column(other, f"SELECT pg_terminate_backend({pid})")
        tx.connection.exec_driver_sql("SELECT 1")
    assert unreachable(ended.value)
    take_note(store, "a")


def test_a_connection_lost_while_idle_is_replaced_unseen(
    postgresql_url: str, open_store: OpenStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Connections that were left alone are tried before use: the server's restart fails no transaction."""
    monkeypatch.setattr(postgresql, "_FRESH_SECONDS", 0.0)
    store, other = open_store(postgresql_url), open_store(postgresql_url)
    pid = column(store, "SELECT pg_backend_pid()")[0]
    column(other, f"SELECT pg_terminate_backend({pid})")
    assert column(store, "SELECT pg_backend_pid()") != [pid]


def test_a_server_that_died_is_unreachable_until_it_is_back(
    private_postgres: PrivatePostgres, open_store: OpenStore
) -> None:
    """Killed and started again, the server keeps what was committed; in between every call says so."""
    store = open_store(private_postgres.url_for("intake"))
    store.create_schema()
    take_note(store, "a")
    private_postgres.kill()
    for attempt in (lambda: take_note(store, "b"), store.ping):
        with pytest.raises(DBAPIError) as ended:
            attempt()
        assert unreachable(ended.value)
    private_postgres.start_again()
    take_note(store, "c")
    assert store.ping() >= 0
    assert column(store, "SELECT subject FROM outbox ORDER BY id") == ["a", "c"]


def test_a_pool_without_a_free_connection_is_unreachable(postgresql_url: str, open_store: OpenStore) -> None:
    """Who waits too long for a connection learns it; the sign of life has a connection of its own."""
    store = open_store(postgresql_url, limits=SHORT)
    with store.reading(), store.reading():
        with pytest.raises(Exception, match="QueuePool") as ended:
            column(store, "SELECT 1")
        assert unreachable(ended.value)
        assert store.ping() >= 0


def test_connecting_is_guarded(postgresql_url: str, open_store: OpenStore) -> None:
    """The runtime's timeout lies around each connecting, and its error comes through."""
    guarded: list[str] = []

    @contextmanager
    def guard() -> Iterator[None]:
        guarded.append("in")
        if len(guarded) > 1:
            raise TimeoutError("the runtime's own")
        yield

    store = open_store(postgresql_url, connect_guard=guard)
    assert column(store, "SELECT 1") == [1]
    with pytest.raises(TimeoutError), store.reading():
        column(store, "SELECT 1")


def test_a_busy_writer_is_said_so(sqlite_url: str, open_store: OpenStore) -> None:
    """SQLite: another process that keeps the writer's place ends the wait with an error that asks for another try."""
    store = open_store(sqlite_url, limits=SHORT)
    store.create_schema()
    foreign = sqlite3.connect(sqlite_url.removeprefix("sqlite:///"), isolation_level=None)
    try:
        foreign.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreBusyError) as ended:
            take_note(store, "a")
        assert worth_retrying(ended.value)
    finally:
        foreign.close()
    take_note(store, "a")


def test_writers_of_one_process_take_turns(
    sqlite_url: str, open_store: OpenStore, pool: ThreadPoolExecutor
) -> None:
    """SQLite: threads and a second process write one after the other, none fails."""
    store, other = open_store(sqlite_url), open_store(sqlite_url)
    store.create_schema()
    jobs = [pool.submit(take_note, store if n % 2 else other, f"n{n}", f"m{n}") for n in range(40)]
    assert len({job.result(timeout=60) for job in jobs}) == 40


def test_an_embedded_database_keeps_what_it_acknowledged(sqlite_url: str, open_store: OpenStore) -> None:
    """SQLite: write-ahead log, foreign keys, and a sync at each commit."""
    store = open_store(sqlite_url)
    pragmas = [column(store, f"PRAGMA {name}")[0] for name in ("journal_mode", "foreign_keys", "synchronous")]
    assert pragmas == ["wal", 1, 2]


@pytest.mark.parametrize("url", ["sqlite://", "sqlite:///:memory:", "mysql://h/d", "postgresql://h/d"])
def test_other_databases_are_refused(url: str, open_store: OpenStore) -> None:
    """In memory, another product, or a driver that would block the runtime: none is opened."""
    with pytest.raises(StoreError):
        open_store(url)


def test_threads_that_wait_do_not_block_each_other(
    postgresql_url: str, open_store: OpenStore, pool: ThreadPoolExecutor
) -> None:
    """With a runtime that really runs jobs at the same time the probe passes."""

    def in_parallel(*jobs: Job) -> None:
        for future in [pool.submit(job) for job in jobs]:
            future.result(timeout=60)

    probe_concurrency(open_store(postgresql_url).engine, in_parallel)


def test_a_runtime_that_waits_in_line_is_found(postgresql_url: str, open_store: OpenStore) -> None:
    """One job after the other, as behind a driver that blocks: the probe says so."""

    def one_after_the_other(*jobs: Job) -> None:
        for job in jobs:
            job()

    with pytest.raises(DriverBlocksError):
        probe_concurrency(open_store(postgresql_url).engine, one_after_the_other)


def test_a_failing_statement_is_neither(store: Store) -> None:
    """A wrong statement is a fault of ours: not worth another try, and the database is there."""
    with pytest.raises(DBAPIError) as failed, store.reading() as connection:
        connection.exec_driver_sql("SELECT nothing FROM nowhere")
    assert isinstance(failed.value, OperationalError | DBAPIError)
    assert (worth_retrying(failed.value), unreachable(failed.value)) == (False, False)
