"""文书: letters, tables and reports for people, as PDF, DOCX, XLSX and Markdown, made from one small model. Pure."""

from __future__ import annotations

from shared.documents.model import (
    Bar,
    Bars,
    Block,
    Callout,
    Document,
    Entries,
    Funnel,
    Heading,
    Items,
    Language,
    Line,
    Lines,
    Paragraph,
    Part,
    Picture,
    Radar,
    Step,
    Table,
)
from shared.documents.text import clean

__all__ = [
    "Bar",
    "Bars",
    "Block",
    "Callout",
    "Document",
    "Entries",
    "Funnel",
    "Heading",
    "Items",
    "Language",
    "Line",
    "Lines",
    "Paragraph",
    "Part",
    "Picture",
    "Radar",
    "Step",
    "Table",
    "clean",
]
