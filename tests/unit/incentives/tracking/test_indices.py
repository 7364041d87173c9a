"""Indices over the years: relative to the award's year, what fell, and all winners together without telling of few."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.incentives.tracking import indices
from services.incentives.tracking.indices import Regression
from shared.rulebooks import Words
from shared.rulebooks.model import Index

pytestmark = pytest.mark.unit

HIGHER = Index("overall", Words("综合", "overall"), Words("分", "points"), "higher")
LOWER = Index("loss", Words("损失", "loss"), Words("%", "percent"), "lower")
FIGURES = st.decimals("0.000001", "1000000", places=6, allow_nan=False, allow_infinity=False)
BY_YEAR = st.dictionaries(st.integers(2025, 2030), FIGURES, min_size=1)


def _figures(*values: str) -> dict[int, Decimal]:
    return {2025 + place: Decimal(value) for place, value in enumerate(values)}


def test_the_awards_year_is_100() -> None:
    """Upwards is better, whichever way the figure itself runs."""
    up = indices.relative(HIGHER, _figures("640", "704", "608"), 2025)
    assert [indices.shown(each) for each in up.values()] == ["100.0", "110.0", "95.0"]
    down = indices.relative(LOWER, _figures("2", "1.6", "2.5"), 2025)
    assert [indices.shown(each) for each in down.values()] == ["100.0", "125.0", "80.0"]


@pytest.mark.parametrize(
    ("index", "figures", "years"),
    [
        (HIGHER, _figures("0", "5"), []),
        (HIGHER, _figures("-3", "5"), []),
        (HIGHER, _figures("5", "-5"), [2025, 2026]),
        (LOWER, _figures("5", "0"), [2025]),
        (HIGHER, {2026: Decimal(5)}, []),
    ],
)
def test_where_there_is_no_relative_figure(
    index: Index, figures: dict[int, Decimal], years: list[int]
) -> None:
    """Without a base above nothing, or where lower is better and nothing is left."""
    assert list(indices.relative(index, figures, 2025)) == years


@given(BY_YEAR, st.sampled_from([HIGHER, LOWER]))
def test_better_is_always_higher(figures: dict[int, Decimal], index: Index) -> None:
    """The relative index orders the years as the figures do, by the index's own direction."""
    found = indices.relative(index, figures, 2025)
    if 2025 not in figures:
        assert found == {}
        return
    assert found[2025] == indices.BASE
    better = (lambda v: v) if index.better == "higher" else (lambda v: -v)
    assert sorted(found, key=lambda y: (found[y], y)) == sorted(found, key=lambda y: (better(figures[y]), y))


@pytest.mark.parametrize(
    ("values", "warned"),
    [
        (("100", "80"), [(2026, "below_base", "20.0")]),
        (("100", "79.999999"), [(2026, "fall", "20.0"), (2026, "below_base", "20.0")]),
        (("100", "130", "103.9"), [(2027, "fall", "20.1")]),
        (("100", "130", "104"), []),
        (("100", "100", "100"), []),
        (("0", "-1"), [(2026, "fall", None), (2026, "below_base", None)]),
    ],
)
def test_what_is_warned_of(values: tuple[str, ...], warned: list[tuple[int, str, str | None]]) -> None:
    """More than a fifth in a year, exactly, not as rounded; and any year below the award's."""
    found = indices.regressions(HIGHER, _figures(*values), 2025, 20)
    assert [
        (each.year, each.kind, None if each.percent is None else str(each.percent)) for each in found
    ] == warned


def test_where_lower_is_better_a_rise_is_warned_of() -> None:
    """The same thresholds, the other way round."""
    assert indices.regressions(LOWER, _figures("1", "1.3"), 2025, 20) == [
        Regression("loss", 2026, "fall", Decimal("30.0")),
        Regression("loss", 2026, "below_base", Decimal("30.0")),
    ]


def test_a_missing_year_is_no_fall_and_no_rule_no_warning() -> None:
    """Year on year needs the year before; a rulebook without a threshold warns of nothing."""
    gap = {2025: Decimal(100), 2027: Decimal(101), 2029: Decimal(100)}
    assert indices.regressions(HIGHER, gap, 2025, 20) == []
    assert indices.regressions(HIGHER, _figures("100", "1"), 2025, None) == []


@given(st.lists(st.fractions(0, 1000), max_size=12), st.integers(2, 6))
def test_nothing_is_told_of_few(values: list[Fraction], least: int) -> None:
    """Below `least` nothing; else whole numbers within what there is, in order."""
    found = indices.spread(values, least)
    if len(values) < least:
        assert found is None
        return
    assert found is not None
    assert found.winners == len(values)
    assert found.lower <= found.median <= found.upper
    assert min(values) - Fraction(1, 2) <= found.lower
    assert found.upper <= max(values) + Fraction(1, 2)


def test_quartiles_lie_between_two_winners() -> None:
    """Inclusive, linear, half up."""
    found = indices.spread([Fraction(each) for each in (90, 100, 110, 120, 131)], 5)
    assert found is not None
    assert (found.lower, found.median, found.upper) == (100, 110, 120)
    found = indices.spread([Fraction(each) for each in (100, 101)], 2)
    assert found is not None
    assert (found.lower, found.median, found.upper) == (100, 101, 101)
