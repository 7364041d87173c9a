"""Feedback as a document: every word of the reply is in it, the radar with the table that says the same."""

from __future__ import annotations

from dataclasses import astuple
from typing import Any

import pytest

from services.gateway import feedback_pages
from shared.documents import Callout, Document, Radar, Table


def _category(item: str, percent: int) -> dict[str, Any]:
    title = {"title_zh": f"类别{item}", "title_en": f"category {item}"}
    leaf = {"item": f"{item}.1", "title_zh": f"条款{item}.1", "title_en": f"item {item}.1", "band": "50-65"}
    looks = [{"zh": "方法", "en": "approach", "looks_zh": "成体系", "looks_en": "systematic"}]
    return {
        "item": item, **title, "points": 100, "percent": percent, "band": "50-65", "place": 4, "bands": 6, "looks": looks,
        "items": [leaf],
    }  # fmt: skip


def _report(categories: int = 3, **changes: Any) -> dict[str, Any]:
    points = [
        {"item": "", "strengths": [], "improvements": ["整体改进"]},
        {"item": "1.1", "strengths": ["条款优势"], "improvements": ["条款改进"]},
    ]
    return {
        "cycle_id": "c1", "application_id": "a1", "sequence": 7, "applicant": "示例单位", "award_zh": "示例奖",
        "award_en": "Example award", "year": 2025, "standard_zh": "示例准则", "standard_en": "example criteria",
        "categories": [_category(str(n), 40 + n) for n in range(1, categories + 1)], "summary": "第一段\n第二段",
        "points": points, "version": 1, "reason": None, "made_on": "2025-09-01", **changes,
    }  # fmt: skip


def _words(document: Document) -> str:
    return str(astuple(document))


def _blocks(document: Document, kind: type[Any]) -> list[Any]:
    return [block for part in document.parts for block in part.blocks if isinstance(block, kind)]


def test_every_word_of_the_reply_is_in_it() -> None:
    found = _words(feedback_pages.report(_report()))
    for word in (
        "示例单位", "示例奖", "Example award", "示例准则", "第一段", "第二段", "整体改进", "条款优势", "条款改进", "类别3",
        "条款2.1", "approach: systematic",
    ):  # fmt: skip
        assert word in found


def test_the_radar_says_what_the_table_says() -> None:
    """Axis by axis; where there are too few axes the table stands alone."""
    document = feedback_pages.report(_report())
    (radar,) = _blocks(document, Radar)
    (table,) = _blocks(document, Table)
    assert radar.shown == ("41", "42", "43")
    assert [row[2] for row in table.rows] == [f"{percent} %" for percent in radar.shown]
    few = feedback_pages.report(_report(2))
    assert _blocks(few, Radar) == []
    assert len(_blocks(few, Table)) == 1


def test_words_without_figures_are_kept() -> None:
    """Of an application that nobody scored item by item; what is said of an item stands under its key."""
    document = feedback_pages.report(_report(0, standard_zh=None, standard_en=None))
    assert _blocks(document, Radar) == _blocks(document, Table) == []
    assert "条款改进" in _words(document)


def test_a_draft_says_so_on_every_page_and_a_correction_why() -> None:
    draft, first = feedback_pages.report(_report(version=0)), feedback_pages.report(_report())
    assert "草稿" in draft.running
    assert first.running == ""
    assert _blocks(first, Callout) == []
    (callout,) = _blocks(feedback_pages.report(_report(version=2, reason="条款写错")), Callout)
    assert "条款写错" in callout.text


@pytest.mark.parametrize("shown", [None, "多数"])
def test_what_the_digest_withholds_is_a_dash(shown: str | None) -> None:
    """And a standard with too few applicants is named with nothing else."""
    words = {"share_zh": shown, "share_en": shown and "most"}
    category = {
        "item": "1", "title_zh": "类别", "title_en": "category", "bands": [{"band": "0-25", **words}],
        "improvements_zh": None, "improvements_en": None,
    }  # fmt: skip
    group = {"criteria": "x", "standard_zh": "准则", "standard_en": "criteria", "categories": [category]}
    said = {
        "award_zh": "奖", "award_en": "award", "year": 2025, "least": 5, "published_on": "2025-10-01",
        "groups": [group, {**group, "categories": []}], "texts": [{"item": "1", "zh": "缺少对比", "en": None}],
    }  # fmt: skip
    document = feedback_pages.digest(said)
    (table,) = _blocks(document, Table)
    assert table.rows == (("1 类别\ncategory", f"{shown}\nmost" if shown else "—", "—"),)
    assert "申报主体过少" in _words(document)
    assert "缺少对比" in _words(document)
