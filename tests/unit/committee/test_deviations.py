"""Whom a proposal passes over by rank."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.committee.deviations import passed_over
from services.committee.proposals import by_default
from tests.unit.committee.made_up import GOLD, SILVER, SPECIAL, B, by_id, candidate, rulebook

pytestmark = pytest.mark.unit

RULEBOOK = rulebook(gold=2)


def test_one_left_out_or_put_lower_than_one_below_it_is_passed_over() -> None:
    """Named with its rank and with those who were preferred; equal scores pass nobody over."""
    known = by_id(candidate(1, "90"), candidate(2, "80"), candidate(3, "70"), candidate(4, "90"))
    (over,) = passed_over(RULEBOOK, known, {"a4": GOLD, "a3": GOLD, "a2": SILVER, "a1": GOLD})
    assert (over.who.application_id, over.who.rank, over.who.level) == ("a2", 3, SILVER)
    assert [each.application_id for each in over.preferred] == ["a3"]
    left_out = passed_over(RULEBOOK, known, {"a4": GOLD, "a3": SILVER})
    assert [each.who.application_id for each in left_out] == ["a1", "a2"]
    assert passed_over(RULEBOOK, known, {"a4": GOLD}) == ()


def test_rank_decides_nothing_where_it_cannot() -> None:
    """One that is barred or misses the mark, one of another track, and a level that has no limit of places."""
    known = by_id(
        candidate(1, "95", barred=GOLD), candidate(2, "80"), candidate(3, "90", B), candidate(4, "40", B)
    )
    assert passed_over(RULEBOOK, known, {"a2": GOLD, "a1": SILVER, "a4": SPECIAL}) == ()


def test_a_kept_place_goes_before_rank_and_no_further() -> None:
    """One of two gold places is kept: the first favoured one passes nobody over, a second does."""
    half = rulebook(reserve=Fraction(1, 2), gold=2)
    known = by_id(
        candidate(1, "90"),
        candidate(2, "70", facts="innovative_sme"),
        candidate(3, "65", facts="innovative_sme"),
    )
    assert passed_over(half, known, {"a2": GOLD}) == ()
    (over,) = passed_over(half, known, {"a2": GOLD, "a3": GOLD})
    assert over.who.application_id == "a1"


@given(
    st.lists(st.integers(40, 99), min_size=1, max_size=8),
    st.sampled_from(["out", "next_level"]),
    st.booleans(),
)
def test_what_rank_and_quota_propose_passes_nobody_over(scores: list[int], failed: str, keeps: bool) -> None:
    """Whatever the scores, the rule for those who fail, and whether places are kept."""
    book = rulebook(failed=failed, reserve=Fraction(1, 3) if keeps else None, gold=3)
    known = by_id(
        *(
            candidate(n, str(s), facts="innovative_sme" if n % 2 else "")
            for n, s in enumerate(scores, start=1)
        )
    )
    assert passed_over(book, known, by_default(book, list(known.values()))) == ()
