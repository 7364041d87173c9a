"""CSV: text stays text whatever it begins with or looks like, and comes back as it was."""

from __future__ import annotations

import csv
import io
from datetime import date

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from shared.documents import clean, delimited
from tests.unit.documents.hostile import NAMES

DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def _cells(*texts: str) -> list[str]:
    """What a reader of CSV finds in the first row under the heading."""
    content = delimited.write(["h"] * len(texts), [texts]).decode("utf-8-sig")
    return next(
        list(row) for number, row in enumerate(csv.reader(io.StringIO(content, newline=""))) if number == 1
    )


@given(st.lists(st.text(), min_size=1, max_size=4))
@example(list(NAMES))
@example(["=1+1", "\t=1+1", "\r=1", "\n=1", "'=1", "''", "＝1+1", 'a"";=1+1', "a;=1+1", "a,=1+1"])
def test_no_cell_begins_a_formula_and_every_text_comes_back(texts: list[str]) -> None:
    """For any text: the cell begins with nothing that a spreadsheet reckons with, and one apostrophe less is the text."""
    for text, cell in zip(texts, _cells(*texts), strict=True):
        assert not cell.startswith(DANGEROUS)
        assert (cell[1:] if cell.startswith("'") else cell) == clean(text)


@given(st.text(), st.text())
def test_two_texts_are_two_cells(one: str, other: str) -> None:
    """The mark takes nothing away that tells them apart."""
    assert (delimited.safe(one) == delimited.safe(other)) == (clean(one) == clean(other))


@pytest.mark.parametrize(
    ("text", "marked"),
    [
        ("913101050000000000", True), ("91310105123456789E1", True), ("1-2", True), ("2025/3", True), ("50%", True),
        ("91310105MAXY50013E", False), ("示例公司", False), ("sha256:00", False), ("3M 公司", False), ("", False),
    ],
)  # fmt: skip
def test_what_looks_like_a_number_or_a_day_is_marked_as_text(text: str, marked: bool) -> None:
    """A code of eighteen digits would lose its last three."""
    assert _cells(text) == ["'" + text if marked else text]


def test_figures_and_days_are_written_as_they_are() -> None:
    """A number unquoted, a day by ISO 8601, nothing for nothing; a byte order mark first, CR LF at each line's end."""
    made = delimited.write(["甲", "乙"], [[7, date(2025, 5, 12)], [None, "x"]])
    assert made == '\ufeff"甲","乙"\r\n7,"2025-05-12"\r\n"","x"\r\n'.encode()
