"""Working days, notice periods and arithmetic with years."""

from __future__ import annotations

from datetime import date, timedelta

import chinese_calendar  # type: ignore[import-untyped]
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.calendar import (
    CalendarNotPublished,
    WorkCalendar,
    at_least_years,
    look_back,
    plus_years,
)
from shared.calendar.published import OFFICIAL as OFFICIAL_YEARS

OFFICIAL = WorkCalendar()
DAYS = st.dates(date(2005, 1, 1), date(2026, 11, 30))


def test_a_notice_posted_before_a_make_up_sunday() -> None:
    """Posted Friday 2026-09-18, five days end on the 23rd: Sunday the 20th works."""
    assert OFFICIAL.window(date(2026, 9, 18), 5) == (date(2026, 9, 18), date(2026, 9, 23))


def test_a_notice_posted_on_a_free_day_begins_on_the_next_working_day() -> None:
    """Day one is the first working day on or after the posting."""
    assert OFFICIAL.window(date(2026, 10, 1), 1).first == date(2026, 10, 8)


def test_the_days_of_the_sample_notices() -> None:
    """The windows of the sample scenarios."""
    assert OFFICIAL.window(date(2025, 6, 17), 5) == (date(2025, 6, 17), date(2025, 6, 23))
    assert OFFICIAL.window(date(2025, 3, 26), 5) == (date(2025, 3, 26), date(2025, 4, 1))
    assert OFFICIAL.window(date(2025, 10, 24), 5) == (date(2025, 10, 24), date(2025, 10, 30))


@given(DAYS, st.integers(1, 12))
def test_a_window_holds_exactly_its_working_days(posted: date, days: int) -> None:
    """First and last are working days, and there are as many in it as asked for."""
    window = OFFICIAL.window(posted, days)
    span = [date.fromordinal(n) for n in range(window.first.toordinal(), window.last.toordinal() + 1)]
    assert [OFFICIAL.is_working_day(day) for day in span].count(True) == days
    assert OFFICIAL.is_working_day(window.first)
    assert OFFICIAL.is_working_day(window.last)
    assert OFFICIAL.nth_day(window, days) == window.last
    with pytest.raises(ValueError, match="no working day"):
        OFFICIAL.nth_day(window, days + 1)


@given(DAYS)
def test_the_next_working_day_lies_after(day: date) -> None:
    """Strictly after, while the first on or after may be the day itself."""
    following = OFFICIAL.next_working_day(day)
    assert following > day
    assert OFFICIAL.first_on_or_after(day) == (day if OFFICIAL.is_working_day(day) else following)


@pytest.mark.parametrize("day", [date(2027, 1, 4), date(2003, 12, 31)])
def test_an_unpublished_year_is_never_guessed(day: date) -> None:
    """Not even an ordinary Monday of it."""
    with pytest.raises(CalendarNotPublished) as caught:
        OFFICIAL.is_working_day(day)
    assert caught.value.year == day.year
    assert str(day.year) in caught.value.detail_zh


def test_the_end_of_all_dates_is_a_year_without_a_calendar() -> None:
    """A day that no date can follow is refused like any other of an unpublished year, never an overflow."""
    for ask in (OFFICIAL.next_working_day, OFFICIAL.first_on_or_after, OFFICIAL.is_working_day):
        with pytest.raises(CalendarNotPublished, match="9999"):
            ask(date.max)
    for posted in (date.max, date(9999, 12, 30), date.min):
        with pytest.raises(CalendarNotPublished):
            OFFICIAL.window(posted, 5)


@pytest.mark.parametrize("year", OFFICIAL_YEARS)
def test_every_official_day_is_as_the_package_has_it(year: int) -> None:
    """Days off and make-up days were taken over whole."""
    days = [date(year, 1, 1) + timedelta(days=offset) for offset in range(365)]
    assert [OFFICIAL.is_working_day(day) for day in days] == [
        chinese_calendar.is_workday(day) for day in days
    ]


def test_a_window_that_reaches_into_an_unpublished_year_is_refused() -> None:
    """Its last day could only be guessed; one that ends within the year stands."""
    assert OFFICIAL.window(date(2026, 12, 28), 4).last == date(2026, 12, 31)
    with pytest.raises(CalendarNotPublished):
        OFFICIAL.window(date(2026, 12, 28), 5)


@pytest.mark.parametrize(
    ("day", "years", "expected"),
    [
        (date(2024, 2, 29), 1, date(2025, 2, 28)),
        (date(2024, 2, 29), 4, date(2028, 2, 29)),
        (date(2024, 2, 29), -3, date(2021, 2, 28)),
        (date(2023, 2, 28), 1, date(2024, 2, 28)),
        (date(2025, 6, 13), -3, date(2022, 6, 13)),
        (date(9999, 12, 31), 5, date(9999, 12, 31)),
        (date(9997, 2, 28), 5, date(9999, 12, 31)),
        (date(1, 1, 1), -3, date(1, 1, 1)),
    ],
)
def test_years_are_added_by_the_calendar(day: date, years: int, expected: date) -> None:
    """29 February becomes 28 February where the year has none; beyond the calendar's end is its last day."""
    assert plus_years(day, years) == expected


@given(st.dates(date(1990, 1, 1), date(2080, 1, 1)), st.integers(1, 10))
def test_the_look_back_is_closed_at_both_ends(last: date, years: int) -> None:
    """The days at the ends are in, the days beyond are out."""
    window = look_back(last, years)
    assert window.first in window
    assert last in window
    assert date.fromordinal(window.first.toordinal() - 1) not in window
    assert date.fromordinal(last.toordinal() + 1) not in window


def test_at_least_three_years_is_reached_on_the_anniversary() -> None:
    """The anniversary itself is enough, the day before is not."""
    assert at_least_years(date(2022, 6, 13), 3, date(2025, 6, 13))
    assert not at_least_years(date(2022, 6, 14), 3, date(2025, 6, 13))
    assert at_least_years(date(2024, 2, 29), 1, date(2025, 2, 28))


@given(DAYS, st.integers(1, 20))
def test_a_window_has_as_many_working_days_as_were_asked(posted: date, days: int) -> None:
    """Counted from its first day to its last; from a later day to an earlier one there are none."""
    window = OFFICIAL.window(posted, days)
    assert OFFICIAL.working_days(window.first, window.last) == days
    assert OFFICIAL.working_days(posted, window.last) == days
    assert OFFICIAL.working_days(window.last + timedelta(days=1), window.first) == 0


def test_days_of_an_unpublished_year_are_not_counted() -> None:
    """Neither alone nor at the end of known ones."""
    with pytest.raises(CalendarNotPublished):
        OFFICIAL.working_days(date(2026, 12, 1), date(2027, 1, 1))
