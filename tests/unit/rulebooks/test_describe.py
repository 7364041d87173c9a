"""A rulebook as a document: nothing of the file goes unsaid, in any language."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console
from rich.markdown import Markdown

from shared.rulebooks import Rulebook
from shared.rulebooks.describe import LANGUAGES, Language, describe
from shared.rulebooks.parts import money, parts
from tests.unit.rulebooks.cases import changning
from tests.unit.rulebooks.mutations import city, every_shape


@pytest.fixture(scope="module")
def books(tmp_path_factory: pytest.TempPathFactory) -> list[Rulebook]:
    return every_shape(tmp_path_factory.mktemp("rulebooks"))


def _words(value: Any) -> Iterator[tuple[str, str]]:
    """All that a file says in both languages; reasons and gists, notes and titles."""
    if isinstance(value, dict):
        if isinstance(value.get("zh"), str):
            yield value["zh"], value["en"]
        for item in value.values():
            yield from _words(item)
    elif isinstance(value, list):
        for item in value:
            yield from _words(item)


def _read(text: str) -> str:
    """What a reader sees, without the marks that set Markdown off."""
    return re.sub(r"\\(.)", r"\1", text)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_word_of_the_file_stands_in_the_document(books: list[Rulebook], language: Language) -> None:
    """Titles, sentences, notes, grounds, reasons, gists: in the language that is asked for."""
    for book in books:
        text = _read(describe(book, language))
        for zh, en in _words(book.raw):
            assert language == "en" or zh in text, (book.id, zh)
            assert language == "zh" or en in text, (book.id, en)


def test_the_languages_do_not_mix(books: list[Rulebook]) -> None:
    """Chinese alone has no English sentence, English alone no Chinese one."""
    for book in books:
        chinese, english = _read(describe(book, "zh")), _read(describe(book, "en"))
        for condition in book.conditions:
            assert condition.says.en not in chinese
            assert condition.says.zh not in english


def test_every_assumed_value_is_marked_where_it_stands(books: list[Rulebook]) -> None:
    """Its ground is told at its place, and again in the list of what is assumed."""
    for book in books:
        text = _read(describe(book, "zh"))
        for value in book.assumed():
            assert text.count(value.note.zh) >= 2, (book.id, value.path)
        marks = sum(
            entry.assumed + sum(v.assumed for v in entry.values) for p in parts(book) for entry in p.entries
        )
        assert text.count("〔假定〕") == marks
        assert marks >= 2 * len(book.assumed())


def test_conditions_stand_under_their_article_in_the_order_of_the_text(books: list[Rulebook]) -> None:
    """Article by article; rules that no article gives come last."""
    for book in books:
        text = describe(book, "zh")
        headings = re.findall(r"^###.*〔(\S+)〕", text, re.M)
        assert len(headings) == len(set(headings)) == len({c.rule for c in book.conditions})
        order = [*book.articles, *(rule for rule in headings if rule not in book.articles)]
        assert headings == sorted(headings, key=order.index)
        for condition in book.conditions:
            section = text.partition(f"〔{condition.rule}〕")[2] if condition.rule in headings else ""
            assert f"(`{condition.name}`)" in section


def test_what_became_of_every_article_is_told(books: list[Rulebook]) -> None:
    """At the end each article has what it became, or why it became nothing; a bare heading of items has neither."""
    for book in books:
        listed = describe(book, "zh").partition("## 条文对照\n")[2]
        entries = re.split(r"^- ", listed, flags=re.M)[1:]
        assert len(entries) == len(book.articles)
        for rule, entry in zip(book.articles, entries, strict=True):
            assert f"〔{rule}〕" in entry
            heading = any(other.startswith(f"{rule}.") for other in book.articles)
            assert heading or "编入" in entry, (book.id, rule)


def test_a_few_lines_as_they_come_out() -> None:
    """What a lawyer reads of one condition and one stage of the published text."""
    text = describe(changning(), "both")
    assert "- **现场评审 · site review** (`site_review`) 第二十三条〔23〕\n" in text
    assert "  - 进入 · who comes here：由评审办确定名单 / those whom the award office picks\n" in text
    assert (
        "  - 要求 · asks：近 3 年“利润”无负数，“政策性亏损年度”不计 / no negative “profit” in the last 3 years, "
        "“years of policy losses” not counted\n" in text
    )
    assert "  - 由谁判断 · decided by：评审办人员 / an officer of the award office\n" in text
    assert "  - 金额 · amount：50 万元 / 500,000 yuan\n" in text


def test_an_exception_tells_its_case_its_effect_and_its_article(books: list[Rulebook]) -> None:
    """State-funded ones get a certificate; who won before uses no place either."""
    text = _read(describe(books[-2], "both"))
    assert "“财政全额拨款”的，只授予证书，不发放资金（第二十六条）" in text
    assert "having won 金奖 before: a certificate, no money and no use of the quota (26)" in text
    assert "现场 ∥ 社会" in text


def test_words_that_markdown_would_read_as_marks_come_out_as_they_are(tmp_path: Path) -> None:
    """A star or an underscore in a title is no emphasis, a bracket no link."""
    book = city(tmp_path)
    strange = "《办法》*试行*_一_[二](三) <四> `五` | #"
    console = Console(width=200, no_color=True, legacy_windows=False)
    with console.capture() as shown:
        from dataclasses import replace

        from shared.rulebooks import Words

        console.print(Markdown(describe(replace(book, title=Words(strange, strange)), "zh")))
    assert strange in shown.get()


@pytest.mark.parametrize(
    ("fen", "zh", "en"),
    [
        (40_000_000, "40 万元", "400,000 yuan"),
        (150_000, "0.15 万元", "1,500 yuan"),
        (12_345, "0.012345 万元", "123.45 yuan"),
    ],
)
def test_amounts_are_exact_in_both_languages(fen: int, zh: str, en: str) -> None:
    """Nothing is rounded."""
    assert (money(fen).zh, money(fen).en) == (zh, en)
