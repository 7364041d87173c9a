"""What the API would refuse is refused before anything is played, by the file's own paths."""

from __future__ import annotations

from typing import Any

import pytest

from tests.unit.rehearsal.files import CODES, changed, paths

LONG = "长" * 201


@pytest.mark.parametrize(
    ("path", "value", "named"),
    [
        ("applicants/anna/name", LONG, "applicants.anna.name"),
        ("applicants/anna/recommended_by", LONG, "applicants.anna.recommended_by"),
        ("applicants/anna/nominated_by", LONG, "applicants.anna.nominated_by"),
        ("cycle/budget_yuan", 10**18, "cycle.budget_yuan"),
        ("cycle/closes_on", "9999-12-31", "cycle.closes_on"),
        ("experts", [{"id": "E" * 41}], "experts[0].id"),
        ("experts", [{"id": "E1", "name": LONG}], "experts[0].name"),
        ("pool", {"anna": {"joined_on": "2025-01-02", "project_cost_yuan": 10**18}}, "pool.anna.project_cost_yuan"),
        ("paid_before", {"anna": [{"for": "pool", "yuan": 10**18, "on": "2020-01-02"}]}, "paid_before.anna[0].yuan"),
        ("bans", {"anna": {"until": "2027-01-01", "rule": LONG}}, "bans.anna.rule"),
        ("social_votes", {"anna": 2**31}, "social_votes.anna"),
        (
            "objections",
            [{"against": "anna", "notice": "award", "by": {"name": LONG, "uscc": CODES[0]}, "evidence": True,
              "ruling": "dismissed"}],
            "objections[0].by.name",
        ),
    ],
)  # fmt: skip
def test_what_is_too_long_or_too_much_makes_the_file_wrong(path: str, value: Any, named: str) -> None:
    """Each names its field; nothing of it ever reaches a service."""
    assert named in paths(changed(path, value))


def test_what_is_just_within_the_limits_is_played() -> None:
    """200 characters, forty for an expert's id, ninety trillion yuan."""
    content = changed("applicants/anna/name", "长" * 200)
    content["cycle"]["budget_yuan"] = (2**53 - 1) // 100
    content["experts"] = [{"id": "E" * 40}]
    assert paths(content) == []
