"""Alpha against published examples; severity against exact solutions."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.review.scoring.agreement import additive, alpha, groups, severities

pytestmark = pytest.mark.unit


def _units(*coders: str) -> list[list[int]]:
    """Columns of a printed table; a dot is a value that is missing."""
    rows = [coder.split() for coder in coders]
    return [[int(value) for value in column if value != "."] for column in zip(*rows, strict=True)]


# Krippendorff, "Computing Krippendorff's Alpha-Reliability" (2011), example C with four observers; and the three coders of
# the encyclopaedic article that the usual packages test themselves by.
PUBLISHED = [
    (
        _units(
            "1 2 3 3 2 1 4 1 2 . . .",
            "1 2 3 3 2 2 4 1 2 5 . 3",
            ". 3 3 3 2 3 4 2 2 5 1 .",
            "1 2 3 3 2 4 4 1 2 5 1 .",
        ),
        "0.849",
    ),
    (
        _units(
            ". . . . . 3 4 1 2 1 1 3 3 . 3",
            "1 . 2 1 3 3 4 3 . . . . . . .",
            ". . 2 1 3 4 4 . 2 1 1 3 3 . 4",
        ),
        "0.811",
    ),
]


@pytest.mark.parametrize(("units", "published"), PUBLISHED)
def test_alpha_is_that_of_the_published_examples(units: list[list[int]], published: str) -> None:
    """Interval metric, with values missing, to the three decimals that are printed."""
    found = alpha(units)
    assert found is not None
    assert f"{float(found):.3f}" == published


UNITS = st.lists(st.lists(st.integers(0, 100), max_size=5), max_size=8)


@given(UNITS)
def test_alpha_agrees_with_its_definition(units: list[list[int]]) -> None:
    """One minus observed over expected disagreement, taken pair by pair as the definition has it."""
    paired = [unit for unit in units if len(unit) > 1]
    values = [value for unit in paired for value in unit]
    n = len(values)

    def pairs(of: Sequence[int]) -> int:
        return sum((a - b) ** 2 for i, a in enumerate(of) for j, b in enumerate(of) if i != j)

    if n == 0 or pairs(values) == 0:
        assert alpha(units) is None
        return
    observed = sum((Fraction(pairs(unit), len(unit) - 1) for unit in paired), Fraction(0)) / n
    assert alpha(units) == 1 - observed / Fraction(pairs(values), n * (n - 1))


@given(UNITS, st.integers(1, 9), st.integers(-50, 50))
def test_alpha_knows_neither_unit_nor_origin(units: list[list[int]], scale: int, shift: int) -> None:
    """Thousandths or percents are the same to it."""
    assert alpha([[scale * v + shift for v in unit] for unit in units]) == alpha(units)


def test_without_variation_or_pairs_there_is_no_alpha() -> None:
    """It is not 1: nothing was there to be told apart."""
    assert alpha([]) is None
    assert alpha([[5], [7]]) is None
    assert alpha([[5, 5], [5, 5]]) is None
    assert alpha([[5, 5], [7, 7]]) == 1


def test_severity_is_the_mean_difference_from_the_others() -> None:
    """One sheet that nobody else shares is counted and not compared."""
    found = severities({"a": {"A": 60, "B": 70, "C": 80}, "b": {"A": 50, "B": 70}, "c": {"A": 10}})
    assert found["A"].mean == Fraction(-15 - 20, 2)
    assert (found["A"].sheets, found["A"].compared) == (3, 2)
    assert found["C"].mean == 15
    assert severities({"c": {"A": 10}})["A"].mean is None


@st.composite
def designs(draw: st.DrawFn) -> dict[str, dict[str, int]]:
    """Applications with some reviewers each."""
    names = [f"E{n}" for n in range(draw(st.integers(2, 6)))]
    values = st.dictionaries(st.sampled_from(names), st.integers(0, 100), min_size=1)
    return {f"a{n}": values_ for n, values_ in enumerate(draw(st.lists(values, min_size=1, max_size=8)))}


def _exact(units: dict[str, dict[str, int]]) -> dict[str, Fraction]:
    """The normal equations by elimination in fractions, one group after the other, shares of a group adding up to 0."""
    found: dict[str, Fraction] = {}
    for members in groups(units):
        names = sorted(members)
        size = len(names)
        rows = [[Fraction(0)] * (size + 1) for _ in names]
        for values in units.values():
            if not set(values) & members or len(values) < 2:
                continue
            mean = Fraction(sum(values.values()), len(values))
            for name, value in values.items():
                row = rows[names.index(name)]
                row[size] += value - mean
                row[names.index(name)] += 1
                for other in values:
                    row[names.index(other)] -= Fraction(1, len(values))
        rows[-1] = [Fraction(1)] * size + [Fraction(0)]
        for i in range(size):
            pivot = next(r for r in range(i, size) if rows[r][i])
            rows[i], rows[pivot] = rows[pivot], rows[i]
            rows[i] = [x / rows[i][i] for x in rows[i]]
            for r in range(size):
                if r != i:
                    rows[r] = [x - rows[r][i] * y for x, y in zip(rows[r], rows[i], strict=True)]
        found |= {name: rows[i][size] for i, name in enumerate(names)}
    return found


@given(designs())
def test_the_additive_model_is_the_least_squares_solution(units: dict[str, dict[str, int]]) -> None:
    """Held against exact elimination, whatever is missing and however the groups lie apart."""
    exact, found = _exact(units), additive(units)
    assert set(found) == set(exact)
    for name, share in exact.items():
        assert found[name] == pytest.approx(float(share), abs=1e-3)


def test_the_additive_model_sees_through_severe_company() -> None:
    """B always sits with the severe A, so its mean difference is high; C and D show that B is as they are."""
    true = {"A": -12, "B": 0, "C": 0, "D": 12}
    rooms = [("A", "B"), ("A", "B"), ("A", "B"), ("B", "C"), ("C", "D"), ("A", "D")]
    units = {f"a{n}": {name: 60 + true[name] for name in room} for n, room in enumerate(rooms)}
    mean = severities(units)["B"].mean
    assert mean is not None
    assert mean > 5
    found = additive(units)
    assert {name: round(share) for name, share in found.items()} == true


@given(designs())
def test_groups_part_the_reviewers(units: dict[str, dict[str, int]]) -> None:
    """Each in one group; reviewers of one application in the same."""
    found = groups(units)
    names = {name for values in units.values() for name in values}
    assert sorted(name for members in found for name in members) == sorted(names)
    for values in units.values():
        assert sum(1 for members in found if members & set(values)) == 1
