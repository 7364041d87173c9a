"""Markdown shows every text as it is: none of it is a heading, a cell, a link or a tag."""

from __future__ import annotations

import re

import pytest

from shared.documents import Document, Heading, Items, Paragraph, Part, Table
from shared.documents.markdown import escaped, write
from tests.unit.documents.hostile import NAMES, document


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("document_review", "document_review"),
        ("_a_ __b__", r"\_a\_ \_\_b\_\_"),
        ("a|b\nc", r"a\|b c"),
        ("1. x", r"1\. x"),
        ("16.1、20", "16.1、20"),
        ("- x", r"\- x"),
        ("---", r"\---"),
        ("−20,000", "−20,000"),
        ("# x", r"\# x"),
        ("<b>&amp;", r"\<b\>\&amp;"),
        ("[a](b)", r"\[a\](b)"),
        ("\\", "\\\\"),
    ],
)
def test_what_would_be_markup_is_escaped(text: str, shown: str) -> None:
    """And what is none stays readable."""
    assert escaped(text) == shown


@pytest.mark.parametrize("name", NAMES)
def test_a_hostile_name_stays_in_its_cell(name: str) -> None:
    """Every row of the table has two cells, and the whole has no more blocks than it was given."""
    lines = write(document(name)).splitlines()
    for line in (line for line in lines if line.startswith("| ")):
        assert len(re.findall(r"(?<!\\)\|", line)) == 3, line
    assert sum(line.startswith("#") for line in lines) == 3


def test_the_whole() -> None:
    """Running line, titles, headings, figures to the right, numbered items."""
    made = write(
        Document(
            "n",
            (Part("zh", "标题", (Heading("节", 2), Paragraph("强", strong=True), Items(("一", "二")),
                                Table(("a", "元"), (("x", "1"),), figures=frozenset({1}))), "副题"),),
            "演练",
        )
    )  # fmt: skip
    assert made == (
        "> **演练**\n\n# 标题\n\n副题\n\n### 节\n\n**强**\n\n1. 一\n2. 二\n\n| a | 元 |\n|---|---:|\n| x | 1 |\n"
    )
