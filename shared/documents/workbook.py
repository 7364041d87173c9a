"""XLSX of tables, by openpyxl: figures are numbers, and text is text whatever it begins with."""

from __future__ import annotations

import io
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from openpyxl import Workbook
from openpyxl.cell.cell import Cell as Written
from openpyxl.cell.cell import MergedCell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.styles.cell_style import StyleArray
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet
from openpyxl.xml.constants import ARC_CORE
from openpyxl.xml.functions import tostring

from shared.documents.archive import settled
from shared.documents.model import written_at
from shared.documents.text import clean

Cell = str | int | Decimal | None
_Look = tuple[type[object], bool, bool]  # the value's type, looks like a formula, is a heading

LONGEST = 32_767  # characters that a cell can hold
_MORE = "…"
_FORMULA_MARKS = ("=", "+", "-", "@", "\t")
_THIN = Side(style="thin", color="BFBFBF")
_BORDER = Border(left=_THIN, right=_THIN, top=_THIN, bottom=_THIN)


@dataclass(frozen=True)
class Sheet:
    """One table with its headings; `widths` are in characters. Raises ValueError where a row does not fit them."""

    name: str
    headings: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    widths: tuple[int, ...]

    def __post_init__(self) -> None:
        if any(len(line) != len(self.headings) for line in (self.widths, *self.rows)):
            raise ValueError(f"{self.name}: every row has a cell for each heading, every column a width")


def write(name: str, sheets: tuple[Sheet, ...], made_on: date | None = None) -> bytes:
    """The XLSX, the same bytes for the same tables. A text longer than a cell can hold ends with an ellipsis."""
    book = Workbook()
    book.remove(book.worksheets[0])
    for sheet in sheets:
        _sheet(book.create_sheet(sheet.name), sheet)
    properties = book.properties
    properties.title, properties.creator = clean(name), ""
    out = io.BytesIO()
    book.save(out)
    properties.created = properties.modified = written_at(made_on)
    return settled(out.getvalue(), {ARC_CORE: tostring(properties.to_tree())})


def _sheet(written: Worksheet, sheet: Sheet) -> None:
    looks: dict[_Look, StyleArray] = {}
    for number, width in enumerate(sheet.widths, start=1):
        written.column_dimensions[get_column_letter(number)].width = width
    for column, heading in enumerate(sheet.headings, start=1):
        _put(written.cell(1, column), heading, looks, heading=True)
    for line, values in enumerate(sheet.rows, start=2):
        for column, value in enumerate(values, start=1):
            _put(written.cell(line, column), value, looks)
    written.freeze_panes = "A2"
    written.auto_filter.ref = f"A1:{get_column_letter(len(sheet.headings))}{1 + len(sheet.rows)}"
    written.page_setup.orientation, written.page_setup.fitToHeight = "landscape", 0
    written.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    written.print_title_rows = "1:1"


def _put(
    cell: Written | MergedCell, value: Cell, looks: dict[_Look, StyleArray], *, heading: bool = False
) -> None:
    """A cell that looks like an earlier one shares its style: to work it out anew is nine tenths of the time."""
    assert isinstance(cell, Written)  # no cells are merged
    shown = _shown(value) if isinstance(value, str) else value
    if shown is not None:
        cell.value = shown
    if isinstance(shown, str):
        cell.data_type = "s"
    look = (type(value), isinstance(shown, str) and shown.startswith(_FORMULA_MARKS), heading)
    if look not in looks:
        _dress(cell, *look)
        looks[look] = cell._style  # type: ignore[attr-defined]  # the stubs do not know it
    cell._style = looks[look]  # type: ignore[attr-defined]


def _shown(value: str) -> str:
    text = clean(value)
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + _MORE


def _dress(cell: Written, kind: type[object], marked: bool, heading: bool) -> None:
    """Text by its format and, where it looks like a formula, its mark: so it stays text after somebody has edited it."""
    cell.border = _BORDER
    if kind is str:
        cell.number_format = "@"
        cell.alignment = Alignment(vertical="top", wrap_text=True)
        if marked:
            cell.quotePrefix = True
    elif kind is not type(None):
        cell.number_format = "#,##0.00" if kind is Decimal else "#,##0"
        cell.alignment = Alignment(vertical="top")
    if heading:
        cell.font, cell.fill = Font(bold=True), PatternFill("solid", fgColor="EEEEEE")
