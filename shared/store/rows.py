"""Sets of rows in one statement: what a transaction gathered goes to the database at once."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import cache
from typing import Any

from sqlalchemy import Table
from sqlalchemy.engine import Connection


def insert_rows(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows as one set. Values are those of the column types; keys that are missing become NULL."""
    if rows:
        names = [column.name for column in table.columns]
        connection.execute(table.insert(), [{name: row.get(name) for name in names} for row in rows])


def compact(value: object) -> str:
    """JSON without spaces, for columns that hold it as text."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


@cache
def place_of(table: str, column: str) -> str:
    """What an encrypted value of the platform's own columns is tied to."""
    return f"{table}.{column}"


def utc_text(moment: datetime) -> str:
    """An instant as both databases read it in a raw statement."""
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat(sep=" ", timespec="microseconds")
