"""The pages on regulations and the check without an account, with the rulebooks that are installed."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from services.gateway import published
from shared.contracts import Context
from shared.rulebooks import Rulebook, library
from tests.support.browsing import Shown, Visitor
from tests.support.gateway import Bench, InProcess, answered, make_bench

BOOKS = [library().get(name) for name in sorted(library().ids())]
DRAFTS = [book for book in BOOKS if book.status == "draft"]


class World:
    """One call, as intake would answer."""

    def __init__(self) -> None:
        self.calls: list[dict[str, Any]] = []

    def answer(self, service: str, method: str, data: Mapping[str, Any], context: Context) -> dict[str, Any]:
        reply = answered(service, method, data, context)
        return (
            {"cycles": [{**reply["cycles"][0], **call} for call in self.calls]}
            if method == "cycles"
            else reply
        )


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
def caller(world: World) -> InProcess:
    return InProcess(world.answer)


@pytest.fixture
def bench(tmp_path: Path, caller: InProcess) -> Bench:
    return make_bench(tmp_path, caller)


@pytest.fixture
def anybody(bench: Bench) -> Visitor:
    return Visitor(bench)


def test_every_rulebook_is_listed_with_how_it_stands(anybody: Visitor) -> None:
    shown = anybody.open("/rules")
    assert shown.status == 200
    for book in BOOKS:
        assert f"/rules/{book.id}" in shown.links
        assert f"/check/{book.id}" in shown.links
    assert shown.words.count("从未施行") == len(DRAFTS)


@pytest.mark.parametrize("book", BOOKS, ids=lambda book: book.id)
def test_a_regulation_has_every_article_and_marks_every_assumed_value_with_its_note(
    anybody: Visitor, book: Rulebook
) -> None:
    shown = anybody.open(f"/rules/{book.id}")
    assert shown.status == 200
    for article in book.articles.values():
        assert article.label in shown.words
        if article.gist:
            assert article.gist.zh in shown.words
    for each in book.assumed():
        assert " ".join(each.note.zh.split()) in shown.words, each.path
    assert ("从未施行" in shown.words) == (book.status == "draft")
    inside = set(re.findall(r'href="#([^"]+)"', shown.text)) - {"main-content"}
    assert inside <= set(re.findall(r'id="([^"]+)"', shown.text))
    ids = re.findall(r'id="([^"]+)"', shown.text)
    assert len(ids) == len(set(ids))


def test_two_regulations_stand_side_by_side_and_an_unknown_one_is_said(anybody: Visitor) -> None:
    book, other = (
        DRAFTS[0],
        next(
            each for each in BOOKS if each.jurisdiction == DRAFTS[0].jurisdiction and each.status != "draft"
        ),
    )
    shown = anybody.open(f"/rules/{book.id}?compare={other.id}")
    assert shown.status == 200
    assert book.title.zh in shown.words
    assert other.title.zh in shown.words
    assert "没有差别" not in shown.words
    for wrong in ("no-such", "../x", "A" * 5000, "<script>"):
        answer = anybody.client.get(
            f"/rules/{book.id}", query_string={"compare": wrong}, base_url="https://localhost"
        )
        assert answer.status_code == 200
        assert "没有这部办法" in answer.get_data(as_text=True)
        assert "<script>" not in answer.get_data(as_text=True)
    assert anybody.open("/rules/no-such").status == 404
    assert anybody.open("/check/no-such").status == 404


def _begin(visitor: Visitor, book: Rulebook, kind: str | None = None) -> Shown:
    page = visitor.open(f"/check/{book.id}")
    chosen = {"kind": kind or book.kinds[0]} | ({"category": book.categories[0]} if book.categories else {})
    return visitor.fill(page, having="_at", **chosen)


def _to_the_end(visitor: Visitor, shown: Shown) -> Shown:
    """Next, next, with what is filled in already."""
    for _ in range(20):
        if "预检结果" in shown.words:
            return shown
        assert shown.status == 200, shown.words
        shown = visitor.fill(shown, having="_at")
    raise AssertionError("no end")


@pytest.mark.parametrize("book", BOOKS, ids=lambda book: book.id)
def test_a_check_asks_five_questions_a_page_and_ends_in_findings(
    anybody: Visitor, caller: InProcess, book: Rulebook
) -> None:
    """Unanswered is missing, never fine; what departments and registers say is not guessed; no service is told an answer."""
    asked = published.form_of(
        library(), book.id, book.kinds[0], book.categories[0] if book.categories else None
    )
    questions = [
        *asked["facts"],
        *asked["by_others"],
        *([1] if asked["pool"] else []),
        *([1] if asked["materials"] else []),
    ]
    shown = _begin(anybody, book)
    assert f"共 {-(-len(questions) // 5)} 页" in shown.words
    result = _to_the_end(anybody, shown)
    for words in ("条款", "条件", "结论", "依据", "怎么办", "缺少", "没有保存"):
        assert words in result.words
    assert {call.operation for call in caller.calls} <= {"intake.cycles"}
    assert all(not call.data for call in caller.calls)


def test_answers_go_along_and_can_be_changed(anybody: Visitor, world: World) -> None:
    book = next(each for each in BOOKS if each.id == DRAFTS[0].id)
    world.calls = [
        {"rulebook": book.id, "state": "open", "rehearsal": True, "year": 2031, "closes_on": "2031-05-12"},
        {"rulebook": book.id, "state": "open", "rehearsal": False, "year": 2025, "closes_on": "2025-06-13"},
    ]
    shown = _begin(anybody, book)
    name = next(name for name, _ in shown.form("_at")["fields"] if name.startswith("facts."))
    later = anybody.fill(shown, having="_at", **{name: "我们的答案"})
    assert (name, "我们的答案") in later.form("_at")["fields"]
    back = anybody.fill(later, having="_at", _to="1")
    assert (name, "我们的答案") in back.form("_at")["fields"]
    result = _to_the_end(anybody, later)
    assert "2025年6月13日" in result.words
    assert "2031" not in result.words
    assert (name, "我们的答案") in result.forms[-1]["fields"]


def test_what_is_wrong_is_said_at_its_field_and_kept(anybody: Visitor) -> None:
    book = next(each for each in BOOKS if "individual" in each.kinds)
    assert _begin(anybody, book, "organization").status == 200
    nothing = anybody.post(f"/check/{book.id}", {"_at": "0"})
    assert nothing.status == 422
    assert "请选择" in nothing.words
    wrong = anybody.post(f"/check/{book.id}", {"_at": "0", "kind": "nobody"})
    assert wrong.status == 422
    for name, value in _wrong_answers(book):
        fields = {"kind": "organization", "_at": str(_page_with(anybody, book, name)), name: value}
        refused = anybody.post(f"/check/{book.id}", fields)
        assert refused.status == 422, name
        assert "govuk-error-summary" in refused.text
        assert "govuk-error-message" in refused.text
    hostile = anybody.post(
        f"/check/{book.id}",
        {"kind": "organization", "_at": "999", "_to": "-1", "x": "<script>alert(1)</script>"},
    )
    assert hostile.status == 200
    assert "<script>alert" not in hostile.text


def _wrong_answers(book: Rulebook) -> list[tuple[str, str]]:
    form = published.form_of(library(), book.id, "organization", None)
    found = {"date": "昨天", "boolean": "maybe", "integer": "many", "years": "去年"}
    return [(part["name"], found[part["form"]]) for part in form["facts"] if part["form"] in found]


def _page_with(visitor: Visitor, book: Rulebook, name: str) -> int:
    shown = visitor.post(f"/check/{book.id}", {"kind": "organization", "_at": "0"})
    for place in range(1, 20):
        if f'name="{name}' in shown.text:
            return place
        shown = visitor.post(f"/check/{book.id}", {"kind": "organization", "_at": str(place)})
    raise AssertionError(name)
