"""Who stands where, and whom a list passes over."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.review.ranking import passed_over, ranked, ranks
from shared.rulebooks.model import Cut

pytestmark = pytest.mark.unit

SCORES = st.dictionaries(
    st.sampled_from([f"a{n}" for n in range(1, 9)]), st.integers(60, 66).map(Decimal), max_size=8
)


@given(SCORES)
def test_a_rank_is_one_more_than_how_many_score_higher(scores: dict[str, Decimal]) -> None:
    """Equal ones share it."""
    for application, rank in ranks(scores).items():
        assert rank == 1 + sum(other > scores[application] for other in scores.values())


@given(SCORES, st.integers(1, 4))
def test_whoever_is_within_ranks_above_whoever_is_not(scores: dict[str, Decimal], places: int) -> None:
    """The cut line parts them, and each line says why."""
    table = ranked(scores, Cut(Fraction(2), None, "2.5"), places, sorted(scores))
    within = [line.score for line in table.lines if line.within]
    out = [line.score for line in table.lines if not line.within]
    assert table.fits == 2 * places
    assert table.cut_line == (min(within) if within else None)
    assert not within or not out or min(within) > max(out)
    assert all(line.reason_zh and line.reason_en for line in table.lines)
    assert [line.rank for line in table.lines] == sorted(line.rank for line in table.lines)


def test_without_a_cut_nobody_is_within_or_out() -> None:
    """Nor where places are not limited."""
    scores = {"a1": Decimal(80), "a2": Decimal(80)}
    for cut, places in ((None, 3), (Cut(Fraction(2), None, "2.5"), None)):
        table = ranked(scores, cut, places, ["a2", "a1"])
        assert [(line.application_id, line.within, line.tied) for line in table.lines] == [
            ("a2", None, True),
            ("a1", None, True),
        ]
        assert (table.fits, table.cut_line) == (None, None)


@given(SCORES, st.data())
def test_passed_over_is_who_is_out_above_one_who_is_in(
    scores: dict[str, Decimal], data: st.DataObject
) -> None:
    """Every such pair, and no other; equal scores are no deviation."""
    admitted = data.draw(st.sets(st.sampled_from(sorted(scores))) if scores else st.just(set()))
    pairs = {(over.application_id, low) for over in passed_over(scores, admitted) for low in over.preferred}
    assert pairs == {
        (out, low) for out in scores.keys() - admitted for low in admitted if scores[out] > scores[low]
    }
