"""The result is put together from the API's answers, and says nothing that they do not say."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import replace
from typing import Any

import pytest

from deploy.rehearsal.result import Answers, assemble, awards, keys, yuan
from deploy.rehearsal.scenario import build
from tests.unit.rehearsal.files import BASE, installed

BOOK = installed().rulebooks.get("changning-2023")
IDS = {"anna": "a1", "ben": "b2"}
LEVEL, TRACK = "区长质量奖", "先进质量管理模式"
FINDINGS = [
    {"rule": "16.3", "condition": "x", "outcome": "needs_judgement", "reason_zh": "一", "reason_en": "1", "evidence": [],
     "confirmed": False},
    {"rule": "34", "condition": "no_ban", "outcome": "fail", "reason_zh": "二", "reason_en": "2", "evidence": ["e"],
     "confirmed": None},
]  # fmt: skip
ANSWERS = Answers(
    cycle={"rulebook": "changning-2023", "rulebook_sha256": "ab12", "state": "completed", "blocked": None},
    blocked=None,
    applications=[
        {"application_id": "a1", "status": "awarded", "stopped_at": None},
        {"application_id": "b2", "status": "ineligible", "stopped_at": "qualification"},
    ],
    findings=[{"application_id": "b2", "findings": FINDINGS, "failing_rules": ["34", "16.3"],
               "receipt": {"evaluator": "1", "findings_digest": "sha256:f", "inputs_digest": "sha256:i"}}],
    scores=[
        {"application_id": "a1", "stage": "document_review", "score": "86.00"},
        {"application_id": "a1", "stage": "site_review", "score": "88.33"},
    ],
    honours=[
        {"application_id": "a1", "level": LEVEL, "track": TRACK, "uses_quota": True, "revoked_on": None,
         "orders": [{"order": "correct_title_use", "on": "2025-11-24", "rule": "33"}], "banned_until": None}
    ],
    notices=[{"notice": "award", "first_day": "2025-06-30", "last_day": "2025-07-04", "working_days": 5,
              "listed": ["a1"], "content_digest": "x"}],
    panels=[
        {"stage": "site_review", "category": None, "size": 3, "industry_share": "0.67", "recused": {}, "members": []},
        {"stage": "document_review", "category": None, "size": 4, "industry_share": "0.50", "recused": {"E7": ["b2"]}},
    ],
    grants={
        "grants": [
            {"application_id": "a1", "grant_for": "pool", "amount_fen": 2000, "rule": "4.6"},
            {"application_id": "a1", "grant_for": "award", "amount_fen": 50_000_00, "rule": "26"},
            {"application_id": "b2", "grant_for": "pool", "amount_fen": 0, "rule": "4.6"},
        ],
        "clawbacks": [{"application_id": "a1", "amount_fen": 1000, "rule": "34"}],
        "granted_fen": 50_020_00,
        "over_budget_fen": 100,
    },
    audit={"entries": 7, "intact": True, "services": []},
)  # fmt: skip


def _result(answers: Answers = ANSWERS) -> dict[str, Any]:
    return assemble(build(BASE), BOOK, IDS, answers, ["a note"])


def test_a_winner() -> None:
    """Award, track, quota, scores as numbers, grants in yuan, orders, clawback; the award's grant before the pool's."""
    assert _result()["applications"]["anna"] == {
        "status": "awarded",
        "stopped_at": None,
        "findings": [],
        "failing_rules": [],
        "scores": {"document_review": 86.0, "site_review": 88.33},
        "award": LEVEL,
        "track": TRACK,
        "uses_quota": True,
        "grants": [
            {"for": "award", "yuan": 50_000, "rule": "26"},
            {"for": "pool", "yuan": 20, "rule": "4.6"},
        ],
        "orders": [{"order": "correct_title_use", "on": "2025-11-24", "rule": "33"}],
        "clawback_yuan": 10,
        "banned_until": None,
    }


def test_one_that_was_refused() -> None:
    """Findings with reason and evidence, the office's answer where there is one; a grant of nothing is none."""
    line = _result()["applications"]["ben"]
    assert line["findings"] == [
        {"rule": "16.3", "condition": "x", "outcome": "needs_judgement", "reason": "一", "reason_en": "1",
         "evidence": [], "confirmed": False},
        {"rule": "34", "condition": "no_ban", "outcome": "fail", "reason": "二", "reason_en": "2", "evidence": ["e"]},
    ]  # fmt: skip
    assert line["failing_rules"] == ["16.3", "34"]
    assert (line["award"], line["track"], line["uses_quota"], line["grants"]) == (None, None, None, [])


def test_an_earlier_ban_shows() -> None:
    """The last day of a ban in force is read back with the findings; where there is none, nothing is said."""
    findings = [{**ANSWERS.findings[0], "banned_until": "2027-06-30"}]
    lines = _result(replace(ANSWERS, findings=findings))["applications"]
    assert (lines["ben"]["banned_until"], lines["anna"]["banned_until"]) == ("2027-06-30", None)


