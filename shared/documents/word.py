"""DOCX of a document, by python-docx: real headings and tables, so that an office can go on writing in it."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

import docx
from docx.document import Document as Written
from docx.enum.section import WD_SECTION
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor
from docx.text.paragraph import Paragraph as WrittenParagraph

from shared.documents import pdf
from shared.documents.archive import settled
from shared.documents.model import (
    Bars,
    Block,
    Callout,
    Document,
    Entries,
    Funnel,
    Heading,
    Items,
    Lines,
    Paragraph,
    Part,
    Picture,
    Radar,
    Table,
    written_at,
)
from shared.documents.text import clean

LATIN, SONG, HEI, FANG_SONG = "Times New Roman", "宋体", "黑体", "仿宋"
_RED = RGBColor(0xA0, 0x19, 0x19)
_LONGEST_TITLE = 255  # characters of a property
_ALIGN = {
    "left": WD_ALIGN_PARAGRAPH.JUSTIFY,
    "centre": WD_ALIGN_PARAGRAPH.CENTER,
    "right": WD_ALIGN_PARAGRAPH.RIGHT,
}
_STYLES = (  # style, Chinese font, size in points, bold
    ("Normal", FANG_SONG, 12.0, False),
    ("Title", SONG, 20.0, True),
    ("Heading 1", HEI, 13.0, True),
    ("Heading 2", HEI, 12.0, False),
    ("List Number", FANG_SONG, 12.0, False),
    ("Header", HEI, 10.0, False),
    ("Footer", SONG, 10.0, False),
)
_MARGINS = {"top_margin": 32, "bottom_margin": 28, "left_margin": 26, "right_margin": 24}  # millimetres


def write(document: Document) -> bytes:
    """The DOCX, the same bytes for the same document."""
    written = docx.Document()
    _properties(written, document)
    for style, chinese, size, bold in _STYLES:
        _style(written, style, chinese, size, bold)
    for number, part in enumerate(document.parts):
        section = written.sections[0] if number == 0 else written.add_section(WD_SECTION.NEW_PAGE)
        section.page_width, section.page_height = Mm(210), Mm(297)
        for margin, size in _MARGINS.items():
            setattr(section, margin, Mm(size))
        if number == 0:  # later sections go on with it
            _running(section.header.paragraphs[0], document.running)
            _page_number(section.footer.paragraphs[0])
        _part(written, part)
    out = io.BytesIO()
    written.save(out)
    return settled(out.getvalue())


def _properties(written: Written, document: Document) -> None:
    properties = written.core_properties
    properties.title, properties.author, properties.comments = clean(document.name)[:_LONGEST_TITLE], "", ""
    properties.created = properties.modified = written_at(document.made_on)


def _style(written: Written, name: str, chinese: str, size: float, bold: bool) -> None:
    """A font for Latin and one for Chinese letters; the theme's fonts would go before both."""
    style: Any = written.styles[name]
    style.font.name, style.font.size, style.font.bold = LATIN, Pt(size), bold
    style.font.color.rgb = RGBColor(0, 0, 0)
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    for script in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
        fonts.attrib.pop(qn(f"w:{script}"), None)
    fonts.set(qn("w:eastAsia"), chinese)
    for frame in style.element.findall(f".//{qn('w:pBdr')}"):
        frame.getparent().remove(frame)  # the line that Word's own template draws under a title


def _running(paragraph: WrittenParagraph, text: str) -> None:
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    run = paragraph.add_run(clean(text))
    run.font.color.rgb = _RED


def _page_number(paragraph: WrittenParagraph) -> None:
    """— 1 —, as official papers have it; the number is Word's to count."""
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    paragraph.add_run("— ")
    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), "PAGE")
    paragraph._p.append(field)
    paragraph.add_run(" —")


def _part(written: Written, part: Part) -> None:
    title = written.add_paragraph(clean(part.title), style="Title")
    title.alignment = WD_ALIGN_PARAGRAPH.CENTER
    if part.subtitle:
        written.add_paragraph(clean(part.subtitle)).alignment = WD_ALIGN_PARAGRAPH.CENTER
    for block in part.blocks:
        _block(written, block, part.language == "zh")


