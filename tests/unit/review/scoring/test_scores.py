"""The mean of the sheets."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Context, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.review.scoring.scores import FULL, mean, thousandths

pytestmark = pytest.mark.unit

SHEETS = st.lists(st.integers(0, FULL), min_size=1, max_size=13)


@pytest.mark.parametrize(
    ("sheets", "score"),
    [
        (["80", "84", "79"], "81.00"),
        (["86", "86", "86"], "86.00"),
        (["82.005"], "82.01"),  # half goes up
        (["82.004", "82.005"], "82.00"),  # 82.0045 is below the half
        (["0.005", "0", "0"], "0.00"),
        (["99.995"], "100.00"),
        (["66.665", "66.665"], "66.67"),
        (["100", "100", "99.999"], "100.00"),
    ],
)
def test_the_mean_is_exact_and_rounded_half_up(sheets: list[str], score: str) -> None:
    """Two places, half up, decided on the exact mean."""
    assert str(mean([thousandths(sheet) for sheet in sheets], 2)) == score


@given(SHEETS, st.integers(0, 3))
def test_rounding_agrees_with_decimal_arithmetic_of_many_digits(sheets: list[int], places: int) -> None:
    """Held against Decimal with sixty digits."""
    context = Context(prec=60)
    exact = context.divide(Decimal(sum(sheets)), Decimal(len(sheets) * 1000))
    assert mean(sheets, places) == exact.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP, context)


@given(SHEETS)
def test_a_mean_lies_between_its_sheets_and_knows_no_order(sheets: list[int]) -> None:
    """Never outside 0 to 100, whatever the order of the sheets."""
    score = mean(sheets, 2)
    assert mean(sorted(sheets), 2) == score
    cent = Decimal("0.01")
    assert Decimal(min(sheets)) / 1000 - cent < score < Decimal(max(sheets)) / 1000 + cent


@given(st.integers(0, FULL))
def test_a_percent_of_three_decimals_is_kept_exactly(whole: int) -> None:
    """Text to thousandths and back loses nothing."""
    assert thousandths(str(Decimal(whole) / 1000)) == whole


@pytest.mark.parametrize("percent", ["100.001", "-0.001", "50.0001", "", "abc"])
def test_what_is_no_percent_is_refused(percent: str) -> None:
    """Outside 0 to 100, with a fourth decimal, or no number."""
    with pytest.raises(ValueError):
        thousandths(percent)


def test_no_sheet_no_score() -> None:
    """Nothing is never zero."""
    with pytest.raises(ValueError):
        mean([], 2)
