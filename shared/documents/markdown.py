"""Markdown (CommonMark with tables) of a document. Text is escaped: nothing of it is read as markup. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from shared.documents import pictures
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
    Radar,
    Table,
)
from shared.documents.text import clean

# An underscore between letters or digits is none of its marks, and ids are full of them.
_MARKS = re.compile(r"[\\`*\[\]<>|~&#!{}]|(?<![^\W_])_|_(?![^\W_])")
_LINE_START = re.compile(r"^(\s*)([-+](?=[-+\s]|$)|[0-9]+[.)](?=\s|$))")


def write(document: Document) -> str:
    """The document as one text; its running line comes first, since there are no pages."""
    blocks: list[str] = [f"> **{escaped(document.running)}**"] if document.running else []
    for part in document.parts:
        blocks.append(f"# {escaped(part.title)}")
        blocks += [escaped(part.subtitle)] if part.subtitle else []
        blocks += ["\n".join(_block(block)) for block in part.blocks]
    return "\n\n".join(blocks) + "\n"


def escaped(text: str) -> str:
    """The text so that it is shown as it is, on one line."""
    marked = _MARKS.sub(r"\\\g<0>", " ".join(clean(text).split("\n")).strip())
    return _LINE_START.sub(_escape_start, marked)


def _escape_start(match: re.Match[str]) -> str:
    space, mark = match.groups()
    return f"{space}{mark[:-1]}\\{mark[-1]}"


def _block(block: Block) -> Iterator[str]:
    match block:
        case Heading(text, level):
            yield f"{'#' * (level + 1)} {escaped(text)}"
        case Paragraph():
            yield f"**{escaped(block.text)}**" if block.strong else escaped(block.text)
        case Callout(text):
            yield f"> {escaped(text)}"
        case Entries(rows):
            yield from (f"- {escaped(label)}：{escaped(value)}" for label, value in rows)
        case Items(texts):
            yield from (f"{number}. {escaped(text)}" for number, text in enumerate(texts, start=1))
        case Radar():
            yield f"> {escaped(block.title)}"
            yield from (
                f"- {escaped(axis)}：{escaped(figure)}"
                for axis, figure in zip(block.axes, block.shown, strict=True)
            )
        case Lines():
            yield f"> {escaped(block.title)}"
            for line in block.lines:
                told = zip(block.columns, line.shown, strict=True)
                figures = "；".join(f"{escaped(column)} {escaped(each or '—')}" for column, each in told)
                yield f"- {escaped(line.name)}：{figures}"
        case Funnel() | Bars():
            yield f"> {escaped(block.title)}"
            for row in pictures.table(block).rows:
                yield f"- {escaped(row[0])}：{'；'.join(map(escaped, row[1:]))}"
        case Table():
            yield _line(block.headings)
            yield _rule(block)
            yield from (_line(row) for row in block.rows)


def _line(cells: Iterable[str]) -> str:
    return "| " + " | ".join(escaped(cell) for cell in cells) + " |"


def _rule(table: Table) -> str:
    return (
        "|"
        + "|".join("---:" if column in table.figures else "---" for column in range(len(table.headings)))
        + "|"
    )
