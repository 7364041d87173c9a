"""Databases at a service's newest revision, in a fraction of the time that its migrations take.

A service's migrations run once per kind of database and worker; what they changed is written down on the way, and every
further database is given the same statements in one go. The migrations themselves are tested where they are run.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any

import psycopg2
from sqlalchemy import URL, Engine, event, make_url

from shared.store.migrate import upgrade

_READS = ("SELECT", "PRAGMA")
_known: dict[tuple[str, str], str] = {}


def migrate(service: str, url: str) -> None:
    """Bring an empty database to the newest revision."""
    address = make_url(url)
    kind = address.get_backend_name()
    script = _known.get((service, kind))
    if script is None:
        with _written_down() as statements:
            upgrade(service, url)
        _known[service, kind] = ";\n".join(statements)
    elif kind == "sqlite":
        with closing(sqlite3.connect(address.database or "")) as connection:
            connection.executescript(f"PRAGMA synchronous=OFF;\n{script};\nCOMMIT;")
    else:
        _on_postgresql(address, script)


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
