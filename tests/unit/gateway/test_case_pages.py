"""Letters of cases as documents: each kind, and what it must not leave out."""

from __future__ import annotations

from typing import Any

import pytest

from services.gateway.case_pages import letter, title
from shared.documents import word
from shared.documents.markdown import write as markdown

pytestmark = pytest.mark.unit

SAID: dict[str, Any] = {
    "case_id": "c", "cycle_id": "y", "letter": "decision", "holder": "示例公司", "title": "示例奖", "number": "X-1", "year": 2025,
    "award_zh": "示例办法", "award_en": "Example Measures", "issuer": "示例市人民政府", "rule": "第三十四条",
    "event_zh": "弄虚作假", "event_en": "fraud", "happened_on": "2026-03-02", "grounds": "材料不实", "dated": "2026-03-20",
    "answer_by": None, "outcome": "revoked", "reason": "事实清楚",
    "orders": [{"zh": "撤销奖项", "en": "revoke the award"}], "banned_until": "2031-03-20",
}  # fmt: skip
NOTICE = SAID | {
    "letter": "notice",
    "outcome": None,
    "orders": [],
    "answer_by": "2026-03-16",
    "banned_until": None,
}


def text_of(said: dict[str, Any]) -> str:
    return markdown(letter(said))


def test_a_notice_says_until_when_and_decides_nothing() -> None:
    """Facts, article, the right to answer and its last day."""
    text = text_of(NOTICE)
    for said in ("陈述", "2026年3月16日", "16 March 2026", "材料不实", "第三十四条", "示例公司"):
        assert said in text
    assert "撤销奖项 revoke" not in text


def test_a_decision_says_every_order_and_the_ban() -> None:
    """With its reason."""
    text = text_of(SAID)
    for said in ("撤销奖项 revoke the award", "2031年3月20日", "事实清楚", "示例市人民政府"):
        assert said in text


def test_a_dropped_case_leaves_the_award() -> None:
    """And orders nothing."""
    said = SAID | {"outcome": "dropped", "orders": [], "banned_until": None}
    assert title(said)[0] == "不予处理告知书"
    assert "奖项不变" in text_of(said)


@pytest.mark.parametrize("said", [SAID, NOTICE])
def test_the_same_reply_is_the_same_file(said: dict[str, Any]) -> None:
    """DOCX, the same bytes."""
    assert word.write(letter(said)) == word.write(letter(said))