def _block(written: Written, block: Block, indented: bool) -> None:
    match block:
        case Heading(text, level):
            written.add_paragraph(clean(text), style=f"Heading {level}")
        case Paragraph():
            _paragraph(written, block, indented)
        case Callout(text):
            table = _grid(written, 1, (1,))
            _fill(table.rows[0].cells[0], text, 10.5, colour=_RED, chinese=HEI)
        case Entries(rows):
            table = _grid(written, len(rows), (1, 3))
            for row, (label, value) in zip(table.rows, rows, strict=True):
                _fill(row.cells[0], label, 10.5, chinese=HEI)
                _fill(row.cells[1], value, 10.5)
        case Items(texts):
            for number, text in enumerate(texts, start=1):
                _paragraph(written, Paragraph(f"{number}. {text}"), indented)
        case Table():
            _table(written, block)
        case Radar() | Lines() | Funnel() | Bars():
            _picture(written, block)


def _paragraph(written: Written, block: Paragraph, indented: bool) -> None:
    paragraph = written.add_paragraph()
    paragraph.alignment = _ALIGN[block.align]
    size = 9.5 if block.small else 12.0
    if indented and block.align == "left" and not block.small:
        paragraph.paragraph_format.first_line_indent = Pt(2 * size)
    run = paragraph.add_run(clean(block.text))
    run.font.size, run.font.bold = Pt(size), block.strong


def _picture(written: Written, block: Picture) -> None:
    """As points, since Word shows lines of this kind only in its newer versions; its title is read out instead of it."""
    paragraph = written.add_paragraph()
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    shape = paragraph.add_run().add_picture(io.BytesIO(pdf.picture(block)), width=Mm(150))
    described = shape._inline.docPr
    described.set("name", type(block).__name__.lower())
    described.set("descr", clean(block.title))


def _table(written: Written, block: Table) -> None:
    table = _grid(written, 1 + len(block.rows), block.shares)
    for cell, text in zip(table.rows[0].cells, block.headings, strict=True):
        _fill(cell, text, 9.5, align=WD_ALIGN_PARAGRAPH.CENTER, chinese=HEI)
        shade = OxmlElement("w:shd")
        shade.set(qn("w:val"), "clear")
        shade.set(qn("w:fill"), "EEEEEE")
        cell._tc.get_or_add_tcPr().append(shade)
    _row_property(table.rows[0], "w:tblHeader")
    for row, texts in zip(list(table.rows)[1:], block.rows, strict=True):
        for column, text in enumerate(texts):
            align = WD_ALIGN_PARAGRAPH.RIGHT if column in block.figures else WD_ALIGN_PARAGRAPH.LEFT
            _fill(row.cells[column], text, 9.5, align=align)


def _grid(written: Written, rows: int, shares: Sequence[int]) -> Any:
    """A table over the whole width, no row of it broken over two pages; air follows it."""
    table = written.add_table(rows, len(shares), style="Table Grid")
    table.autofit = False
    whole = 210 - _MARGINS["left_margin"] - _MARGINS["right_margin"]
    for column, share in zip(table.columns, shares, strict=True):
        column.width = Mm(whole * share / sum(shares))
        for cell in column.cells:
            cell.width = column.width
    for row in table.rows:
        _row_property(row, "w:cantSplit")
    written.add_paragraph().paragraph_format.space_after = Pt(0)
    return table


def _row_property(row: Any, name: str) -> None:
    row._tr.get_or_add_trPr().append(OxmlElement(name))


def _fill(
    cell: Any,
    text: str,
    size: float,
    align: WD_ALIGN_PARAGRAPH = WD_ALIGN_PARAGRAPH.LEFT,
    colour: RGBColor | None = None,
    chinese: str = FANG_SONG,
) -> None:
    paragraph = cell.paragraphs[0]
    paragraph.alignment = align
    paragraph.paragraph_format.space_before = paragraph.paragraph_format.space_after = Pt(2)
    run = paragraph.add_run(clean(text))
    run.font.size = Pt(size)
    run._r.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), chinese)
    if colour is not None:
        run.font.color.rgb = colour
