"""一份离群评分是否决定了结果. Pure: scores in thousandths of a percent."""

from __future__ import annotations

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
    found = []
    for name, one in sorted(applications.items()):
        if not one.sheets:
            continue
        for expert_id, apart in sorted(spread(one.sheets, outlier_points).outliers.items()):
            rest = one.without(expert_id)
            if rest is None:
                continue
            overtaken = tuple(
                other
                for other, its in sorted(applications.items())
                if its.sheets and its.passed != one.passed and _turned(one, its, rest)
            )
            if overtaken:
                found.append(Decisive(name, expert_id, apart, overtaken))
    return tuple(found)


def _turned(one: Scored, other: Scored, rest: Fraction) -> bool:
    """Whether the order of the two is another one without the sheet."""
    if one.passed:
        return one.mean >= other.mean > rest
    return one.mean <= other.mean < rest
