"""Databases at a service's newest revision, in a fraction of the time that its migrations take.

A service's migrations run once per kind of database and worker. On PostgreSQL what they changed is written down on the way,
and every further database is given the same statements in one go, unless one that a test has left can be had
(tests/support/databases.py). On SQLite the file is copied. The migrations themselves are tested where they are run.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import psycopg2
from sqlalchemy import URL, Engine, event, make_url

from shared.store.migrate import upgrade
from tests.support.databases import databases_at

_READS = ("SELECT", "PRAGMA")
_scripts: dict[str, str] = {}  # by service
_files: dict[str, bytes] = {}


def migrate(service: str, url: str) -> None:
    """Bring an empty database to the newest revision."""
    address = make_url(url)
    if address.get_backend_name() == "sqlite":
        _on_sqlite(service, url, Path(address.database or ""))
        return
    databases, name = databases_at(address.port), address.database or ""
    if databases is not None and databases.migrated(service, name):
        return
    if service in _scripts:
        _on_postgresql(address, _scripts[service])
    else:
        with _written_down() as statements:
            upgrade(service, url)
        _scripts[service] = ";\n".join(statements)
    if databases is not None:
        databases.was_migrated(service, name)


def _on_sqlite(service: str, url: str, path: Path) -> None:
    if service not in _files:
        upgrade(service, url)
        with closing(sqlite3.connect(path)) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        _files[service] = path.read_bytes()
    elif path.exists():
        raise FileExistsError(path)
    else:
        path.write_bytes(_files[service])


def _on_postgresql(address: URL, script: str) -> None:
    plain = address.set(drivername="postgresql").render_as_string(hide_password=False)
    with closing(psycopg2.connect(plain)) as connection, connection, connection.cursor() as cursor:
        cursor.execute(script, {})  # with parameters, as SQLAlchemy executes: a doubled % is one


@contextmanager
def _written_down() -> Iterator[list[str]]:
    """What changes a database meanwhile, in order."""
    statements: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        reads = statement.lstrip().upper().startswith(_READS)
        if not reads and not parameters:  # those with parameters move rows, and an empty database has none
            statements.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        event.remove(Engine, "before_cursor_execute", note)
