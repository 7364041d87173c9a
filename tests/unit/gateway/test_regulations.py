"""Regulations in words, beside each other, and held against what somebody states."""

from __future__ import annotations

import re
from datetime import date
from typing import Any, cast

import pytest

from services.gateway import regulations
from services.gateway.own.regulations import Differences, RegulationText, SelfChecked
from services.gateway.portal.public.regulations import assumed
from shared.contracts import load
from shared.problems import Invalid, NotFound
from shared.rulebooks import Case, Rulebook, library
from shared.rulebooks.evaluator import find
from shared.rulebooks.expected import expected
from shared.rulebooks.made_up import satisfying

BOOKS = [library().get(name) for name in sorted(library().ids())]


class _Gateway:
    library = library()


GATEWAY = cast("Any", _Gateway())


def _check(book: Rulebook, **more: Any) -> dict[str, Any]:
    category = book.categories[0] if book.categories else None
    given = {
        "rulebook": book.id,
        "kind": book.kinds[0],
        "category": category,
        "year": 2025,
        "closes_on": "2025-05-12",
        **more,
    }
    return regulations.self_check(GATEWAY, given, cast("Any", None))


@pytest.mark.parametrize("book", BOOKS, ids=lambda book: book.id)
def test_a_rulebook_in_words_is_of_the_contract_and_has_all_its_articles_and_assumed_values(
    book: Rulebook,
) -> None:
    told = regulations.regulation(GATEWAY, {"rulebook": book.id}, cast("Any", None))
    load(RegulationText(), told)
    assert [each["rule"] for each in told["articles"]] == list(book.articles)
    assumed = next(part for part in told["parts"] if part["part"] == "assumed")
    assert len(assumed["entries"]) == len(book.assumed())


def test_two_rulebooks_differ_and_one_does_not_differ_from_itself() -> None:
    first, second = BOOKS[0], BOOKS[1]
    told = regulations.differences(GATEWAY, {"rulebook": first.id, "other": second.id}, cast("Any", None))
    load(Differences(), told)
    assert told["differences"]
    same = regulations.differences(GATEWAY, {"rulebook": first.id, "other": first.id}, cast("Any", None))
    assert same["differences"] == []


@pytest.mark.parametrize("book", BOOKS, ids=lambda book: book.id)
def test_the_check_finds_what_the_evaluator_finds(book: Rulebook) -> None:
    """There is one evaluator: the same findings in the same order, whatever is stated."""
    case: Case = satisfying(
        book, book.kinds[0], book.categories[0] if book.categories else None, date(2025, 5, 12)
    )
    assert [each.finding for each in expected(book, case)] == list(find(book, case).findings)


@pytest.mark.parametrize("book", BOOKS, ids=lambda book: book.id)
def test_an_empty_statement_gets_a_finding_for_every_condition_and_registers_are_not_guessed(
    book: Rulebook,
) -> None:
    told = _check(book)
    load(SelfChecked(), told)
    outcomes = {each["outcome"] for each in told["findings"]}
    assert "missing" in outcomes
    unread = [each for each in told["findings"] if each["outcome"] == "not_known"]
    assert len(unread) == sum(not each.known for each in expected(book, _case_of(book)))
    assert all(each["evidence"] == [] for each in unread)


def _case_of(book: Rulebook) -> Case:
    return satisfying(book, book.kinds[0], book.categories[0] if book.categories else None, date(2025, 5, 12))


def test_what_a_rulebook_does_not_have_is_refused() -> None:
    with pytest.raises(NotFound):
        regulations.regulation(GATEWAY, {"rulebook": "no-such"}, cast("Any", None))
    with pytest.raises(NotFound):
        regulations.differences(GATEWAY, {"rulebook": BOOKS[0].id, "other": "no-such"}, cast("Any", None))
    with_categories = next(book for book in BOOKS if book.categories)
    with pytest.raises(Invalid):
        _check(with_categories, category=None)
    with pytest.raises(Invalid):
        _check(with_categories, category="no-such")
    with pytest.raises(Invalid):
        _check(next(book for book in BOOKS if "individual" not in book.kinds), kind="individual")


@pytest.mark.parametrize("book", BOOKS, ids=[book.id for book in BOOKS])
def test_what_is_assumed_is_told_in_words_and_nothing_is_left_out(book: Rulebook) -> None:
    """The page's table has as many lines as the file has assumed values, each with its ground, and no place in the file."""
    told = regulations.regulation(GATEWAY, {"rulebook": book.id}, cast("Any", None))
    kept = next((part["entries"] for part in told["parts"] if part["part"] == "assumed"), [])
    rows = assumed(told)
    assert len(rows) == len(kept)
    assert {each["note_zh"] for each in kept} <= {each["note_zh"] for each in rows}
    for row in rows:
        said = [row["place_zh"], *(value["text_zh"] for value in row["values"])]
        assert not re.search(r"[=\[\]]|\bTrue\b|\bNone\b|[a-z]\.[a-z]", " ".join(said)), said
