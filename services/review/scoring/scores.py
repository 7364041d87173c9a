"""评审得分: the mean of the valid sheets in percent of full marks, exact until it is rounded. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from math import floor

THOUSANDTHS = 1000
FULL = 100 * THOUSANDTHS


def thousandths(percent: str) -> int:
    """A sheet's percent, text with at most three decimals, as whole thousandths. Raises ValueError outside 0 to 100."""
    exact = Fraction(percent) * THOUSANDTHS
    if exact.denominator != 1 or not 0 <= exact <= FULL:
        raise ValueError(f"{percent!r} is no percent from 0 to 100 with at most three decimals")
    return int(exact)


def mean(sheets: Sequence[int], places: int) -> Decimal:
    """The mean of sheets in thousandths, in percent, rounded half up to `places` decimals. Raises ValueError for none."""
    if not sheets:
        raise ValueError("no valid sheet, no score")
    return rounded(Fraction(sum(sheets), len(sheets)), places)


def rounded(exact: Fraction, places: int) -> Decimal:
    """Thousandths as a percent, rounded half up (towards more) to `places` decimals."""
    scale = 10**places
    return Decimal(floor(exact / THOUSANDTHS * scale + Fraction(1, 2))).scaleb(-places)


def rounded_text(exact: Fraction, places: int) -> str:
    """The same as it is shown."""
    return f"{rounded(exact, places):f}"
