"""CSV for spreadsheets: UTF-8 with a byte order mark, and text that no spreadsheet takes for a formula or a number. Pure.

A spreadsheet reads a file of this form by its own lights: `=1+1` becomes a formula, eighteen digits of a code a rounded
number, `1-2` a day. Such text gets an apostrophe in front, and so does text that begins with one, so that taking one
apostrophe off gives back exactly what was there.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence
from datetime import date

from shared.documents.text import clean

Cell = str | int | date | None

MARK = "'"
# What makes a formula of a cell, in full width too, as some editions have it.
_FORMULA = ("=", "+", "-", "@", "\t", "\n", "\r", "＝", "＋", "－", "＠")
_LIKE_A_NUMBER = re.compile(r"[0-9][0-9eE.,:/%+\- ]*")
_MARK_OF_THE_FILE = "\ufeff"


def write(headings: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    """The table as bytes. Text is quoted, so that a separator of another country breaks no cell in two."""
    out = io.StringIO()
    writer = csv.writer(out, quoting=csv.QUOTE_NONNUMERIC, lineterminator="\r\n")
    for row in (headings, *rows):
        writer.writerow([_shown(cell) for cell in row])
    return (_MARK_OF_THE_FILE + out.getvalue()).encode("utf-8")


def _shown(cell: Cell) -> str | int:
    if isinstance(cell, str):
        return safe(cell)
    if isinstance(cell, date):
        return cell.isoformat()
    return "" if cell is None else cell


def safe(text: str) -> str:
    """The text as a cell that stays text. Of two different texts no two cells are the same."""
    text = clean(text)
    doubtful = text.startswith((MARK, *_FORMULA)) or _LIKE_A_NUMBER.fullmatch(text)
    return MARK + text if doubtful else text
