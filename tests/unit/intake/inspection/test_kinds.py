"""A file is what its content is, and it opens; its name is held against that."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from services.intake.inspection.report import Report
from tests.support import uploads
from tests.unit.intake.inspection.conftest import Look

pytestmark = pytest.mark.unit

MADE: dict[str, Callable[[], bytes]] = {
    "pdf": lambda: uploads.pdf("Quality"),
    "docx": lambda: uploads.word("质量"),
    "xlsx": lambda: uploads.sheet(["a", 1]),
    "doc": uploads.old_word,
    "xls": uploads.old_sheet,
    "png": uploads.picture,
    "jpg": lambda: uploads.picture("JPEG"),
    "zip": lambda: uploads.zipped({"材料/a.pdf": uploads.pdf("A")}),
    "rar": lambda: uploads.rar({"材料/a.pdf": b"%PDF-"}),
}


def codes(report: Report) -> list[str]:
    """Why it was refused."""
    return [reason.code for reason in report.reasons]


@pytest.mark.parametrize("kind", MADE)
def test_each_kind_is_accepted_under_its_name(kind: str, look: Look) -> None:
    """Honest files pass."""
    report = look(MADE[kind](), f"报告.{kind.upper()}")
    assert (report.accepted, report.kind, report.reasons) == (True, kind, ())


@pytest.mark.parametrize("kind", MADE)
@pytest.mark.parametrize("name", ["pdf", "docx", "xls", "zip", "png"])
def test_no_kind_is_accepted_under_another_ones_name(kind: str, name: str, look: Look) -> None:
    """Whatever the name says, the content decides."""
    if kind != name:
        report = look(MADE[kind](), f"报告.{name}")
        assert (report.accepted, report.kind, codes(report)) == (False, kind, ["wrong_kind"])
        assert f".{name}" in report.reasons[0].zh
        assert f".{name}" in report.reasons[0].en


@pytest.mark.parametrize("kind", MADE)
def test_a_kind_that_is_not_asked_for(kind: str, look: Look) -> None:
    """It is said what may be uploaded instead."""
    report = look(MADE[kind](), f"a.{kind}", [other for other in MADE if other != kind])
    assert (report.kind, codes(report)) == (kind, ["kind_not_allowed"])
    assert all(f".{other}" in report.reasons[0].zh for other in MADE if other != kind)


def test_jpg_and_jpeg_are_one(look: Look) -> None:
    """Either word allows either name."""
    data = uploads.picture("JPEG")
    assert look(data, "a.jpeg", ["jpg"]).accepted
    assert look(data, "a.jpg", [".JPEG"]).accepted


def test_a_wrong_name_names_both(look: Look) -> None:
    """The sentence says what the name promises and what the content is."""
    reason = look(MADE["zip"](), "报告.pdf").reasons[0]
    assert reason.zh == "文件名为 .pdf，内容却是 ZIP 压缩包"
    assert reason.en == "The name says .pdf, but the content is a ZIP archive"


@pytest.mark.parametrize("name", ["报告", "报告.", "报告.pdf.exe"])
def test_a_name_that_promises_nothing_is_wrong(name: str, look: Look) -> None:
    """A reader's machine opens files by their extension."""
    assert codes(look(uploads.pdf("A"), name)) == ["wrong_kind"]


def test_an_office_file_called_zip_is_no_zip(look: Look) -> None:
    """A presentation too: its kind is known, and then not asked for."""
    assert codes(look(uploads.word("a"), "a.zip")) == ["wrong_kind"]
    members = uploads.members_of(uploads.word("a"))
    old, new = b"wordprocessingml.document.main", b"presentationml.presentation.main"
    members["[Content_Types].xml"] = members["[Content_Types].xml"].replace(old, new)
    report = look(uploads.zipped(members), "a.zip")
    assert (report.kind, codes(report)) == ("pptx", ["kind_not_allowed"])


def test_nothing(look: Look) -> None:
    """An upload that broke off before it began."""
    assert codes(look(b"", "a.pdf")) == ["empty"]
    assert codes(look(uploads.zipped({}), "a.zip")) == ["empty"]
    assert codes(look(uploads.zipped({"a/": b""}), "a.zip")) == ["empty"]
    assert codes(look(uploads.rar({}), "a.rar")) == ["empty"]


@pytest.mark.parametrize(
    "data",
    [
        b"MZ\x90\x00",
        "正文".encode(),
        b"<html><script>",
        uploads.ole({"Contents": b"x"}),
        uploads.zipped({"mimetype": b"application/vnd.oasis.opendocument.text"}),
    ],
)
def test_a_kind_that_nobody_knows(data: bytes, look: Look) -> None:
    """A program, text, HTML, another program's OLE file, OpenDocument."""
    assert codes(look(data, "a.pdf")) == ["unknown_kind"]


