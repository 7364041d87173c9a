"""DOCX: what was to be in it is read back by python-docx, in fonts for both scripts, the same bytes every time."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from typing import Any

import docx
from docx.oxml.ns import qn

from shared.documents import Document, Heading, Items, Paragraph, Part, Table, clean, word
from tests.unit.documents.hostile import DAY, NAMES, TYPST, UNFIT, document

SMALL = Document(
    "告知书",
    (
        Part("zh", "告知书", (Heading("一、结论"), Paragraph("正文"), Items(("甲", "乙"))), "副题"),
        Part("en", "Letter", (Table(("a", "b"), (("1", "2"),), (3, 1), frozenset({1})),)),
    ),
    "演练",
    DAY,
)


def _open(made: bytes) -> Any:
    return docx.Document(io.BytesIO(made))


def _texts(written: Any) -> Iterator[str]:
    yield from (paragraph.text for paragraph in written.paragraphs)
    yield from (cell.text for table in written.tables for row in table.rows for cell in row.cells)


def test_every_text_is_there_as_it_is() -> None:
    """In paragraphs, headings, lists and cells, and in the running line; nothing of it becomes an element."""
    names = (TYPST, *NAMES[1:], UNFIT)
    written = _open(word.write(document(*names)))
    found = list(_texts(written))
    for name in names:
        # 2 headings, paragraph, callout, 2 of the entry, 3 of the table; the first is title and subtitle, too
        assert found.count(clean(name)) == (11 if name == TYPST else 9), name
        assert f"1. {clean(name)}" in found
    assert written.sections[0].header.paragraphs[0].text == TYPST


def test_a_long_name_is_a_long_title() -> None:
    """On the page whole, in the file's properties as far as these go."""
    written = _open(word.write(document("长" * 400)))
    assert written.paragraphs[0].text == "长" * 400
    assert written.core_properties.title == "长" * 255


def test_structure_is_real() -> None:
    """Headings are headings, the table's headings come again on each page, every part begins on a page of its own."""
    written = _open(word.write(SMALL))
    assert [(p.style.name, p.text) for p in written.paragraphs if p.text][:3] == [
        ("Title", "告知书"),
        ("Normal", "副题"),
        ("Heading 1", "一、结论"),
    ]
    (table,) = written.tables
    assert table.rows[0]._tr.trPr.find(qn("w:tblHeader")) is not None
    assert len(written.sections) == 2
    assert "PAGE" in written.sections[0].footer._element.xml


def test_chinese_letters_have_a_chinese_font() -> None:
    """In every style used, and no theme's font goes before it."""
    written = _open(word.write(SMALL))
    for name in ("Normal", "Title", "Heading 1", "Heading 2", "Header", "Footer"):
        fonts = written.styles[name].element.rPr.rFonts
        assert fonts.get(qn("w:eastAsia")) in {word.SONG, word.HEI, word.FANG_SONG}, name
        assert fonts.get(qn("w:ascii")) == word.LATIN
        assert not [key for key in fonts.attrib if key.endswith(("Theme", "theme"))], name


def test_the_same_document_is_the_same_bytes() -> None:
    """No hour of writing is in it, and its days are the document's."""
    made = word.write(SMALL)
    assert made == word.write(SMALL)
    assert {entry.date_time for entry in zipfile.ZipFile(io.BytesIO(made)).infolist()} == {
        (1980, 1, 1, 0, 0, 0)
    }
    assert _open(made).core_properties.created.date() == DAY
