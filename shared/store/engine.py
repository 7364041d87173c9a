"""Engines: how a process connects to SQLite or PostgreSQL, and what guards each connection."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Engine, create_engine, event
from sqlalchemy.engine import URL, Connection, Dialect, make_url
from sqlalchemy.exc import OperationalError

from shared.store.errors import StoreBusyError, StoreError, worth_retrying

ConnectGuard = Callable[[], AbstractContextManager[object]]
WRITES = "zhiheng_writes"  # execution option: this transaction will write, so SQLite takes the lock at once


@dataclass(frozen=True)
class Limits:
    """How long a process waits, in seconds, and how many connections it keeps."""

    pool_size: int = 8
    pool_timeout: float = 10.0
    pool_recycle: int = 1800
    connect: float = 5.0
    statement: float = 15.0
    lock: float = 5.0
    idle_in_transaction: float = 60.0


def open_engine(
    url: str | URL,
    *,
    limits: Limits,
    application: str = "zhiheng",
    connect_guard: ConnectGuard | None = None,
    foreign_keys: bool = True,
) -> Engine:
    """An engine for `sqlite:///file` or `postgresql+psycopg2://…`. Raises StoreError for anything else.

    `connect_guard` is entered around each connecting: psycopg2 under a cooperative runtime ignores
    connect_timeout, so the runtime's own timeout has to do it.
    """
    parsed = make_url(url)
    if parsed.drivername in {"sqlite", "sqlite+pysqlite"}:
        return _open_sqlite(parsed, limits, foreign_keys=foreign_keys)
    if parsed.drivername in {"postgresql+psycopg2", "postgresql+zhiheng"}:
        return _open_postgresql(parsed, limits, application, connect_guard)
    raise StoreError(f"{parsed.drivername}: use sqlite:///file or postgresql+psycopg2://…")


def _open_postgresql(
    url: URL, limits: Limits, application: str, connect_guard: ConnectGuard | None
) -> Engine:
    from shared.store import postgresql  # driver and dialect, which a store on SQLite does without

    settings = {
        "statement_timeout": limits.statement,
        "lock_timeout": limits.lock,
        "idle_in_transaction_session_timeout": limits.idle_in_transaction,
    }
    options = " ".join(f"-c {name}={int(seconds * 1000)}" for name, seconds in settings.items())
    # Statements here take milliseconds. Where the planner takes one for dear, as it does many an OR of conditions with questions
    # of their own, compiling it takes longer than running it.
    options += " -c jit=off"
    engine = create_engine(
        url.set(drivername=postgresql.DRIVER),
        pool_size=limits.pool_size,
        max_overflow=0,
        pool_timeout=limits.pool_timeout,
        pool_recycle=limits.pool_recycle,
        pool_use_lifo=True,
        connect_args={
            "options": f"{options} -c timezone=UTC",
            "application_name": application,
            "connect_timeout": max(1, round(limits.connect)),
            "keepalives_idle": 10,
            "keepalives_interval": 5,
            "keepalives_count": 3,
            "tcp_user_timeout": 20_000,
        },
    )
    postgresql.listen(engine)
    if connect_guard is not None:
        guard = connect_guard

        def connect(dialect: Dialect, record: object, cargs: Any, cparams: Any) -> Any:
            with guard():
                return dialect.connect(*cargs, **cparams)

        event.listen(engine, "do_connect", connect)
    return engine


def _open_sqlite(url: URL, limits: Limits, *, foreign_keys: bool) -> Engine:
    if not url.database or url.database == ":memory:":
        raise StoreError("an embedded database is a file: sqlite:///path")
    engine = create_engine(
        url,
        pool_size=limits.pool_size,
        max_overflow=0,
        pool_timeout=limits.pool_timeout,
        # One connection at a time is used by one thread, but not always by the thread that opened it.
        connect_args={"check_same_thread": False, "timeout": limits.lock},
    )

    def prepare(connection: Any, record: object) -> None:
        connection.isolation_level = None  # the driver begins nothing by itself: `begin` below does
        cursor = connection.cursor()
        cursor.execute("PRAGMA journal_mode = WAL")
        cursor.execute(
            "PRAGMA synchronous = FULL"
        )  # what was acknowledged to the broker survives a power cut
        cursor.execute(f"PRAGMA foreign_keys = {'ON' if foreign_keys else 'OFF'}")
        # Writers wait in `begin`, in short steps that let others of this process run; this is for readers, who meet a
        # lock for moments only, when another process opens or closes the log.
        cursor.execute("PRAGMA busy_timeout = 100")
        cursor.close()

    def begin(connection: Connection) -> None:
        if connection.get_execution_options().get(WRITES):
            _begin_immediate(connection, limits.lock)
        else:
            connection.exec_driver_sql("BEGIN")

    event.listen(engine, "connect", prepare)
    event.listen(engine, "begin", begin)
    return engine


def _begin_immediate(connection: Connection, patience: float) -> None:
    """Become the database's one writer; another process may be it for the moment. Raises StoreBusyError."""
    deadline = time.monotonic() + patience
    pause = 0.001
    while True:
        try:
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        except OperationalError as error:
            if not worth_retrying(error):
                raise
            if time.monotonic() >= deadline:
                raise StoreBusyError(f"another process kept the writer's place for {patience} s") from error
        else:
            return
        time.sleep(pause)
        pause = min(pause * 2, 0.05)
