"""How articles are cited: what no article gives is said in words, never by its key."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from markupsafe import Markup

from services.gateway.citing import cited, cited_both
from services.gateway.notices import in_words
from services.gateway.portal.text import own
from shared.rulebooks import library


def test_the_key_of_an_assumed_rule_is_never_shown() -> None:
    """In a sentence, in both languages, with a condition behind it; an article stays as it is."""
    assert cited("缺少的不予受理（assumed:objections）。") == "缺少的不予受理（规则假定）。"
    assert cited("not accepted (assumed:objections).", "en") == "not accepted (assumed, no article says it)."
    assert cited("assumed:clean_record/no_major_accident：不符合") == "规则假定：不符合"
    assert cited("第十六条（六）") == "第十六条（六）"
    assert cited_both("第十六条") == "第十六条"
    assert cited_both("assumed:approval") == "规则假定 assumed, no article says it"


def test_pages_say_it_so() -> None:
    """What services wrote goes through the same words."""
    assert own("assumed:grants：资助", "zh") == Markup("规则假定：资助")


def test_a_paper_cites_the_article_and_not_its_key() -> None:
    """Of a notice, its draft, its proof, a letter: the rest of what is said stays as it is."""
    book = next(
        book for book in map(library().get, library().ids()) if any(stage.notice for stage in book.stages)
    )
    stage = next(stage for stage in book.stages if stage.notice)
    gateway: Any = SimpleNamespace(dispatcher=SimpleNamespace(rulebook=lambda cycle_id, context: book))
    asked: Any = SimpleNamespace(context=None)
    told = {
        "rule": stage.rule,
        "objections_zh": "须实名（assumed:objections）。",
        "content_digest": "sha256:abc",
    }
    put = in_words(gateway, "c1", told, asked)
    assert put["rule"] == cited_both(book.label(stage.rule)) != stage.rule
    assert put["objections_zh"] == "须实名（规则假定）。"
    assert (put["content_digest"], "objections_en" in put) == ("sha256:abc", False)
