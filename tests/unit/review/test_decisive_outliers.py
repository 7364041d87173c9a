"""An outlying sheet decided where, without it, its application would change places with one of the other outcome."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.review.alerts.outliers import Scored, decisive
from services.review.scoring.spread import spread

pytestmark = pytest.mark.unit


def _sheets(*percents: int) -> dict[str, int]:
    return {f"E{number}": percent * 1000 for number, percent in enumerate(percents, 1)}


def _found(
    applications: dict[str, Scored], points: int | None = 15
) -> list[tuple[str, str, tuple[str, ...]]]:
    return [(each.application_id, each.expert_id, each.overtaken) for each in decisive(applications, points)]


def test_one_high_sheet_that_lifted_its_application_over_another_is_told() -> None:
    lifted = Scored(_sheets(60, 60, 99), passed=True)
    other = Scored(_sheets(70, 70, 70), passed=False)
    assert _found({"a1": lifted, "a2": other}) == [("a1", "E3", ("a2",))]


def test_one_low_sheet_that_pressed_its_application_down_is_told() -> None:
    pressed = Scored(_sheets(80, 80, 20), passed=False)
    other = Scored(_sheets(70, 70, 70), passed=True)
    assert _found({"a1": pressed, "a2": other}) == [("a1", "E3", ("a2",))]


@pytest.mark.parametrize(
    "applications",
    [
        {"a1": Scored(_sheets(60, 60, 99), passed=True), "a2": Scored(_sheets(50, 50, 50), passed=False)},
        {"a1": Scored(_sheets(60, 60, 99), passed=True), "a2": Scored(_sheets(70, 70, 70), passed=True)},
        {"a1": Scored(_sheets(68, 70, 76), passed=True), "a2": Scored(_sheets(70, 70, 70), passed=False)},
        {"a1": Scored(_sheets(99), passed=True), "a2": Scored(_sheets(70), passed=False)},
        {"a1": Scored({}, passed=True)},
    ],
    ids=["changes nothing", "the same outcome", "no outlier", "a single sheet", "no sheet"],
)
def test_nothing_is_told_without_a_cause(applications: dict[str, Scored]) -> None:
    assert _found(applications) == []


def test_a_rulebook_without_outliers_has_none_that_decided() -> None:
    applications = {
        "a1": Scored(_sheets(60, 60, 99), passed=True),
        "a2": Scored(_sheets(70, 70, 70), passed=False),
    }
    assert _found(applications, None) == []


@given(
    st.dictionaries(
        st.sampled_from(["a1", "a2", "a3", "a4"]),
        st.tuples(st.lists(st.integers(0, 100), min_size=1, max_size=5), st.booleans()),
        min_size=2,
    )
)
def test_what_is_told_is_so_and_nothing_is_left_out(drawn: dict[str, tuple[list[int], bool]]) -> None:
    """The same as comparing the applications with each other one by one."""
    applications = {name: Scored(_sheets(*percents), passed) for name, (percents, passed) in drawn.items()}
    expected = []
    for name, one in sorted(applications.items()):
        for expert_id in sorted(spread(one.sheets, 15).outliers):
            rest = one.without(expert_id)
            overtaken = tuple(
                other
                for other, its in sorted(applications.items())
                if rest is not None and its.passed != one.passed and _turned(one, its, rest)
            )
            if overtaken:
                expected.append((name, expert_id, overtaken))
    assert _found(applications) == expected


def _turned(one: Scored, other: Scored, rest: Fraction) -> bool:
    if one.passed:
        return one.mean >= other.mean > rest
    return one.mean <= other.mean < rest
