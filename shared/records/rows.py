"""What a service has of an application or of a cycle, as plain JSON, page by page: the rows of its declared tables."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, Row, Table, and_, func, select

from shared.identifiers.digests import plain
from shared.problems import Invalid
from shared.records.keeping import Keeping, hidden

if TYPE_CHECKING:
    from shared.store import Work

PAGE = 500  # rows in one reply
BYTES = 2 << 20  # characters of one reply, so that it stays far below what a broker carries
START = ""


def packed(
    work: Work, keeping: Keeping, cycle_id: str, application_id: str | None, after: str = START
) -> dict[str, Any]:
    """One page of the rows of an application, or of a cycle's own where none is named.

    `after` is what the page before gave as `next`, which is None on the last one. Raises Invalid for any other.
    """
    tables = list(keeping.of_cycles() if application_id is None else keeping.of_applications())
    index, offset = _place(after, len(tables))
    found: list[dict[str, Any]] = []
    room = _Room(PAGE, BYTES)
    while index < len(tables):
        table = tables[index]
        scope = _scope(keeping, table, cycle_id, application_id)
        if table.name in keeping.counted:
            found.append({"table": table.name, "rows": _counted(work, keeping, table, scope)})
            index, offset = index + 1, 0
            continue
        rows, whole = _taken(table, _rows(work, table, scope, offset, room.rows + 1), room)
        if rows:
            found.append({"table": table.name, "rows": rows})
        if not whole:
            return {"tables": found, "next": f"{index}:{offset + len(rows)}"}
        index, offset = index + 1, 0
    return {"tables": found, "next": None}


@dataclass
class _Room:
    """What may still come into a reply; the first row always does, whatever its size."""

    rows: int
    size: int
    taken: int = 0

    def take(self, row: dict[str, Any]) -> bool:
        """Whether there is room for a row, which is then counted."""
        needed = len(json.dumps(row, ensure_ascii=False))
        if self.taken and (self.rows < 1 or self.size < needed):
            return False
        self.rows, self.size, self.taken = self.rows - 1, self.size - needed, self.taken + 1
        return True


def _taken(table: Table, rows: Iterator[Row[Any]], room: _Room) -> tuple[list[dict[str, Any]], bool]:
    """The rows for which there is room, and whether that is all of them."""
    found: list[dict[str, Any]] = []
    for row in rows:
        plain_row = shown(table, row)
        if not room.take(plain_row):
            return found, False
        found.append(plain_row)
    return found, True


def _scope(keeping: Keeping, table: Table, cycle_id: str, application_id: str | None) -> ColumnElement[bool]:
    if application_id is None:
        return _of_cycle(keeping, table, cycle_id)
    return _of_application(keeping, table, application_id)


def _place(after: str, tables: int) -> tuple[int, int]:
    if after == START:
        return 0, 0
    index, colon, offset = after.partition(":")
    if not (colon and index.isdecimal() and offset.isdecimal() and int(index) < tables):
        raise Invalid("没有这一页", "no such page")
    return int(index), int(offset)


def _of_application(keeping: Keeping, table: Table, application_id: str) -> ColumnElement[bool]:
    column = keeping.application_column(table)
    assert column is not None
    return table.c[column] == application_id


def _of_cycle(keeping: Keeping, table: Table, cycle_id: str) -> ColumnElement[bool]:
    """Rows of the cycle that name no application: those that do are in the application's own package."""
    cycle, application = keeping.cycle_column(table), keeping.application_column(table)
    assert cycle is not None
    mine = table.c[cycle] == cycle_id
    if application is None or table.name in keeping.counted:
        return mine
    none = table.c[application] == "" if table.name in keeping.mixed else table.c[application].is_(None)
    return and_(mine, none)


def _rows(work: Work, table: Table, where: ColumnElement[bool], offset: int, most: int) -> Iterator[Row[Any]]:
    columns = [column for column in table.c if column.name not in hidden(table)]
    query = select(*columns).where(where).order_by(*table.primary_key.columns, *table.c[:1])
    return iter(work.session.execute(query.offset(offset).limit(most)).all())


def _counted(work: Work, keeping: Keeping, table: Table, where: ColumnElement[bool]) -> list[dict[str, Any]]:
    query = select(func.count()).select_from(table).where(where)
    why = keeping.counted[table.name]
    number = work.session.execute(query).scalar_one()
    return [{"rows": number, "reason_zh": why.zh, "reason_en": why.en}]


def shown(table: Table, row: Row[Any]) -> dict[str, Any]:
    """A row as JSON has it: instants and dates as ISO text, bytes as hex."""
    return {name: _shown(value) for name, value in row._mapping.items() if name not in hidden(table)}


def _shown(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, bytes):
        return value.hex()
    return plain(value)


def left_out(keeping: Keeping, *, of_cycle: bool) -> list[dict[str, Any]]:
    """What a package does not hold, and why: whole tables, and columns that are encrypted."""
    found = [
        {"table": name, "column": None, "reason_zh": why.zh, "reason_en": why.en}
        for name, why in sorted(keeping.without().items())
    ]
    for table in keeping.of_cycles() if of_cycle else keeping.of_applications():
        found += [
            {
                "table": table.name,
                "column": column,
                "reason_zh": "加密保存的个人或秘密信息",
                "reason_en": "kept under encryption: personal, or secret",
            }
            for column in hidden(table)
        ]
    return found
