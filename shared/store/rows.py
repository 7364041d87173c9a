"""Sets of rows: what a transaction gathered goes to the database at once, what is old goes in steps.

PostgreSQL takes all sets in one message, each as arrays that `unnest` turns into rows: about half of what
multi-row VALUES cost (COPY would be cheaper still, but psycopg2 refuses it under a cooperative runtime).
SQLite has no round trips to save.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import UTC, date, datetime
from functools import cache
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ColumnElement,
    Date,
    Integer,
    Table,
    delete,
    select,
    tuple_,
)
from sqlalchemy.engine import Connection

from shared.store.columns import Instant

_STEP = 2000
Rows = Sequence[Mapping[str, Any]]


def insert_sets(connection: Connection, sets: Sequence[tuple[Table, Rows]]) -> None:
    """Insert rows of plain values; keys that are missing become NULL."""
    sets = [(table, rows) for table, rows in sets if rows]
    if not sets:
        return
    if connection.dialect.name == "postgresql":
        _insert_arrays(connection, sets)
        return
    for table, rows in sets:
        statement, names = _values_statement(table)
        connection.exec_driver_sql(
            statement, [tuple(_sqlite(row.get(name)) for name in names) for row in rows]
        )


def _insert_arrays(connection: Connection, sets: Sequence[tuple[Table, Rows]]) -> None:
    statements = []
    arrays: list[Any] = []
    for table, rows in sets:
        statement, names = _arrays_statement(table)
        statements.append(statement)
        arrays += [[row.get(name) for row in rows] for name in names]
    connection.exec_driver_sql("; ".join(statements), tuple(arrays))


@cache
def _arrays_statement(table: Table) -> tuple[str, tuple[str, ...]]:
    names = tuple(column.name for column in table.columns)
    arrays = ", ".join(f"%s::{_array_type(column)}[]" for column in table.columns)
    return f"INSERT INTO {table.name} ({', '.join(names)}) SELECT * FROM unnest({arrays})", names  # noqa: S608 - our own names


def _array_type(column: Column[Any]) -> str:
    for kind, name in (
        (Instant, "timestamptz"),
        (Date, "date"),
        (BigInteger, "bigint"),
        (Integer, "integer"),
        (Boolean, "boolean"),
    ):
        if isinstance(column.type, kind):
            return name
    return "text"


@cache
def _values_statement(table: Table) -> tuple[str, tuple[str, ...]]:
    names = tuple(column.name for column in table.columns)
    marks = ", ".join("?" for _ in names)
    return f"INSERT INTO {table.name} ({', '.join(names)}) VALUES ({marks})", names  # noqa: S608 - our own names


def _sqlite(value: Any) -> Any:
    if isinstance(value, datetime):
        return utc_text(value)
    return value.isoformat() if isinstance(value, date) else value


def delete_in_steps(
    writing: Callable[[], AbstractContextManager[Connection]], table: Table, condition: ColumnElement[bool]
) -> int:
    """Delete rows some thousand at a time, each step a transaction; gives how many.

    One large DELETE would meet the statement timeout, and in SQLite keep every writer out meanwhile.
    """
    keys = tuple(table.primary_key.columns)
    some = select(*keys).where(condition).limit(_STEP)
    gone = 0
    while True:
        with writing() as connection:
            step = connection.execute(delete(table).where(tuple_(*keys).in_(some))).rowcount
        gone += step
        if step < _STEP:
            return gone


def compact(value: object) -> str:
    """JSON without spaces, for columns that hold it as text."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def utc_text(moment: datetime) -> str:
    """An instant as SQLite keeps it: UTC, microseconds, no zone."""
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat(sep=" ", timespec="microseconds")
