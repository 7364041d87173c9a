"""XLSX: numbers are numbers, and text is text whatever it begins with."""

from __future__ import annotations

import io
import zipfile
from decimal import Decimal
from typing import Any

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.documents import clean, workbook
from shared.documents.workbook import LONGEST, Sheet
from tests.unit.documents.hostile import DAY, NAMES, UNFIT


def _sheet(*values: workbook.Cell) -> Any:
    made = workbook.write("x", (Sheet("一 one", ("值",), tuple((v,) for v in values), (20,)),), DAY)
    return openpyxl.load_workbook(io.BytesIO(made))["一 one"]


@pytest.mark.parametrize("name", [*NAMES, UNFIT, "=1+1", "\t=1+1", "=", "#REF!"])
def test_text_is_never_a_formula(name: str) -> None:
    """Its type is text, its format is text, and where it looks like a formula it is marked, so that editing keeps it."""
    cell = _sheet(name)["A2"]
    assert (cell.value, cell.data_type, cell.number_format) == (clean(name), "s", "@")
    assert cell.quotePrefix is name.startswith(("=", "+", "-", "@", "\t"))


@settings(deadline=None)
@given(st.text(min_size=1, max_size=40))
def test_no_text_at_all_becomes_a_formula(text: str) -> None:
    """Whatever a name begins with: text by type and format, marked where it looks like a formula, and nothing lost."""
    cell = _sheet(text)["A2"]
    assert (cell.data_type, cell.number_format) == ("s", "@")
    assert cell.quotePrefix is clean(text).startswith(("=", "+", "-", "@", "\t"))
    assert cell.value == clean(text)


def test_no_formula_stands_in_the_file() -> None:
    """Not even where a reader would be kinder than a spreadsheet."""
    made = workbook.write("x", (Sheet("s", ("h",), tuple((n,) for n in NAMES), (9,)),))
    sheet = zipfile.ZipFile(io.BytesIO(made)).read("xl/worksheets/sheet1.xml").decode()
    assert "<f>" not in sheet
    assert "<c " in sheet


def test_amounts_are_numbers() -> None:
    """Whole yuan grouped by thousands, scores with two places; nothing where there is nothing."""
    sheet = _sheet(1_460_000, Decimal("88.33"), None, "500000")
    assert [sheet[f"A{line}"].value for line in range(2, 6)] == [1_460_000, 88.33, None, "500000"]
    assert [sheet[f"A{line}"].number_format for line in (2, 3)] == ["#,##0", "#,##0.00"]


def test_a_text_that_is_too_long_says_so() -> None:
    """A cell holds so many characters, the last one then an ellipsis."""
    assert _sheet("长" * (LONGEST + 1))["A2"].value == "长" * (LONGEST - 1) + "…"
    assert _sheet("长" * LONGEST)["A2"].value == "长" * LONGEST


def test_headings_stay_in_sight() -> None:
    """Frozen, printed again, to filter by, in columns of the width asked for."""
    sheet = _sheet("x")
    assert (sheet.freeze_panes, sheet.auto_filter.ref, sheet.print_title_rows) == ("A2", "A1:A2", "$1:$1")
    assert sheet.column_dimensions["A"].width == 20


def test_the_same_tables_are_the_same_bytes() -> None:
    """Days are the document's own, and none where it knows none."""
    made = workbook.write("x", (Sheet("s", ("h",), (), (9,)),), DAY)
    assert made == workbook.write("x", (Sheet("s", ("h",), (), (9,)),), DAY)
    assert openpyxl.load_workbook(io.BytesIO(made)).properties.modified.date() == DAY
