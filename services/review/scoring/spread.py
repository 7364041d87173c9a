"""离散: how far the sheets of one application lie apart. Pure; percents in thousandths, exact until they are shown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import isqrt

from services.review.scoring.scores import THOUSANDTHS


@dataclass(frozen=True)
class Spread:
    """`apart` is highest minus lowest; `deviation` the standard deviation of a sample, rounded down, None for one sheet;
    `outliers` how far each outlying sheet lies from the median, by reviewer.
    """

    median: Fraction
    lowest: int
    highest: int
    deviation: int | None
    outliers: Mapping[str, Fraction]

    @property
    def apart(self) -> int:
        return self.highest - self.lowest


def median(values: Sequence[int]) -> Fraction:
    """The middle one, or the mean of the middle two. Raises ValueError for none."""
    if not values:
        raise ValueError("nothing has no median")
    ordered, half = sorted(values), len(values) // 2
    if len(ordered) % 2:
        return Fraction(ordered[half])
    return Fraction(ordered[half - 1] + ordered[half], 2)


def spread(sheets: Mapping[str, int], outlier_points: int | None) -> Spread:
    """Of sheets by reviewer. An outlier lies strictly further than `outlier_points` percentage points from the median.

    Raises ValueError for no sheets.
    """
    values = list(sheets.values())
    middle = median(values)
    far = {} if outlier_points is None else {
        expert_id: value - middle
        for expert_id, value in sheets.items()
        if abs(value - middle) > outlier_points * THOUSANDTHS
    }  # fmt: skip
    return Spread(middle, min(values), max(values), standard_deviation(values), far)


def standard_deviation(values: Sequence[int]) -> int | None:
    """Of a sample, rounded down; from whole numbers alone: n Σx² − (Σx)² over n (n − 1). None below two values."""
    n = len(values)
    if n < 2:
        return None
    squares = n * sum(value * value for value in values) - sum(values) ** 2
    return isqrt(squares // (n * (n - 1)))
