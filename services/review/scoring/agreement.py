"""评分一致性: Krippendorff's alpha, and how severe each reviewer is. Pure.

Alpha is computed here and not by a library: the one that is well kept brings an array package into every
process for a formula that is exact in whole numbers.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

Units = Mapping[str, Mapping[str, int]]  # by application: each reviewer's value
_CLOSE_ENOUGH = 1e-12  # of the first residual


def alpha(units: Iterable[Sequence[int]]) -> Fraction | None:
    """Krippendorff's alpha with the interval metric: 1 is full agreement, 0 what chance would give, below 0 worse.

    A unit with a single value has no pair and does not count. None where no two values can be paired, or all are equal:
    then nothing varies that could be agreed on.
    """
    paired = [tuple(values) for values in units if len(values) > 1]
    n = sum(map(len, paired))
    pooled = [value for values in paired for value in values]
    expected = Fraction(_squares(pooled), n * (n - 1)) if n else Fraction(0)
    if not expected:
        return None
    observed = sum((Fraction(_squares(values), len(values) - 1) for values in paired), Fraction(0)) / n
    return 1 - observed / expected


def _squares(values: Sequence[int]) -> int:
    """The sum of squared differences over all ordered pairs: 2 (m Σx² − (Σx)²)."""
    return 2 * (len(values) * sum(value * value for value in values) - sum(values) ** 2)


@dataclass(frozen=True)
class Severity:
    """How a reviewer's sheets lie against the others' on the same applications; negative is severe.

    `mean` over its sheets on which somebody else gave one as well (`compared` of them); None where there is none.
    """

    sheets: int
    compared: int
    mean: Fraction | None


def severities(units: Units) -> dict[str, Severity]:
    """By reviewer: the mean of what its value differs from the mean of the others on the same application."""
    sheets: dict[str, int] = defaultdict(int)
    apart: dict[str, list[Fraction]] = defaultdict(list)
    for values in units.values():
        whole, n = sum(values.values()), len(values)
        for reviewer, value in values.items():
            sheets[reviewer] += 1
            if n > 1:
                apart[reviewer].append(value - Fraction(whole - value, n - 1))
    return {
        reviewer: Severity(
            count,
            len(apart[reviewer]),
            sum(apart[reviewer], Fraction(0)) / len(apart[reviewer]) if apart[reviewer] else None,
        )
        for reviewer, count in sorted(sheets.items())
    }


def groups(units: Units) -> list[set[str]]:
    """Reviewers that are linked by applications in common, directly or through others; the largest group first.

    Severities of an additive model can be held against each other only within a group.
    """
    group: dict[str, set[str]] = {}
    for values in units.values():
        joined: set[str] = set()
        for reviewer in values:
            joined |= group.get(reviewer, {reviewer})
        for reviewer in joined:
            group[reviewer] = joined
    unique = {id(members): members for members in group.values()}
    return sorted(unique.values(), key=lambda members: (-len(members), min(members)))


def additive(units: Units) -> dict[str, float]:
    """Each reviewer's share in value = application + reviewer, by least squares; within a group they add up to nothing.

    Unlike the mean difference it takes into account who the others were. The applications are eliminated; what is left is
    solved by conjugate gradients, which begin at nothing and so stay where the shares of a group add up to nothing.
    """
    paired = [values for values in units.values() if len(values) > 1]
    names = sorted({reviewer for values in units.values() for reviewer in values})
    shares = dict.fromkeys(names, 0.0)
    residual = _applied(paired, names, None)
    direction, size = dict(residual), _dot(residual, residual)
    enough = size * _CLOSE_ENOUGH
    for _ in range(2 * len(names)):
        if size <= enough:
            break
        image = _applied(paired, names, direction)
        step = size / _dot(direction, image)
        for name in names:
            shares[name] += step * direction[name]
            residual[name] -= step * image[name]
        before, size = size, _dot(residual, residual)
        direction = {name: residual[name] + size / before * direction[name] for name in names}
    return shares


def _applied(
    paired: Sequence[Mapping[str, int]], names: Sequence[str], by: Mapping[str, float] | None
) -> dict[str, float]:
    """What each reviewer's values (or `by` in their place) differ from the mean of each application, summed up."""
    found = dict.fromkeys(names, 0.0)
    for values in paired:
        mean = sum(values[name] if by is None else by[name] for name in values) / len(values)
        for name, value in values.items():
            found[name] += (value if by is None else by[name]) - mean
    return found


def _dot(one: Mapping[str, float], other: Mapping[str, float]) -> float:
    return sum(value * other[name] for name, value in one.items())
