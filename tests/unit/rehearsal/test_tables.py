"""The table for a person: everything of the result is in it, and nothing else where nobody's terminal is written to."""

from __future__ import annotations

import io
from typing import Any

from deploy.rehearsal.expect import Difference
from deploy.rehearsal.tables import STATUSES, console, print_result, progress

RESULT: dict[str, Any] = {
    "scenario": "small",
    "rulebook": "sample-2025",
    "applications": {
        "anna": {"status": "revoked", "stopped_at": None, "failing_rules": [], "scores": {"a": 86.0, "b": 88.33},
                 "award": "一等奖", "track": "组织", "grants": [{"yuan": 500_000}, {"yuan": 200_000}],
                 "clawback_yuan": 500_000},
        "ben": {"status": "ineligible", "stopped_at": "notice:qualification", "failing_rules": ["16.1", "20"],
                "scores": {}, "award": None, "track": None, "grants": [], "clawback_yuan": 0},
    },
    "notices": [{"notice": "award", "first_day": "2025-06-30", "last_day": "2025-07-04", "working_days": 5,
                 "listed": ["anna"]}],
    "awards": {"一等奖/组织": ["carl"]},
    "totals": {"granted_yuan": 1_120_000, "clawed_back_yuan": 500_000, "over_budget_yuan": 7},
    "blocked": {"stage": "committee", "reason": "人数不足"},
    "audit": {"entries": 305, "intact": False},
    "notes": ["一条注"],
}  # fmt: skip


def _printed(differences: list[Difference] | None) -> str:
    out = io.StringIO()
    names = {"anna": "示例公司", "ben": "另一公司"}
    print_result(console(out), RESULT, names, "out/small.result.json", differences)
    return out.getvalue()


def test_everything_is_in_it() -> None:
    """Statuses in both languages, rules, scores, money with what came back, notices, awards, what blocked, the audit."""
    text = _printed(None)
    for wanted in (
        "small（sample-2025）", "示例公司", "已撤销 revoked", "notice:qualification", "16.1、20", "86.00 → 88.33",
        "一等奖（组织）", "500,000 + 200,000 - 500,000", "2025-06-30 — 2025-07-04", "一等奖/组织：carl", "1,120,000",
        "committee：人数不足", "305", "NOT INTACT", "一条注", "out/small.result.json",
    ):  # fmt: skip
        assert wanted in text, wanted


def test_no_colours_where_there_is_no_terminal() -> None:
    """A log of the table can be read and compared."""
    assert "\x1b" not in _printed([])


def test_what_was_expected() -> None:
    """Nothing, and it says so; it holds; or each difference on a line."""
    assert "未设预期" in _printed(None)
    assert "预期成立" in _printed([])
    text = _printed([Difference("a.b", "1", "2")])
    assert "预期不成立" in text
    assert "a.b：预期 expected 1，实际 actual 2" in text


def test_every_status_has_a_word() -> None:
    """The nine of the format."""
    assert len(STATUSES) == 9


def test_no_bar_where_there_is_no_terminal() -> None:
    """Not a byte is written."""
    out = io.StringIO()
    with progress("small", 3, out) as say:
        say("一步 · a step")
    assert out.getvalue() == ""
