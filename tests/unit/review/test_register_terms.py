"""Terms of declarations: how long one is in force, and which reminder is due."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.review.conflicts.grounds import Interest
from services.review.register.pool import employer_on
from services.review.register.sources import Declared, in_time
from services.review.register.terms import Terms, plus_months
from shared.config import Settings

DAYS = st.dates(date(2000, 1, 1), date(2100, 12, 31))
FIRM, OTHER = "91310105MAXY50013E", "91310105MA1K300034"


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        (date(2025, 3, 3), 12, date(2026, 3, 3)),
        (date(2024, 2, 29), 12, date(2025, 2, 28)),
        (date(2025, 1, 31), 1, date(2025, 2, 28)),
        (date(2025, 12, 31), 2, date(2026, 2, 28)),
        (date(2025, 12, 1), 1, date(2026, 1, 1)),
    ],
)
def test_months_later_is_the_same_day_or_the_last_of_the_month(
    day: date, months: int, expected: date
) -> None:
    """As people reckon."""
    assert plus_months(day, months) == expected


@given(DAYS)
def test_a_year_is_neither_longer_nor_shorter_than_a_year(day: date) -> None:
    """The last day of a declaration is within a year of its first, and the day after it is not."""
    last = Terms(12, (0,)).valid_until(day)
    assert 364 <= (last - day).days <= 365


@given(DAYS, st.lists(st.integers(-60, 60), min_size=1, unique=True))
def test_each_reminder_is_due_from_its_day_until_the_next(due_on: date, steps: list[int]) -> None:
    """Day by day: none before the first, then always the last whose day has come, each of them at some time."""
    terms = Terms(12, tuple(sorted(steps, reverse=True)))
    found = [terms.step(due_on, due_on + timedelta(days=day)) for day in range(-61, 62)]
    assert found[0] is None
    assert [
        step for number, step in enumerate(found) if step is not None and step != found[number - 1]
    ] == list(terms.steps)


@pytest.mark.parametrize(("months", "reminders"), [(0, "30"), (-1, "30"), (12, ""), (12, " , ")])
def test_terms_that_cannot_be_meant_are_refused(months: int, reminders: str) -> None:
    """Before a service starts with them."""
    with pytest.raises(ValueError):
        Terms.of(Settings(declaration_months=months, declaration_reminders=reminders))


def test_the_terms_of_the_settings() -> None:
    """In whatever order they are given."""
    assert Terms.of(Settings(declaration_reminders="0,-7, 30,7,30")) == Terms(12, (30, 7, 0, -7))
    assert Terms(12, (-7,)).soon == timedelta(0)


@pytest.mark.parametrize(
    ("employments", "expected"),
    [
        ([], None),
        ([(FIRM, None, None)], FIRM),
        ([(FIRM, None, date(2025, 3, 2))], None),
        ([(FIRM, date(2025, 3, 4), None)], None),
        ([(FIRM, None, date(2025, 3, 3)), (OTHER, date(2020, 1, 1), None)], OTHER),
        ([(FIRM, date(2021, 1, 1), None), (OTHER, date(2020, 1, 1), None)], FIRM),
        ([(FIRM, None, None), (OTHER, None, None)], FIRM),
    ],
)
def test_the_employer_on_a_day(
    employments: list[tuple[str, date | None, date | None]], expected: str | None
) -> None:
    """Of several the one that began last; both ends count."""
    lines = [{"uscc": uscc, "since": since, "until": until} for uscc, since, until in employments]
    assert employer_on(lines, date(2025, 3, 3)) == expected


def test_interests_over_several_declarations() -> None:
    """What the last lists stands as it says; what it does not list ended with the declaration after the one that did."""
    first = Declared(date(2023, 1, 1), (Interest("advised", FIRM), Interest("kin", FIRM)))
    second = Declared(date(2024, 1, 1), (Interest("kin", FIRM),))
    third = Declared(date(2025, 1, 1), (Interest("kin", FIRM, None, None, date(2025, 6, 1)),))
    assert in_time([first, second, third]) == (
        Interest("advised", FIRM, None, None, date(2024, 1, 1)),
        Interest("kin", FIRM, None, None, date(2025, 6, 1)),
    )
    assert in_time([third]) == third.interests
    assert in_time([]) == ()
