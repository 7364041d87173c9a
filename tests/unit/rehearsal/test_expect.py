"""When an expectation holds, and what is said where it does not."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from deploy.rehearsal.expect import differences

RESULT: dict[str, Any] = {
    "applications": {
        "anna": {"status": "awarded", "stopped_at": None, "scores": {"site_review": 88.33}, "uses_quota": True,
                 "grants": [{"for": "award", "yuan": 500000, "rule": "26"}, {"for": "pool", "yuan": 1, "rule": "4"}],
                 "orders": [], "failing_rules": ["16.1", "20"], "clawback_yuan": 0},
    },
    "panels": [{"stage": "a", "recused": {"E2": ["anna"]}}, {"stage": "a", "recused": {}}],
    "awards": {"金奖/经济类": ["anna", "ben"]},
    "blocked": None,
}  # fmt: skip
ANNA = "applications.anna"


@pytest.mark.parametrize(
    "expected",
    [
        {},
        {"blocked": None},
        {"applications": {"anna": {}}},
        {"applications": {"anna": {"status": "awarded", "stopped_at": None}}},
        {"applications": {"anna": {"scores": {"site_review": Decimal("88.33")}}}},
        {"applications": {"anna": {"clawback_yuan": Decimal("0.0"), "uses_quota": True}}},
        {"applications": {"anna": {"grants": [{"yuan": 500000}]}}},
        {"applications": {"anna": {"grants": [{"for": "pool"}, {"for": "award"}, {"for": "award"}]}}},
        {"applications": {"anna": {"failing_rules": ["20", "16.1"], "orders": []}}},
        {"panels": [{"stage": "a", "recused": {"E2": ["anna"]}}]},
        {"awards": {"金奖/经济类": ["ben", "anna", "ben"]}},
    ],
)
def test_what_holds(expected: dict[str, Any]) -> None:
    """Own keys only; some actual one for each expected mapping; plain lists as sets; numbers exactly."""
    assert differences(expected, RESULT) == []


@pytest.mark.parametrize(
    ("expected", "path"),
    [
        ({"applications": {"ben": {}}}, "applications.ben"),
        ({"applications": {"anna": {"status": "late"}}}, f"{ANNA}.status"),
        ({"applications": {"anna": {"stopped_at": "committee"}}}, f"{ANNA}.stopped_at"),
        ({"applications": {"anna": {"status": None}}}, f"{ANNA}.status"),
        ({"applications": {"anna": {"surprise": None}}}, f"{ANNA}.surprise"),
        (
            {"applications": {"anna": {"scores": {"site_review": Decimal("88.3")}}}},
            f"{ANNA}.scores.site_review",
        ),
        ({"applications": {"anna": {"clawback_yuan": False}}}, f"{ANNA}.clawback_yuan"),
        ({"applications": {"anna": {"uses_quota": 1}}}, f"{ANNA}.uses_quota"),
        ({"applications": {"anna": {"clawback_yuan": "0"}}}, f"{ANNA}.clawback_yuan"),
        ({"applications": {"anna": {"grants": []}}}, f"{ANNA}.grants"),
        ({"applications": {"anna": {"grants": [{"yuan": 500000, "for": "pool"}]}}}, f"{ANNA}.grants[0].for"),
        ({"applications": {"anna": {"orders": [{"order": "revoke"}]}}}, f"{ANNA}.orders[0]"),
        ({"applications": {"anna": {"orders": ["revoke"]}}}, f"{ANNA}.orders"),
        ({"applications": {"anna": {"failing_rules": []}}}, f"{ANNA}.failing_rules"),
        ({"applications": {"anna": {"failing_rules": ["20"]}}}, f"{ANNA}.failing_rules"),
        ({"applications": {"anna": {"failing_rules": ["16.1", "20", "34"]}}}, f"{ANNA}.failing_rules"),
        ({"applications": {"anna": {"failing_rules": {"20": 1}}}}, f"{ANNA}.failing_rules"),
        ({"panels": [{"stage": "a", "recused": {"E2": []}}]}, "panels[0].recused.E2"),
        ({"panels": [{"stage": "b"}]}, "panels[0].stage"),
        ({"awards": {"金奖/经济类": ["anna"]}}, "awards.金奖/经济类"),
        ({"awards": {"银奖/经济类": []}}, "awards.银奖/经济类"),
        ({"blocked": {"stage": "committee"}}, "blocked"),
    ],
)
def test_what_does_not(expected: dict[str, Any], path: str) -> None:
    """One difference, at the path where it is, with both sides."""
    found = differences(expected, RESULT)
    assert [difference.path for difference in found] == [path]
    assert found[0].expected
    assert found[0].actual


def test_every_difference_is_listed() -> None:
    """Not only the first."""
    expected = {"applications": {"anna": {"status": "late", "clawback_yuan": 1}}, "blocked": {"stage": "x"}}
    assert len(differences(expected, RESULT)) == 3


def test_rules_are_text() -> None:
    """16.10 is no number and not 16.1."""
    assert differences({"rule": "16.10"}, {"rule": "16.1"}) != []
    assert differences({"rule": Decimal("16.1")}, {"rule": "16.1"}) != []


def test_what_is_said_is_short_and_as_the_file_writes_it() -> None:
    """A whole mapping is not poured over the terminal."""
    found = differences({"blocked": {"stage": "x" * 500}}, RESULT)[0]
    assert len(found.expected) <= 200
    assert found.actual == "null"
    assert "没有" in differences({"nothing": 1}, RESULT)[0].actual
