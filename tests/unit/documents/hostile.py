"""Names that somebody could write into a form to break a document, and a document that holds them everywhere."""

from __future__ import annotations

from datetime import date

from shared.documents import (
    Callout,
    Document,
    Entries,
    Heading,
    Items,
    Paragraph,
    Part,
    Table,
)

TYPST = '#import "secret.typ": * #panic() *bold* $x$ `raw` @label <label> // comment'
NAMES = (
    TYPST,
    '#sys.inputs #read("/etc/passwd") #{1 + 1}',
    '=HYPERLINK("http://example.invalid","click")',
    "+1+1",
    "-1+1",
    "@SUM(A1:A9)",
    "#N/A",
    "<w:p><w:r><w:t>x</w:t></w:r></w:p>&amp;\"'",
    "🏆 公司",
    "| a | b |",
    "1. first",
    "**x** [y](http://example.invalid) ~~z~~ ![i](j) <b>",
    "长" * 400,
    "A" * 300,
)
UNFIT = "a\x00b\x0bc\x1fd\ud800e\uffff\u202ef"
DAY = date(2025, 7, 4)


def document(*texts: str) -> Document:
    """Each text in each place that a document has for one."""
    blocks = [
        block
        for text in texts
        for block in (
            Callout(text),
            Heading(text),
            Heading(text, 2),
            Paragraph(text),
            Entries(((text, text),)),
            Items((text,)),
            Table((text, "b"), ((text, text),)),
        )
    ]
    return Document(texts[0], (Part("zh", texts[0], tuple(blocks), texts[0]),), texts[0], DAY)
