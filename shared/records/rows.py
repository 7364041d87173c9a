"""What a service has of an application or of a cycle, as plain JSON, page by page: the rows of its declared tables."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, Row, Table, and_, func, select

from shared.identifiers.digests import plain
from shared.problems import Invalid
from shared.records.keeping import Keeping, hidden

if TYPE_CHECKING:
    from shared.store import Work

PAGE = 500  # rows in one reply
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
    room = PAGE
    while index < len(tables):
        table = tables[index]
        where = _of_application(keeping, table, application_id) if application_id else None
        scope = _of_cycle(keeping, table, cycle_id) if where is None else where
        rows = _counted(work, keeping, table, scope) if table.name in keeping.counted else None
        if rows is None:
            rows = [shown(table, row) for row in _rows(work, table, scope, offset, room)]
        if rows:
            found.append({"table": table.name, "rows": rows})
        room -= len(rows)
        if room <= 0 and table.name not in keeping.counted:
            return {"tables": found, "next": f"{index}:{offset + len(rows)}"}
        index, offset = index + 1, 0
    return {"tables": found, "next": None}


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
