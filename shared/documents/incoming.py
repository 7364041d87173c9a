"""Tables that people send, XLSX or CSV by their content, as rows of cells. Pure.

A cell that would be reckoned is told from one that says something: nobody knows what the sender saw in it. Merged cells are
refused for the same reason: what stands in them is stored with the first line alone. What a file says of its own size is not
believed: a spreadsheet of a few kilobytes may speak of a million rows.
"""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import Any

from shared.problems import Invalid, invalid_field

_LARGEST_UNPACKED = 64 * 1024 * 1024  # bytes: an XLSX is a ZIP, and a small one may hold a great deal
MOST_ROWS = 20_000  # blank ones too
_MOST_COLUMNS = 64
_MERGED = re.compile(rb"<(?:[A-Za-z_][\w.-]*:)?mergeCell[\s/>]")


class Formula:
    """A cell whose content would be reckoned, not read."""


def read(content: bytes) -> Iterator[Sequence[Any]]:
    """The rows of a file. Raises Invalid, of the field `content`, where it cannot be read."""
    table = _xlsx(content) if content.startswith(b"PK") else _csv(content)
    for number, row in enumerate(table, start=1):
        if number > MOST_ROWS:
            raise invalid_field(
                "content",
                f"超过 {MOST_ROWS} 行（空行也计算在内），请删去多余的空行",
                f"more than {MOST_ROWS} rows, blank ones counted: delete those that are not needed",
            )
        yield row


def text_of(cell: Any) -> str:
    """A cell as text: without the mark that keeps a spreadsheet from reckoning, days as YYYY-MM-DD."""
    if cell is None or isinstance(cell, Formula):
        return ""
    if isinstance(cell, datetime):
        return cell.date().isoformat()
    if isinstance(cell, date):
        return cell.isoformat()
    text = str(cell).strip()
    return text[1:] if text.startswith("'") else text


def _csv(content: bytes) -> Iterator[Sequence[Any]]:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" in text:  # which no database keeps
            raise invalid_field(
                "content", "文件含有控制字符，不是 CSV 文本", "control characters: not CSV text"
            )
        try:
            yield from csv.reader(io.StringIO(text, newline=""), strict=True)
        except csv.Error as error:
            raise invalid_field("content", f"CSV 格式有误（{error}）", f"not CSV: {error}") from error
        return
    raise invalid_field("content", "编码既不是 UTF-8 也不是 GB 18030", "neither UTF-8 nor GB 18030")


def _xlsx(content: bytes) -> Iterator[Sequence[Any]]:
    from openpyxl import load_workbook  # takes a while to load, and most tables come as CSV

    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            if sum(member.file_size for member in archive.infolist()) > _LARGEST_UNPACKED:
                raise invalid_field("content", "文件展开后过大", "the file is too large when unpacked")
            book = load_workbook(io.BytesIO(content), read_only=True, data_only=False)
            sheet = book.worksheets[0]
            _require_plain(archive.read(sheet._worksheet_path))  # type: ignore[attr-defined]  # the stubs do not know it
        for row in sheet.iter_rows(max_col=_MOST_COLUMNS):
            cells = [Formula() if cell.data_type == "f" else cell.value for cell in row]
            while cells and cells[-1] is None:
                cells.pop()
            yield cells
        book.close()
    except Invalid:
        raise
    except Exception as error:  # whatever the libraries fail with, it is the file
        raise invalid_field("content", "不是可读的 XLSX 文件", "not an XLSX file that can be read") from error


def _require_plain(sheet: bytes) -> None:
    if _MERGED.search(sheet):
        raise invalid_field(
            "content",
            "表中有合并的单元格，请取消合并并逐行填写",
            "cells are merged: undo that, and fill in each line",
        )
