"""What would act when somebody opens the file: macros are refused, the rest is noted."""

from __future__ import annotations

import io

import pytest
from pypdf import PdfReader, PdfWriter

from tests.support import uploads
from tests.unit.intake.inspection.conftest import Look
from tests.unit.intake.inspection.test_kinds import codes

pytestmark = pytest.mark.unit

_TYPES = "[Content_Types].xml"
_LINKS = "word/_rels/document.xml.rels"


def _with(data: bytes, **parts: bytes) -> bytes:
    return uploads.zipped(
        uploads.members_of(data) | {name.replace("__", "/"): c for name, c in parts.items()}
    )


def _replaced(data: bytes, part: str, old: bytes, new: bytes) -> bytes:
    members = uploads.members_of(data)
    assert old in members[part]
    members[part] = members[part].replace(old, new)
    return uploads.zipped(members)


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.docx", _with(uploads.word("a"), **{"word/vbaProject.bin": b"x"})),
        (
            "a.docm",
            _replaced(
                uploads.word("a"),
                _TYPES,
                b"vnd.openxmlformats-officedocument.wordprocessingml.document.main",
                b"vnd.ms-word.document.macroEnabled.main",
            ),
        ),
        ("a.docx", _replaced(uploads.word("a"), _LINKS, b"/settings", b"/vbaProject")),
        ("a.xlsx", _with(uploads.sheet([1]), **{"xl/macrosheets/sheet1.xml": b"<a/>"})),
        ("a.doc", uploads.old_word(storages=["Macros", "VBA"])),
        ("a.xls", uploads.old_sheet(sheet_kind=1)),
        ("a.xls", uploads.old_sheet(sheet_kind=1, stream="Book")),
    ],
)
def test_macros_are_refused(name: str, data: bytes, look: Look) -> None:
    """By name, by type, by relationship; macro sheets of both generations; storages of the old formats."""
    report = look(data, name)
    assert codes(report) == ["macros"]
    assert report.previews == ()


def test_an_old_presentation(look: Look) -> None:
    """Records say whether it has macros, and whether it is locked; where presentations are taken at all."""
    taken = ["ppt"]
    assert look(uploads.old_slides(), "a.ppt", taken).accepted
    assert codes(look(uploads.old_slides(macros=True), "a.ppt", taken)) == ["macros"]
    assert codes(look(uploads.old_slides(locked=True), "a.ppt", taken)) == ["encrypted"]
    assert codes(look(uploads.old_slides(), "a.ppt")) == ["kind_not_allowed"]


def test_macros_in_what_is_embedded(look: Look) -> None:
    """A document in a document is looked into; a workbook without macros is what every chart has."""
    clean, bad = uploads.sheet([1]), _with(uploads.sheet([1]), **{"xl/vbaProject.bin": b"x"})
    assert look(_with(uploads.word("a"), **{"word/embeddings/s.xlsx": clean}), "a.docx").notes == ()
    report = look(_with(uploads.word("a"), **{"word/embeddings/s.xlsx": bad}), "a.docx")
    assert codes(report) == ["macros"]
    assert "s.xlsx" in report.reasons[0].zh


def test_an_embedded_file_that_does_not_open_is_noted(look: Look) -> None:
    """Only the program of an old equation ever opens it."""
    report = look(_with(uploads.word("a"), **{"word/embeddings/o.bin": uploads.old_word()[:700]}), "a.docx")
    assert (report.accepted, [note.code for note in report.notes]) == (True, ["active_content"])


@pytest.mark.parametrize(
    "data",
    [
        _with(uploads.word("a"), **{"word/embeddings/o.bin": b"MZ"}),
        _with(uploads.word("a"), **{"word/activeX/activeX1.xml": b"<a/>"}),
        _replaced(
            uploads.word("a"), _LINKS, b'Target="settings.xml"', b'Target="http://x" TargetMode="External"'
        ),
    ],
)
def test_what_else_acts_in_an_office_file_is_noted(data: bytes, look: Look) -> None:
    """Embedded programs, controls, content from outside."""
    report = look(data, "a.docx")
    assert (report.accepted, [note.code for note in report.notes]) == (True, ["active_content"])


def test_a_link_to_a_page_is_nothing(look: Look) -> None:
    """Opened by a click alone, and in every other document."""
    links = (b'/settings" Target="settings.xml"', b'/hyperlink" Target="http://x" TargetMode="External"')
    assert look(_replaced(uploads.word("a"), _LINKS, *links), "a.docx").notes == ()


def _with_attachment(data: bytes) -> bytes:
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(data)))
    writer.add_attachment("a.txt", b"x")
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


@pytest.mark.parametrize(
    "data",
    [
        _with_attachment(uploads.pdf("A")),
        uploads.pdf("A", extra="/Names<</JavaScript<</Names[(a)<</S/JavaScript/JS(x)>>]>>>>"),
        uploads.pdf("A", extra="/OpenAction<</S/Launch/F(a.exe)>>"),
        uploads.pdf("A", extra="/OpenAction<</S/J#61vaScript/J#53(x)>>"),
    ],
)
def test_active_content_of_a_pdf_is_noted(data: bytes, look: Look) -> None:
    """Scripts, attachments, launched programs; also where a name is written by its codes."""
    report = look(data, "a.pdf")
    assert (report.accepted, [note.code for note in report.notes]) == (True, ["active_content"])


def test_active_content_in_packed_objects(look: Look) -> None:
    """Objects may be packed into a stream; words in the text of a page are no objects."""
    import zlib

    packed = zlib.compress(b"7 0 <</S/Launch/F(a.exe)>>")
    stream = b"<</Type/ObjStm/N 1/First 4/Filter/FlateDecode/Length %d>>stream\n" % len(packed)
    data = uploads.pdf("A").replace(
        b"xref\n", b"9 0 obj" + stream + packed + b"\nendstream endobj\nxref\n", 1
    )
    assert [note.code for note in look(data, "a.pdf").notes] == ["active_content"]
    assert look(uploads.pdf("/JavaScript /Launch"), "a.pdf").notes == ()
