"""跟踪指标: figures of winners over the years, relative to the award's year, of all winners, and what fell. Pure.

A figure is a Decimal in the index's unit. Nothing is rounded before it is shown: what is compared is exact.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Literal

from shared.rulebooks.model import Index

BASE = 100  # what every index is in the award's year
_TENTH, _WHOLE = Decimal("0.1"), Decimal(1)
Kind = Literal["fall", "below_base"]


@dataclass(frozen=True)
class Regression:
    """An index that worsened in a year: against the year before, or below the award's year. `percent` is by how much, to a
    tenth, None where what it is compared with is nothing or less.
    """

    index: str
    year: int
    kind: Kind
    percent: Decimal | None


@dataclass(frozen=True)
class Spread:
    """Half of the winners lie between the quartiles; whole numbers. `winners` is how many there are."""

    winners: int
    lower: int
    median: int
    upper: int


def relative(index: Index, figures: Mapping[int, Decimal], base_year: int) -> dict[int, Fraction]:
    """By year: the index with the award's year as 100, upwards always the better.

    Years are left out that have no such figure: without a figure of the base year above 0 there is none, and where lower
    is better a figure of 0 or less has none.
    """
    base = figures.get(base_year)
    if base is None or base <= 0:
        return {}
    found = {}
    for year, figure in sorted(figures.items()):
        if index.better == "higher":
            found[year] = Fraction(figure) / Fraction(base) * BASE
        elif figure > 0:
            found[year] = Fraction(base) / Fraction(figure) * BASE
    return found


def shown(value: Fraction) -> str:
    """To one decimal, half up."""
    return str(_rounded(value, _TENTH))


def regressions(
    index: Index, figures: Mapping[int, Decimal], base_year: int, fall_percent: int | None
) -> list[Regression]:
    """Every year in which the index worsened by more than `fall_percent` against the year before, and every later year in
    which it is worse than in the award's year; none where the rulebook warns of none.
    """
    if fall_percent is None:
        return []
    found = []
    for year, figure in sorted(figures.items()):
        last = figures.get(year - 1)
        if last is not None and _worse(index, last, figure):
            percent = worsened(index, last, figure)
            if percent is None or percent > fall_percent:
                found.append(Regression(index.key, year, "fall", _told(percent)))
        base = figures.get(base_year)
        if base is not None and year > base_year and _worse(index, base, figure):
            found.append(Regression(index.key, year, "below_base", _told(worsened(index, base, figure))))
    return found


def worsened(index: Index, before: Decimal, after: Decimal) -> Fraction | None:
    """By how many percent of what it was an index is worse, below 0 where it is better; None where it was 0 or less."""
    if before <= 0:
        return None
    change = Fraction(after - before) / Fraction(before) * 100
    return -change if index.better == "higher" else change


def spread(values: Sequence[Fraction], least: int) -> Spread | None:
    """Median and quartiles (inclusive, linear between two) of at least `least` winners; None of fewer.

    They are whole numbers, so that a median which is one winner's own figure does not tell it to the decimal.
    """
    if len(values) < max(least, 1):
        return None
    ordered = sorted(values)
    lower, median, upper = (int(_rounded(_at(ordered, Fraction(q, 4)), _WHOLE)) for q in (1, 2, 3))
    return Spread(len(ordered), lower, median, upper)


def by_year(winners: Iterable[Mapping[int, Fraction]]) -> dict[int, list[Fraction]]:
    """The figures of all winners of a cycle, whose award has one year, by year."""
    found: dict[int, list[Fraction]] = {}
    for winner in winners:
        for year, value in winner.items():
            found.setdefault(year, []).append(value)
    return dict(sorted(found.items()))


def _worse(index: Index, before: Decimal, after: Decimal) -> bool:
    return after < before if index.better == "higher" else after > before


def _told(percent: Fraction | None) -> Decimal | None:
    return None if percent is None else _rounded(percent, _TENTH)


def _at(ordered: Sequence[Fraction], part: Fraction) -> Fraction:
    place = part * (len(ordered) - 1)
    below = int(place)
    if below + 1 == len(ordered):
        return ordered[below]
    return ordered[below] + (ordered[below + 1] - ordered[below]) * (place - below)


def _rounded(value: Fraction, step: Decimal) -> Decimal:
    """Half up, exactly: a Fraction has no decimal form that may be rounded twice."""
    scaled = value / Fraction(step)
    whole = (abs(scaled) + Fraction(1, 2)).__floor__()
    signed = whole if scaled >= 0 else -whole
    return (Decimal(signed) * step).quantize(step, ROUND_HALF_UP)
