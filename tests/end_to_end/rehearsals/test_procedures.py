"""Procedures of other shapes through the real system: branches, votes of the public, pools, levels one after the other."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from deploy.local.services import ROOT
from tests.end_to_end.rehearsals.conftest import Rehearsal
from tests.end_to_end.rehearsals.scenarios import categorized, code, pooled

pytestmark = pytest.mark.e2e

SAMPLES = sorted((ROOT / "deploy" / "samples").glob("*.yaml"))


def _ends(result: dict[str, Any]) -> dict[str, tuple[str, str | None]]:
    return {handle: (line["status"], line["stopped_at"]) for handle, line in result["applications"].items()}


def _grants(result: dict[str, Any]) -> dict[str, list[tuple[str, int]]]:
    return {
        handle: [(grant["for"], grant["yuan"]) for grant in line["grants"]]
        for handle, line in result["applications"].items()
    }


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda path: path.stem)
def test_every_sample_comes_out_as_expected(rehearsal: Rehearsal, sample: Path) -> None:
    """Each regulation's own cycle, derived by hand from its text."""
    played = rehearsal.sample(sample)
    assert "预期成立" in played.done.stdout
    assert played.result["audit"]["intact"] is True


def test_a_branch_without_a_calendar_does_not_hold_the_other(rehearsal: Rehearsal) -> None:
    """The public's five working days run into a year whose calendar is not published; the site review is played."""
    content = categorized(
        "blocked-branch",
        {"factory": "economic", "museum": "culture"},
        cycle={"year": 2026, "opens_on": "2026-12-01", "closes_on": "2026-12-24"},
    )
    for applicant in content["applicants"].values():
        applicant["submitted_on"] = "2026-12-02"
    result = rehearsal.play(content)
    assert result["blocked"]["stage"] == "social_evaluation"
    assert "2027" in result["blocked"]["reason"]
    assert _ends(result) == {"factory": ("in_progress", "site_review"), "museum": ("in_progress", "defence")}
    assert result["applications"]["factory"]["scores"]["site_review"] == 80.0


def test_who_fails_at_a_level_stands_for_the_next_whose_mark_it_reaches(rehearsal: Rehearsal) -> None:
    """Three levels in turn: one wins the third, one whose mark lies between two of them misses all that is left."""
    content = categorized(
        "levels-in-turn",
        {"third": "economic", "none": "culture"},
        scores={"document_review": {"others": 61}, "site_review": {"third": 60}},
        votes={
            "third": {"金奖": {"for": 1, "against": 2}, "银奖": {"for": 1, "against": 2}},
            "none": {"金奖": {"for": 1, "against": 2}, "银奖": {"for": 0, "against": 1, "abstain": 2}},
        },
    )
    result = rehearsal.play(content)
    assert _ends(result) == {"third": ("awarded", None), "none": ("not_awarded", "committee")}
    assert (result["applications"]["third"]["award"], result["applications"]["third"]["uses_quota"]) == (
        "铜奖",
        True,
    )
    assert result["awards"] == {"铜奖/经济类": ["third"]}


def test_equal_scores_at_the_edge_of_a_cut_stay_out_together(rehearsal: Rehearsal) -> None:
    """Two places in the category: four to the defence, three after it; two equal at the edge do not both fit."""
    handles = [f"c{number}" for number in range(1, 7)]
    figures = {"c1": 90, "c2": 85, "c3": 80, "c4": 75, "c5": 75, "c6": 70}
    content = categorized("cuts", dict.fromkeys(handles, "culture"), scores={"document_review": figures})
    result = rehearsal.play(content)
    assert _ends(result) == {
        "c1": ("awarded", None), "c2": ("awarded", None), "c3": ("not_awarded", "committee"),
        **dict.fromkeys(("c4", "c5", "c6"), ("not_awarded", "document_review")),
    }  # fmt: skip
    assert result["awards"] == {"金奖/文化类": ["c1"], "银奖/文化类": ["c2"]}


def test_a_repeated_winner_takes_no_place_and_gets_no_money(rehearsal: Rehearsal) -> None:
    """One gold in the category goes to somebody else beside the one who won it before; special awards have no places."""
    content = categorized("again", {"again": "culture", "new": "culture", "special": "special"})
    won = {"award": "金奖", "track": "文化类", "level": "city", "year": 2016, "jurisdiction": "shenzhen"}
    content["applicants"]["again"]["facts"]["prior_awards"] = [won]
    content["scores"] = {"document_review": {"again": 90, "new": 80, "special": 10}}
    result = rehearsal.play(content)
    assert result["awards"] == {"金奖/文化类": ["again", "new"], "特别贡献奖/特别": ["special"]}
    assert {handle: line["uses_quota"] for handle, line in result["applications"].items()} == {
        "again": False, "new": True, "special": False,
    }  # fmt: skip
    assert _grants(result) == {"again": [], "new": [("award", 2_000_000)], "special": []}


def test_the_pools_grant_is_paid_whatever_becomes_of_the_application(rehearsal: Rehearsal) -> None:
    """Late, withdrawn before and after submission, ineligible; paid before, or without an approved cost: nothing."""
    content = pooled("pool", "wins", "late", "draft", "leaves", "elsewhere", "before", "costless")
    applicants = content["applicants"]
    applicants["late"]["submitted_on"] = "2025-10-20"
    applicants["draft"]["withdraws_before"] = "submission"
    applicants["leaves"]["withdraws_before"] = "document_review"
    applicants["elsewhere"]["facts"]["region"] = "宁波市"
    content["paid_before"] = {"before": [{"for": "pool", "yuan": 150000, "on": "2024-12-10"}]}
    del content["pool"]["costless"]["project_cost_yuan"]
    content["pool"]["wins"]["project_cost_yuan"] = 350000
    result = rehearsal.play(content)
    assert _grants(result) == {
        "wins": [("award", 600_000), ("pool", 200_000)],
        **dict.fromkeys(("late", "draft", "leaves", "elsewhere"), [("pool", 150_000)]),
        "before": [("award", 600_000)],
        "costless": [("award", 600_000)],
    }
    assert _ends(result)["draft"] == ("withdrawn", "submission")
    assert result["totals"]["granted_yuan"] == 3 * 600_000 + 200_000 + 4 * 150_000


def test_two_applications_of_one_code_share_one_pool_grant(rehearsal: Rehearsal) -> None:
    """Once per organization: listed with the one submitted first."""
    content = pooled("one-code", "first", "second")
    content["applicants"]["second"]["uscc"] = code(1)
    del content["pool"]["second"]
    result = rehearsal.play(content)
    assert _grants(result)["first"] == [("award", 600_000), ("pool", 150_000)]
    assert ("pool", 150_000) not in _grants(result)["second"]