def test_a_revoked_winner() -> None:
    """It leaves the awards, keeps its level, and is banned."""
    honour = {**ANSWERS.honours[0], "revoked_on": "2026-05-01", "banned_until": "2031-05-01"}
    result = _result(replace(ANSWERS, honours=[honour]))
    assert result["applications"]["anna"]["banned_until"] == "2031-05-01"
    assert result["awards"] == {}
    assert result["applications"]["anna"]["award"] == LEVEL


def test_the_rest() -> None:
    """Handles for ids, panels in the order of the stages, totals in yuan, the audit without its details, notes."""
    result = _result()
    assert [panel["stage"] for panel in result["panels"]] == ["document_review", "site_review"]
    assert result["panels"][0]["recused"] == {"E7": ["ben"]}
    assert [panel["industry_share"] for panel in result["panels"]] == [0.5, 0.67]
    assert result["notices"] == [
        {
            "notice": "award",
            "first_day": "2025-06-30",
            "last_day": "2025-07-04",
            "working_days": 5,
            "listed": ["anna"],
        }
    ]
    assert result["awards"] == {f"{LEVEL}/{TRACK}": ["anna"]}
    assert result["totals"] == {"granted_yuan": 50_020, "clawed_back_yuan": 10, "over_budget_yuan": 1}
    assert result["audit"] == {"entries": 7, "intact": True}
    assert (result["blocked"], result["notes"]) == (None, ["a note"])


def test_who_and_under_what() -> None:
    """The applicants without their codes, the cycle's days, the rulebook's hash; a receipt for who was evaluated."""
    result = _result()
    assert result["rulebook_sha256"] == "ab12"
    assert result["cycle"] == {
        "year": 2025,
        "opens_on": "2025-05-12",
        "closes_on": "2025-06-13",
        "budget_yuan": None,
    }
    assert result["applicants"]["ben"] == {
        "name": "示例公司",
        "kind": "organization",
        "category": None,
        "submitted_on": "2025-05-12",
    }
    assert result["receipts"] == {"anna": None, "ben": {"evaluator": "1", "findings_digest": "sha256:f"}}


def test_blocked() -> None:
    """The stage's owner names the step; where it is lifted, nothing is said."""
    blocked = {"stage": "committee", "reason_zh": "人数不足", "reason_en": "no quorum"}
    cycle = {**ANSWERS.cycle, "state": "blocked", "blocked": {**blocked, "stage": "notice:award"}}
    result = _result(replace(ANSWERS, cycle=cycle, blocked=blocked))
    assert result["blocked"] == {"stage": "committee", "reason": "人数不足 / no quorum"}
    assert _result(replace(ANSWERS, cycle=cycle))["blocked"]["stage"] == "notice:award"
    assert _result(replace(ANSWERS, blocked=blocked))["blocked"] is None


def test_winners_in_order_of_submission() -> None:
    """Levels in the rulebook's order, however the register gives them; winners as they came in."""
    honours = [
        {"application_id": a, "level": level, "track": "t", "revoked_on": None}
        for a, level in (("b", "two"), ("c", "one"), ("a", "one"))
    ]
    handles = {name: name.upper() for name in "abc"}
    found = awards(honours, handles, ["a", "b", "c"], ["one/t", "one/u", "two/t"])
    assert list(found.items()) == [("one/t", ["A", "C"]), ("two/t", ["B"])]


def test_the_order_of_submission_is_the_files() -> None:
    """However the list gives the applications, and whatever their random ids are."""
    content = deepcopy(BASE)
    content["applicants"]["anna"]["submitted_on"] = content["cycle"]["opens_on"]
    content["applicants"]["ben"]["submitted_on"] = content["cycle"]["closes_on"]
    honours = [
        {**ANSWERS.honours[0], "application_id": application, "orders": []} for application in ("b2", "a1")
    ]
    for lines in (ANSWERS.applications, ANSWERS.applications[::-1]):
        answers = replace(ANSWERS, applications=lines, honours=honours)
        result = assemble(build(content), BOOK, {"anna": "b2", "ben": "a1"}, answers)
        assert result["awards"] == {f"{LEVEL}/{TRACK}": ["anna", "ben"]}


def test_the_levels_order_is_the_rulebooks() -> None:
    """The highest first, each with its tracks."""
    assert keys(BOOK)[:3] == [f"{LEVEL}/{TRACK}", f"{LEVEL}/先进质量管理成果", f"质量金奖/{TRACK}"]


def test_yuan_are_whole() -> None:
    """A rest would be a fault of a rulebook; it is not dropped."""
    assert yuan(150_000) == 1500
    with pytest.raises(ValueError):
        yuan(150_001)
