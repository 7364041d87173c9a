"""PDF by typst in this machine's Chinese fonts: read back by pypdf, it says what was to be in it and runs nothing."""

from __future__ import annotations

import io
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest
import typst
from pypdf import PdfReader

from shared.documents import (
    Bar,
    Bars,
    Document,
    Funnel,
    Heading,
    Items,
    Line,
    Lines,
    Paragraph,
    Part,
    Radar,
    Step,
    Table,
    pdf,
    word,
)
from shared.documents.fonts import NoFont, find
from tests.unit.documents.hostile import DAY, NAMES, UNFIT, document


def _text(made: bytes) -> str:
    """All text without its line breaks, which are the page's."""
    pages = [page.extract_text() for page in PdfReader(io.BytesIO(made)).pages]
    return "".join("".join(pages).split())


def test_a_font_for_chinese_is_found() -> None:
    """Serif for the text and sans for headings, of those that Debian's package brings or others that are known."""
    fonts = find()
    assert fonts is not None
    assert {fonts.serif, fonts.sans} <= set(fonts.listed.families())


def test_without_one_nothing_is_made(monkeypatch: pytest.MonkeyPatch) -> None:
    """typst would set the letters as blanks and say nothing; the message names the package."""
    monkeypatch.setattr("shared.documents.fonts.SERIF", ())
    monkeypatch.setattr("shared.documents.fonts.SANS", ())
    with pytest.raises(NoFont, match="fonts-noto-cjk"):
        pdf.write(document("x"))


@pytest.mark.parametrize("name", NAMES)
def test_a_hostile_name_is_shown_and_never_run(name: str) -> None:
    """In the title, the running line, headings, entries, lists and cells: as typed, but for letters that no font has."""
    found = _text(pdf.write(document(name))).replace("〔U+1F3C6〕", "🏆")
    assert found.count("".join(name.split())) >= 11


def test_a_letter_that_no_font_has_is_shown_by_its_code() -> None:
    """Not as a blank; what stands beside it stays, and the document is PDF/A as ever."""
    assert "龘〔U+10FFFE〕公司〔U+EFFFE〕" in _text(pdf.write(document("龘\U0010fffe公司\U000efffe")))


def test_unfit_characters_are_seen_to_be_gone() -> None:
    """As in every other format."""
    found = _text(pdf.write(document(UNFIT))).replace("〔U+FFFD〕", "\ufffd")  # as the font has it
    assert "a\ufffdb\ufffdc\ufffdd\ufffde\ufffd\ufffdf" in found


def test_it_is_for_keeping() -> None:
    """PDF/A-2u by its own metadata, every font in it, the title as its name, headings tagged."""
    made = pdf.write(document("告知书"))
    reader = PdfReader(io.BytesIO(made))
    assert reader.metadata is not None
    assert reader.metadata.title == "告知书"
    assert reader.metadata.creation_date is not None
    assert reader.metadata.creation_date.date() == DAY
    packet = reader.trailer["/Root"]["/Metadata"].get_data().decode()
    assert "<pdfaid:part>2</pdfaid:part>" in packet
    assert "<pdfaid:conformance>U</pdfaid:conformance>" in packet
    assert "/StructTreeRoot" in reader.trailer["/Root"]


def test_the_same_document_is_the_same_bytes() -> None:
    """Whenever it is written; another word or another day makes another file."""
    one = document("告知书", "=1+1")
    assert pdf.write(one) == pdf.write(one)
    assert pdf.write(one) != pdf.write(replace(one, name="告知书（二）"))
    assert pdf.write(one) != pdf.write(replace(one, made_on=None))


def test_parts_pages_and_long_words() -> None:
    """Every part begins a page; a table's headings come again; a word as long as a line is broken, and whole in the text."""
    digest = "sha256:" + "ab" * 60
    table = Table(("条款", "理由"), tuple((str(n), digest) for n in range(60)), (1, 5))
    blocks = (Heading("一、结论"), Paragraph("正文"), Items(("甲",)), table)
    made = pdf.write(
        Document("n", (Part("zh", "甲部", blocks), Part("en", "Part", (Paragraph("text"),))), "页首")
    )
    pages = ["".join(page.extract_text().split()) for page in PdfReader(io.BytesIO(made)).pages]
    assert len(pages) >= 4
    assert all("页首" in page for page in pages)
    assert all("条款理由" in page for page in pages[:-1])
    assert "甲部" not in pages[-1]
    assert "".join(pages).count(digest) >= 55  # one that a page's end divides is not found in one piece


def test_other_errors_are_not_hidden(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A template that is wrong is a fault of ours: it is not taken for letters that no font has."""
    template = tmp_path / "page.typ"
    template.write_text('#panic("a fault of ours")', encoding="utf-8")
    monkeypatch.setattr(pdf, "_TEMPLATE", template)
    with pytest.raises(typst.TypstError, match="a fault of ours"):
        pdf.write(document("x"))


def test_a_radar_is_lines_and_text() -> None:
    """Its names and figures are read back from the page, its picture holds no points, and in Word it has words for it."""
    block = Radar("各类得分率", ("领导", "战略", "🏆 <结果>"), ("72.5", "60", "58"))
    made = Document("反馈报告", (Part("zh", "反馈报告", (block,)),), made_on=DAY)
    assert "领导72.5" in _text(pdf.write(made))
    assert "<结果>58" in _text(pdf.write(made))
    assert not PdfReader(io.BytesIO(pdf.write(made))).pages[0].images
    assert pdf.write(made) == pdf.write(made)
    written = word.write(made)
    assert written == word.write(made)
    with zipfile.ZipFile(io.BytesIO(written)) as archive:
        assert 'descr="各类得分率"' in archive.read("word/document.xml").decode()
        assert [name for name in archive.namelist() if name.startswith("word/media/")] == [
            "word/media/image1.png"
        ]


def test_a_chart_of_lines_is_lines_and_text() -> None:
    """As a radar: names and figures are read back from the page, no points in it, and in Word it has words for it."""
    block = Lines("综合绩效", ("2025", "2026"), (Line("🏆 <甲>", ("100.0", "97.5")),), "100")
    made = Document("跟踪报告", (Part("zh", "跟踪报告", (block,)),), made_on=DAY)
    assert "<甲>97.5" in _text(pdf.write(made))
    assert not PdfReader(io.BytesIO(pdf.write(made))).pages[0].images
    assert pdf.write(made) == pdf.write(made)
    written = word.write(made)
    assert written == word.write(made)
    with zipfile.ZipFile(io.BytesIO(written)) as archive:
        assert 'descr="综合绩效"' in archive.read("word/document.xml").decode()


def test_bars_and_funnels_are_lines_and_text() -> None:
    """As a radar: what is told beside the bars is read back from the page as text."""
    steps = (Step("材料评审", 120, 80), Step("🏆 <公示>", 24, None))
    bars = (Bar("2025 年度", ("3000000", "1500000"), ("300 万元", "150 万元")),)
    blocks = (Funnel("各阶段人数", steps), Bars("预算与奖励", ("预算", "已安排"), bars))
    made = Document("周期概况", (Part("zh", "周期概况", blocks),), made_on=DAY)
    read = _text(pdf.write(made))
    assert "120→80" in read.replace(" ", "")
    assert "已安排150万元" in read.replace(" ", "")
    assert not PdfReader(io.BytesIO(pdf.write(made))).pages[0].images
    assert word.write(made) == word.write(made)
