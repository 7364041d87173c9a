"""Tables that people send: what cannot be read is refused in words, whatever is wrong with it, and costs little."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable

import pytest
from openpyxl import Workbook

from shared.documents import incoming
from shared.problems import Invalid

pytestmark = pytest.mark.unit

SHEET = "xl/worksheets/sheet1.xml"


def _book(*rows: list[str], merged: str = "") -> bytes:
    book, out = Workbook(), io.BytesIO()
    for row in rows:
        book.worksheets[0].append(row)
    if merged:
        book.worksheets[0].merge_cells(merged)
    book.save(out)
    return out.getvalue()


def _changed(content: bytes, part: str, change: Callable[[bytes], bytes]) -> bytes:
    """The workbook with one part of it rewritten."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, change(old.read(name)) if name == part else old.read(name))
    return out.getvalue()


def _flagged(content: bytes, *, flag: int = 0, method: int | None = None) -> bytes:
    """The archive with other words about how its members are packed."""
    changed = bytearray(content)
    for signature, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        place = -1
        while (place := changed.find(signature, place + 1)) >= 0:
            changed[place + at] |= flag
            if method is not None:
                changed[place + at + 2] = method
    return bytes(changed)


BOOK = _book(["a", "b"], ["1", "2"])


@pytest.mark.parametrize(
    "content",
    [
        _changed(BOOK, SHEET, lambda part: part[:-40]),
        _changed(BOOK, SHEET, lambda part: b"hello"),
        _changed(BOOK, "[Content_Types].xml", lambda part: b"<a"),
        _changed(BOOK, "xl/workbook.xml", lambda part: b"<a/>"),
        _flagged(BOOK, flag=1),
        _flagged(BOOK, method=99),
        BOOK[: len(BOOK) // 2],
        b"PK",
    ],
    ids=["cut off", "no XML", "no types", "no sheets", "encrypted", "packed otherwise", "half", "two bytes"],
)
def test_a_workbook_that_cannot_be_read_is_refused(content: bytes) -> None:
    """Never a fault of ours, whichever library stumbles over it."""
    with pytest.raises(Invalid, match="not an XLSX"):
        list(incoming.read(content))


def test_a_small_workbook_may_not_speak_of_a_million_rows() -> None:
    """A cell in the last row of the last column is read, up to a bound, without room for all between."""

    def last(part: bytes) -> bytes:
        far = b'<row r="1048576"><c r="XFD1048576" t="inlineStr"><is><t>x</t></is></c></row></sheetData>'
        return part.replace(b"</sheetData>", far).replace(b'ref="A1:B2"', b'ref="A1:XFD1048576"')

    content = _changed(BOOK, SHEET, last)
    assert len(content) < 10_000
    rows = incoming.read(content)
    assert [len(next(rows)) for _ in range(3)] == [2, 2, 0]
    with pytest.raises(Invalid, match="more than 20000 rows"):
        list(rows)


def test_blank_lines_without_end_are_refused() -> None:
    """Of CSV too."""
    with pytest.raises(Invalid, match="more than 20000 rows"):
        list(incoming.read(b"a,b\r\n" + b"\r\n" * incoming.MOST_ROWS))


def test_merged_cells_are_refused() -> None:
    """What they hold is stored with their first line alone: the others would be read as blank."""
    with pytest.raises(Invalid, match="merged"):
        list(incoming.read(_book(["a", "b"], ["1", "2"], ["", "3"], merged="A2:A3")))


def test_entities_are_not_expanded() -> None:
    """A workbook has no use for them."""
    declared = b'<!DOCTYPE a [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><worksheet'
    with pytest.raises(Invalid, match="not an XLSX"):
        list(incoming.read(_changed(BOOK, SHEET, lambda part: part.replace(b"<worksheet", declared, 1))))


def test_a_zero_byte_is_no_text() -> None:
    """No database keeps it."""
    with pytest.raises(Invalid, match="control characters"):
        list(incoming.read(b"a,b\r\n1\x00,2"))


def test_a_day_and_a_formula_are_told_from_text() -> None:
    """As before: cells by their kinds, without blanks at the end of a line."""
    rows = list(incoming.read(_book(["a", "=1+1", ""], ["'x", "", ""])))
    assert isinstance(rows[0][1], incoming.Formula)
    assert [[incoming.text_of(cell) for cell in row] for row in rows] == [["a", ""], ["x"]]
