"""一份离群评分是否决定了结果. Pure: scores in thousandths of a percent."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from services.review.scoring.spread import spread


@dataclass(frozen=True)
class Scored:
    """An application of a closed stage: its valid sheets by reviewer, and whether it went on."""

    sheets: Mapping[str, int]
    passed: bool

    @property
    def mean(self) -> Fraction:
        return Fraction(sum(self.sheets.values()), len(self.sheets))

    def without(self, expert_id: str) -> Fraction | None:
        """The mean of the other sheets; None where there is no other."""
        others = [value for name, value in self.sheets.items() if name != expert_id]
        return Fraction(sum(others), len(others)) if others else None


@dataclass(frozen=True)
class Decisive:
    """One outlying sheet without which its application would stand on the other side of somebody."""

    application_id: str
    expert_id: str
    apart: Fraction  # from the median
    overtaken: tuple[str, ...]  # those with the other outcome that it would lie behind, or before


def decisive(applications: Mapping[str, Scored], outlier_points: int | None) -> tuple[Decisive, ...]:
    """The outliers that decided among applications that competed with each other, by application and reviewer.

    One that went on would have less than somebody who did not; or one that did not, more than somebody who did.
    """
    ranked = {passed: _ranked(applications, passed=passed) for passed in (True, False)}
    found = []
    for name, one in sorted(applications.items()):
        if not one.sheets:
            continue
        for expert_id, apart in sorted(spread(one.sheets, outlier_points).outliers.items()):
            rest = one.without(expert_id)
            overtaken = () if rest is None else _between(ranked[not one.passed], one, rest)
            if overtaken:
                found.append(Decisive(name, expert_id, apart, overtaken))
    return tuple(found)


def _ranked(applications: Mapping[str, Scored], *, passed: bool) -> list[tuple[Fraction, str]]:
    """Those with one outcome and any sheet, the lowest mean first."""
    return sorted(
        (each.mean, name) for name, each in applications.items() if each.sheets and each.passed == passed
    )


def _between(others: list[tuple[Fraction, str]], one: Scored, rest: Fraction) -> tuple[str, ...]:
    """Those of the other outcome whose order with the application is another one without the sheet."""
    if one.passed:  # rest < theirs <= its mean
        first, last = bisect_right(others, rest, key=_mean), bisect_right(others, one.mean, key=_mean)
    else:  # its mean <= theirs < rest
        first, last = bisect_left(others, one.mean, key=_mean), bisect_left(others, rest, key=_mean)
    return tuple(sorted(name for _, name in others[first:last]))


def _mean(line: tuple[Fraction, str]) -> Fraction:
    return line[0]
