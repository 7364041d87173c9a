"""For which level a candidate may stand."""

from __future__ import annotations

import pytest

from services.committee.candidates import candidate_of, hindrance, open_levels, uses_quota
from tests.unit.committee.made_up import GOLD, SILVER, SPECIAL, A, B, candidate, rulebook

pytestmark = pytest.mark.unit

RULEBOOK = rulebook()


@pytest.mark.parametrize(
    ("score", "levels"),
    [
        ("60.00", [GOLD, SILVER]),
        ("59.99", [SILVER]),
        ("50.00", [SILVER]),
        ("49.99", []),
        (None, []),
    ],
)
def test_a_mark_is_reached_from_it_on(score: str | None, levels: list[str]) -> None:
    """At the mark counts, a hundredth below does not, and no score is below every mark."""
    assert [level.name for level in open_levels(RULEBOOK, candidate(1, score))] == levels


def test_one_barred_from_a_level_keeps_the_others() -> None:
    """A bar on the highest leaves the next."""
    assert [x.name for x in open_levels(RULEBOOK, candidate(1, "90", barred=GOLD))] == [SILVER]


def test_a_level_of_another_track_is_closed() -> None:
    """And a level without a mark is open to one without a score."""
    special = RULEBOOK.level(SPECIAL)
    assert hindrance(candidate(1, "90", A), special) is not None
    assert hindrance(candidate(1, None, B), special) is None


def test_the_reason_holds_score_and_mark() -> None:
    """So that an officer sees why."""
    reason = hindrance(candidate(1, "59.99"), RULEBOOK.level(GOLD))
    assert reason is not None
    assert "59.99" in reason.zh
    assert "60" in reason.zh
    assert "59.99" in reason.en


def test_one_who_wins_again_takes_no_place() -> None:
    """The exception for the same level won before spares the place; one for a fact does not."""
    assert not uses_quota(RULEBOOK, candidate(1, "90", won=GOLD), GOLD)
    assert uses_quota(RULEBOOK, candidate(1, "90", won=GOLD), SILVER)
    assert uses_quota(RULEBOOK, candidate(1, "90", facts="state_budget_funded"), GOLD)
    assert not uses_quota(RULEBOOK, candidate(1, "90", B), SPECIAL)  # outside the quota altogether


def test_a_dossier_makes_a_candidate() -> None:
    """Track from kind; score, bars, levels won and the public's votes from what was carried; facts that hold."""
    dossier = {"kind": "individual", "category": None, "facts": {"innovative_sme": True, "for_profit": False}}
    made = candidate_of(
        RULEBOOK, "x", 7, dossier, {"score": "71.50", "barred_levels": [GOLD], "won_levels": [SILVER]}
    )
    assert (made.track, str(made.score), made.barred) == (B, "71.50", {GOLD})
    assert (made.facts, made.won, made.kind) == ({"innovative_sme"}, {SILVER}, "individual")
    assert made.social_votes is None
    assert candidate_of(RULEBOOK, "x", 7, dossier, {"social_votes": 12}).social_votes == 12
