"""PostgreSQL through psycopg2, with savepoints that cost no round trip of their own.

A savepoint is only announced when it is set, and sent in front of the next statement, in the same message; a
release likewise. A batch of messages with a savepoint each then needs one round trip per message instead of
three. A savepoint in which nothing was executed never reaches the server.
"""

from __future__ import annotations

import time
from typing import Any

import psycopg2
from sqlalchemy import event
from sqlalchemy.dialects import registry
from sqlalchemy.dialects.postgresql.psycopg2 import PGDialect_psycopg2
from sqlalchemy.engine import Connection, Engine, ExecutionContext
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import InvalidatePoolError
from sqlalchemy.pool import ConnectionPoolEntry, PoolProxiedConnection

DRIVER = "postgresql+zhiheng"
_PENDING = "zhiheng.pending"
_USED = "zhiheng.used"
_FRESH_SECONDS = 1.0


class LazySavepoints(PGDialect_psycopg2):
    """psycopg2's dialect; SAVEPOINT and RELEASE wait for the next statement."""

    supports_statement_cache = True

    def do_savepoint(self, connection: Connection, name: str) -> None:
        _pending(connection).append(f"SAVEPOINT {name}")

    def do_release_savepoint(self, connection: Connection, name: str) -> None:
        pending = _pending(connection)
        if pending and pending[-1] == f"SAVEPOINT {name}":
            pending.pop()
        else:
            pending.append(f"RELEASE SAVEPOINT {name}")

    def do_rollback_to_savepoint(self, connection: Connection, name: str) -> None:
        pending = _pending(connection)
        announced = f"SAVEPOINT {name}"
        if announced in pending:  # nothing was executed since
            del pending[pending.index(announced) :]
            return
        pending.clear()  # releases of inner savepoints are moot
        connection.exec_driver_sql(f"ROLLBACK TO SAVEPOINT {name}; RELEASE SAVEPOINT {name}")


def announce(connection: Connection, statement: str) -> None:
    """Send a statement that gives no rows in front of the next one, in the same message."""
    _pending(connection).append(statement)


def _pending(connection: Connection) -> list[str]:
    found: list[str] = connection.info.setdefault(_PENDING, [])
    return found


def _send_pending(
    conn: Connection,
    cursor: Any,
    statement: str,
    parameters: Any,
    context: ExecutionContext | None,
    executemany: bool,
) -> tuple[str, Any]:
    pending: list[str] | None = conn.info.get(_PENDING)
    if not pending:
        return statement, parameters
    first = "; ".join(pending)
    pending.clear()
    if executemany or getattr(context, "_is_server_side", False):
        # Sets are split by the driver and named cursors are wrapped in DECLARE: both need a statement of
        # their own.
        cursor_of_its_own = conn.connection.cursor()
        try:
            cursor_of_its_own.execute(first)
        finally:
            cursor_of_its_own.close()
        return statement, parameters
    return f"{first}; {statement}", parameters


def _forget_pending(conn: Connection) -> None:
    if not conn.invalidated:  # a lost connection took its list along
        conn.info.pop(_PENDING, None)


def _note_use(connection: DBAPIConnection | None, record: ConnectionPoolEntry) -> None:
    record.info[_USED] = time.monotonic()


def _ping_if_idle(
    connection: DBAPIConnection, record: ConnectionPoolEntry, proxy: PoolProxiedConnection
) -> None:
    """What pool_pre_ping does, but only for a connection that was left alone: a ping costs a round trip."""
    if time.monotonic() - record.info.get(_USED, 0.0) < _FRESH_SECONDS:
        return
    cursor = connection.cursor()
    try:
        cursor.execute("SELECT 1")
        connection.rollback()
    except psycopg2.Error as error:
        raise InvalidatePoolError("the connection was lost while it was idle") from error
    finally:
        cursor.close()


def listen(engine: Engine) -> None:
    """Let an engine of this dialect send what waits, forget it when the transaction ends, and find lost connections."""
    event.listen(engine, "connect", _note_use)
    event.listen(engine, "checkin", _note_use)
    event.listen(engine, "checkout", _ping_if_idle)
    event.listen(engine, "before_cursor_execute", _send_pending, retval=True)
    for name in ("begin", "commit", "rollback"):
        event.listen(engine, name, _forget_pending)


registry.register("postgresql.zhiheng", __name__, LazySavepoints.__name__)
