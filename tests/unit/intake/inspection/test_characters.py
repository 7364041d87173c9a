"""The length of a text: what counts, what does not, and nothing twice."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.intake.inspection.characters import count
from tests.support import uploads
from tests.unit.intake.inspection.conftest import Look

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    ("text", "counted"),
    [
        ("质量管理", 4),
        ("2024 年，增长 12.5%。", 14),
        ("a b\tc\nd\u3000e\u00a0f", 6),
        ("a\u00adb\u200bc\u202ed\x07", 4),
        ("𠮷🏆", 2),
        ("", 0),
    ],
)
def test_what_counts(text: str, counted: int) -> None:
    """Letters, digits, punctuation and symbols; no white space of any width, nothing unseen."""
    assert count(text) == counted


_TEXTS = st.text("质量a1。 \u3000\u00ad𠮷\n", max_size=20)


@given(_TEXTS, _TEXTS)
def test_texts_count_as_their_parts(first: str, second: str) -> None:
    """Where a text is broken makes no difference."""
    assert count(first + second) == count(first) + count(second)


def _run(text: str) -> str:
    return f"<w:r><w:t>{text}</w:t></w:r>"


def _p(inner: str) -> str:
    return f"<w:p>{inner}</w:p>"


_BOX = f"<w:txbxContent>{_p(_run('框内'))}</w:txbxContent>"


@pytest.mark.parametrize(
    ("body", "counted"),
    [
        (_p(_run("正 文") + _run("。")), 3),
        (f"<w:tbl><w:tr><w:tc>{_p(_run('表'))}</w:tc><w:tc>{_p(_run('格'))}</w:tc></w:tr></w:tbl>", 2),
        (_p(f"<w:r>{_BOX}</w:r>" + _run("外")), 3),
        (
            _p(
                f"<mc:AlternateContent><mc:Choice>{_BOX}</mc:Choice>"
                f"<mc:Fallback>{_BOX}</mc:Fallback></mc:AlternateContent>"
            ),
            2,
        ),
        (_p(f"<mc:AlternateContent><mc:Fallback>{_BOX}</mc:Fallback></mc:AlternateContent>"), 2),
        (_p("<w:del><w:r><w:delText>删去</w:delText></w:r></w:del>" + _run("留")), 1),
        (_p(f"<w:moveFrom>{_run('移走')}</w:moveFrom><w:moveTo>{_run('移走')}</w:moveTo>"), 2),
        (_p("<w:r><w:instrText>PAGE</w:instrText></w:r>" + _run("7")), 1),
        (_p('<w:r><w:t>a</w:t><w:noBreakHyphen/><w:sym w:char="F0FE"/><w:tab/><w:br/></w:r>'), 3),
        (_p('<wp xmlns="urn:x" descr="说明文字"/>' + _run("图")), 1),
    ],
)
def test_the_body_of_a_docx(body: str, counted: int, look: Look) -> None:
    """Tables and boxes once; results of fields without their codes; nothing deleted, moved away or alternative."""
    assert look(uploads.word_of(body), "a.docx").characters == counted


@pytest.mark.parametrize(
    ("part", "content", "counted"),
    [
        ("footnotes", _p(_run("脚注")), 2),
        ("endnotes", _p(_run("尾注")), 2),
        ("header1", _p(_run("页眉")), 0),
        ("footer1", _p(_run("页脚")), 0),
        ("comments", _p(_run("批注")), 0),
        (
            "chart1",
            "<c:strCache><c:v>甲类</c:v></c:strCache><c:numCache><c:v>12</c:v></c:numCache><a:t>题</a:t>",
            3,
        ),
        ("diagramData1", "<a:t>流程</a:t>", 2),
    ],
)
def test_the_other_parts_of_a_docx(part: str, content: str, counted: int, look: Look) -> None:
    """Notes and the words of charts count; what comes again on each page and what is no part of the text does not."""
    data = uploads.word_of(_p(_run("正文")), **{part: content})
    assert look(data, "a.docx").characters == 2 + counted


def test_a_pdf_counts_its_pages(look: Look) -> None:
    """And says which of them cannot be read."""
    report = look(uploads.pdf("Quality counts.", "", "", "Yes", ""), "a.pdf")
    assert (report.pages, report.characters) == (5, 17)
    assert "2–3、5" in next(note.zh for note in report.notes if note.code == "pages_without_text")


def test_a_scan_has_no_length(look: Look) -> None:
    """Nought would be a claim."""
    report = look(uploads.pdf("", ""), "a.pdf")
    assert (report.accepted, report.characters) == (True, None)
    assert [note.code for note in report.notes] == ["text_not_readable"]


def test_an_old_document_is_not_counted(look: Look) -> None:
    """And that is said."""
    report = look(uploads.old_word(), "a.doc")
    assert (report.characters, [note.code for note in report.notes]) == (None, ["not_countable"])
