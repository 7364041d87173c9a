"""The files that applicants and offices upload: a few lines of invented text, as Word and PDF."""

from __future__ import annotations

from functools import cache

from shared.documents import Document, Paragraph, Part, pdf, word


def _document(title: str, lines: tuple[str, ...]) -> Document:
    return Document(title, (Part("zh", title, tuple(Paragraph(line) for line in lines)),), running="示例")


@cache
def as_word(title: str, *lines: str) -> bytes:
    """A DOCX with a title and paragraphs."""
    return word.write(_document(title, lines))


@cache
def as_pdf(title: str, *lines: str) -> bytes:
    """A PDF with a title and paragraphs. Raises NoFont where the machine has no Chinese font."""
    return pdf.write(_document(title, lines))
