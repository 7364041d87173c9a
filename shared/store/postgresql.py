"""PostgreSQL through psycopg2, with savepoints that cost no round trip of their own.

A savepoint is only announced when it is set, and sent in front of the next statement, in the same message; a
release likewise. A batch of messages with a savepoint each then needs one round trip per message instead of
three. A savepoint in which nothing was executed never reaches the server.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import event
from sqlalchemy.dialects import registry
from sqlalchemy.dialects.postgresql.psycopg2 import PGDialect_psycopg2
from sqlalchemy.engine import Connection, Engine, ExecutionContext

DRIVER = "postgresql+zhiheng"
_PENDING = "zhiheng.pending"


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


def listen(engine: Engine) -> None:
    """Let an engine of this dialect send what waits, and forget it when the transaction ends."""
    event.listen(engine, "before_cursor_execute", _send_pending, retval=True)
    for name in ("begin", "commit", "rollback"):
        event.listen(engine, name, _forget_pending)


registry.register("postgresql.zhiheng", __name__, LazySavepoints.__name__)
