"""Letters of objections as documents: every word of the reply is in them, and the objector is the receipt."""

from __future__ import annotations

from dataclasses import astuple
from typing import Any

import pytest

from services.gateway import objection_pages

pytestmark = pytest.mark.unit


def _said(**changes: Any) -> dict[str, Any]:
    return {
        "objection_id": "o1", "cycle_id": "c1", "letter": "ruling", "to": "objector", "award_zh": "示例奖",
        "award_en": "Example award", "year": 2025, "notice": "award", "applicant": "示例单位", "receipt": "2025-5F0C1A2B3D",
        "raised_on": "2025-06-18", "dated": "2025-07-01", "outcome": "dismissed", "reason": "事实清楚\n证据充分",
        "last_day": "2025-07-08", "rule": "31", "notice_corrected_by": None, "notice_corrected_on": None, **changes,
    }  # fmt: skip


def test_every_word_of_the_reply_is_in_it() -> None:
    found = str(astuple(objection_pages.letter(_said())))
    for word in (
        "异议裁定书", "示例奖", "Example award", "2025-5F0C1A2B3D", "异议不成立", "is dismissed", "事实清楚", "证据充分",
        "申请复核截止", "2025年7月8日", "8 July 2025", "2025年6月18日", "31",
    ):  # fmt: skip
        assert word in found


@pytest.mark.parametrize(
    ("letter", "outcome", "word"),
    [
        ("hearing", "inquiry", "异议核实函"), ("ruling", "upheld", "异议成立"), ("appeal", "confirmed", "维持原裁定"),
        ("appeal", "overturned", "相反的决定"),
    ],
)  # fmt: skip
def test_a_letter_to_the_applicant_names_it_and_no_receipt(letter: str, outcome: str, word: str) -> None:
    said = _said(letter=letter, outcome=outcome, to="applicant", receipt=None, last_day=None)
    found = str(astuple(objection_pages.letter(said)))
    assert word in found
    assert "To 示例单位" in found
    assert "receipt" not in found


@pytest.mark.parametrize("outcome", ["accepted", "not_accepted"])
def test_acceptance_and_its_contrary(outcome: str) -> None:
    found = objection_pages.letter(_said(letter="acceptance", outcome=outcome, last_day=None))
    zh = {"accepted": "予以受理", "not_accepted": "不予受理"}[outcome]
    assert zh in str(astuple(found))
    assert found == objection_pages.letter(_said(letter="acceptance", outcome=outcome, last_day=None))


def test_a_letter_names_the_notice_that_corrected_the_one_objected_to() -> None:
    said = _said(notice_corrected_by="award.2", notice_corrected_on="2025-06-25")
    found = str(astuple(objection_pages.letter(said, "https://award.example")))
    for word in ("2025年6月25日", "25 June 2025", "award.2", "https://award.example/notices/c1/award.2"):
        assert word in found
    assert "公示更正" not in str(astuple(objection_pages.letter(_said(), "https://award.example")))
