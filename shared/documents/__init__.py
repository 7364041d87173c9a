"""文书: letters, tables and reports for people, as PDF, DOCX, XLSX and Markdown, made from one small model. Pure."""

from __future__ import annotations

from shared.documents.model import (
    Block,
    Callout,
    Document,
    Entries,
    Heading,
    Items,
    Language,
    Line,
    Lines,
    Paragraph,
    Part,
    Radar,
    Table,
)
from shared.documents.text import clean

__all__ = [
    "Block",
    "Callout",
    "Document",
    "Entries",
    "Heading",
    "Items",
    "Language",
    "Line",
    "Lines",
    "Paragraph",
    "Part",
    "Radar",
    "Table",
    "clean",
]