def _cut(kind: str) -> bytes:
    data = MADE[kind]()
    return data[: len(data) * 2 // 3]


@pytest.mark.parametrize("kind", ["pdf", "docx", "xlsx", "doc", "xls", "zip"])
def test_what_is_cut_off_is_broken(kind: str, look: Look) -> None:
    """An upload or a download that broke off."""
    assert codes(look(_cut(kind), f"a.{kind}")) == ["broken"]


@pytest.mark.parametrize("kind", ["PNG", "JPEG"])
def test_a_picture_that_is_cut_off_is_broken(kind: str, look: Look) -> None:
    """Not even the last rows may be missing."""
    data = uploads.picture(kind, (300, 300))
    assert codes(look(data[:-40], "a.png" if kind == "PNG" else "a.jpg")) == ["broken"]


def test_a_part_of_a_rar_is_broken(look: Look) -> None:
    """Its files go on elsewhere."""
    assert codes(look(uploads.rar({"a.pdf": b"x"}, split=True), "a.rar")) == ["broken"]


def test_a_page_that_is_missing_is_found(look: Look) -> None:
    """The list of pages names one more than there are."""
    data = uploads.pdf("A").replace(b"/Count 1/Kids[4 0 R]", b"/Count 2/Kids[4 0 R 99 0 R]")
    assert codes(look(data, "a.pdf")) == ["broken"]
    assert codes(look(uploads.zipped({"a.pdf": data}), "a.zip")) == ["broken"]  # where no text is read


def test_a_rar_without_its_head_is_broken(look: Look) -> None:
    """Headers that do not fit their sums."""
    data = bytearray(MADE["rar"]())
    data[20] ^= 0xFF
    assert codes(look(bytes(data), "a.rar")) == ["broken"]


def test_a_changed_byte_of_an_archive_is_found(look: Look) -> None:
    """The sum of each member is checked."""
    data = uploads.zipped({"a.pdf": uploads.pdf("A")}, 0)
    assert codes(look(data.replace(b"/Catalog", b"/catalog"), "a.zip")) == ["broken"]


def test_pdf_that_only_begins_as_one_is_broken(look: Look) -> None:
    """What pdfium cannot open, and what it would mend by leaving pages out."""
    assert codes(look(b"%PDF-1.7 nothing %%EOF", "a.pdf")) == ["broken"]
    assert codes(look(uploads.pdf("A").removesuffix(b"%%EOF\n"), "a.pdf")) == ["broken"]


@pytest.mark.parametrize(
    ("part", "content"),
    [
        ("word/document.xml", b"<a><b></a>"),
        ("word/document.xml", b'<!DOCTYPE a [<!ENTITY e "lol">]><a>&e;</a>'),
        ("word/styles.xml", b"\x00"),
        ("_rels/.rels", b"<Relationships/>"),
        (
            "_rels/.rels",
            b'<Relationships><Relationship Type="x/officeDocument" Target="word/document.xml"/>'
            b'<Relationship Type="x/officeDocument" Target="word/styles.xml"/></Relationships>',
        ),
        ("[Content_Types].xml", b"<Types>" + b"<!-- long -->" * (1 << 17) + b"</Types>"),
    ],
)
def test_an_office_file_with_a_broken_part_is_broken(part: str, content: bytes, look: Look) -> None:
    """Also one with a document type, which could declare entities that expand without end."""
    members = uploads.members_of(uploads.word("a")) | {part: content}
    assert codes(look(uploads.zipped(members), "a.docx")) == ["broken"]


def test_encrypted(look: Look) -> None:
    """Whatever is locked cannot be inspected, however it is locked."""
    new = uploads.ole({"EncryptionInfo": b"x", "EncryptedPackage": b"x"})
    assert codes(look(new, "a.docx")) == ["encrypted"]
    assert codes(look(uploads.old_word(locked=True), "a.doc")) == ["encrypted"]
    assert codes(look(uploads.old_sheet(locked=True), "a.xls")) == ["encrypted"]
    assert codes(look(uploads.old_sheet(locked=True, stream="Book"), "a.xls")) == ["encrypted"]
    assert codes(look(uploads.locked_pdf(uploads.pdf("A"), "user", "owner"), "a.pdf")) == ["encrypted"]
    assert codes(look(uploads.rar({"a.pdf": b"x"}, locked=True), "a.rar")) == ["encrypted"]
    assert codes(look(uploads.rar_with_locked_headers(), "a.rar")) == ["encrypted"]


@pytest.mark.parametrize("name", ["a.zip", "a.docx"])
def test_a_locked_zip(name: str, look: Look) -> None:
    """One locked entry is enough, in a package too."""
    data = bytearray(
        uploads.word("a") if name == "a.docx" else uploads.zipped({"a.pdf": b"x", "b.pdf": b"y"})
    )
    at = data.rfind(b"PK\x01\x02") if name == "a.zip" else data.find(b"PK\x01\x02")
    data[at + 8] |= 1
    assert codes(look(bytes(data), name)) == ["encrypted"]


def test_a_pdf_that_restricts_printing_is_accepted(look: Look) -> None:
    """It opens for everybody; that is said beside it."""
    report = look(uploads.locked_pdf(uploads.pdf("Quality"), "", "owner"), "a.pdf")
    assert (report.accepted, [note.code for note in report.notes]) == (True, ["owner_password"])
    assert report.characters == 7


def test_too_many_pixels(look: Look) -> None:
    """A few bytes that would decode to gigabytes; nothing of it is decoded."""
    report = look(uploads.huge_png(60000, 60000), "a.png")
    assert codes(report) == ["too_many_pixels"]
    assert "60000×60000" in report.reasons[0].zh
