"""Who goes on by rank."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from math import floor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.review.cuts import Scored, cut_by_rank, places_of
from shared.rulebooks import library
from shared.rulebooks.model import Cut

pytestmark = pytest.mark.unit

RULEBOOK = library().get("changning-2023")
FIFTY = Decimal(50)
SCORES = st.lists(st.none() | st.integers(0, 8).map(lambda n: Decimal(n) + 46), max_size=12)


def scored(*scores: float | None) -> list[Scored]:
    return [Scored(f"a{n}", None if s is None else Decimal(str(s))) for n, s in enumerate(scores, start=1)]


def passing(cut: Cut, places: int | None, entrants: list[Scored]) -> set[str]:
    return {a for a, verdict in cut_by_rank(cut, places, entrants).items() if verdict.passed}


@pytest.mark.parametrize(
    ("ratio", "places", "fits"),
    [(Fraction(2), 11, 22), (Fraction(3, 2), 11, 16), (Fraction(2), 2, 4), (Fraction(3, 2), 2, 3)],
)
def test_the_number_is_ratio_times_places_rounded_down(ratio: Fraction, places: int, fits: int) -> None:
    """Economic: 22 and 16; the other categories: 4 and 3."""
    entrants = scored(*range(99, 60, -1))
    assert len(passing(Cut(ratio, None, "2.5"), places, entrants)) == fits


def test_the_mark_must_be_exceeded() -> None:
    """Exactly 50 % stays out, a hundredth more goes on."""
    assert passing(Cut(Fraction(2), FIFTY, "2.6"), 2, scored(50, 50.01)) == {"a2"}


def test_equals_at_the_edge_stay_out_together_and_are_told() -> None:
    """Three places, and two equal for the third: two go on."""
    verdicts = cut_by_rank(Cut(Fraction(3, 2), FIFTY, "2.6"), 2, scored(90, 80, 70, 70, 60))
    assert [a for a, verdict in verdicts.items() if verdict.passed] == ["a1", "a2"]
    assert "并列" in verdicts["a3"].reason_zh
    assert "并列" in verdicts["a4"].reason_zh
    assert "并列" not in verdicts["a5"].reason_zh


def test_equals_that_all_fit_go_on() -> None:
    """Equality matters only where places run out."""
    assert passing(Cut(Fraction(3, 2), None, "2.6"), 2, scored(90, 70, 70, 60)) == {"a1", "a2", "a3"}


def test_without_limited_places_there_is_no_cut_and_no_mark() -> None:
    """Special contribution: all go on, whatever their score."""
    assert passing(Cut(Fraction(2), FIFTY, "2.5"), None, scored(10, None)) == {"a1", "a2"}


def test_one_without_a_score_does_not_go_on() -> None:
    """No score is below every mark, and the reason says so."""
    verdicts = cut_by_rank(Cut(Fraction(2), None, "2.5"), 5, scored(None, 1))
    assert (verdicts["a1"].passed, verdicts["a1"].reason_zh) == (False, "没有得分")


@given(SCORES, st.integers(0, 5), st.sampled_from([None, FIFTY]))
def test_a_cut_is_fair(scores: list[Decimal | None], places: int, above: Decimal | None) -> None:
    """Never more than fit; equal scores share one fate; nobody goes on before a better one; reasons where out."""
    entrants = [Scored(f"a{n}", score) for n, score in enumerate(scores)]
    cut = Cut(Fraction(3, 2), above, "2.6")
    verdicts = cut_by_rank(cut, places, entrants)
    going = [e for e in entrants if verdicts[e.application_id].passed]
    assert len(going) <= floor(cut.ratio * places)
    for one in entrants:
        verdict = verdicts[one.application_id]
        assert verdict.passed or (verdict.reason_zh and verdict.reason_en)
        for other in entrants:
            if one.score is not None and one.score == other.score:
                assert verdict.passed == verdicts[other.application_id].passed
            if (
                verdict.passed
                and other.score is not None
                and one.score is not None
                and other.score > one.score
            ):
                assert verdicts[other.application_id].passed


def test_places_of_a_track_count_each_quota_once() -> None:
    """Two top places and the ten that both tracks share."""
    assert places_of(RULEBOOK, RULEBOOK.tracks[0].name) == 12


def test_places_are_unlimited_where_a_quota_is() -> None:
    """A quota without a number is no number."""
    unlimited = replace(RULEBOOK, quotas=tuple(replace(q, places=None) for q in RULEBOOK.quotas))
    assert places_of(unlimited, RULEBOOK.tracks[0].name) is None
    assert places_of(replace(RULEBOOK, quotas=()), RULEBOOK.tracks[0].name) is None
