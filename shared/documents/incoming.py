"""Tables that people send, XLSX or CSV by their content, as rows of cells. Pure.

A cell that would be reckoned is told from one that says something: nobody knows what the sender saw in it.
"""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import Any

from shared.problems import invalid_field

_LARGEST_UNPACKED = 64 * 1024 * 1024  # bytes: an XLSX is a ZIP, and a small one may hold a great deal


class Formula:
    """A cell whose content would be reckoned, not read."""


def read(content: bytes) -> Iterator[Sequence[Any]]:
    """The rows of a file. Raises Invalid, of the field `content`, where it cannot be read."""
    return _xlsx(content) if content.startswith(b"PK") else _csv(content)


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
        try:
            yield from csv.reader(io.StringIO(text, newline=""), strict=True)
        except csv.Error as error:
            raise invalid_field("content", f"CSV 格式有误（{error}）", f"not CSV: {error}") from error
        return
    raise invalid_field("content", "编码既不是 UTF-8 也不是 GB 18030", "neither UTF-8 nor GB 18030")


def _xlsx(content: bytes) -> Iterator[Sequence[Any]]:
    from openpyxl import load_workbook  # takes a while to load, and most tables come as CSV
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            if sum(member.file_size for member in archive.infolist()) > _LARGEST_UNPACKED:
                raise invalid_field("content", "文件展开后过大", "the file is too large when unpacked")
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=False)
        rows = [list(row) for row in book.worksheets[0].iter_rows()]
        book.close()
    except (zipfile.BadZipFile, InvalidFileException, KeyError, IndexError, ValueError, OSError) as error:
        raise invalid_field("content", "不是可读的 XLSX 文件", "not an XLSX file that can be read") from error
    for row in rows:
        yield [Formula() if cell.data_type == "f" else cell.value for cell in row]
