"""Working days, notice periods and arithmetic with years."""

from __future__ import annotations

from datetime import date
from pathlib import Path

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
from shared.strict_yaml import StrictYamlError

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


def test_a_window_that_reaches_into_an_unpublished_year_is_refused() -> None:
    """Its last day could only be guessed; one that ends within the year stands."""
    assert OFFICIAL.window(date(2026, 12, 28), 4).last == date(2026, 12, 31)
    with pytest.raises(CalendarNotPublished):
        OFFICIAL.window(date(2026, 12, 28), 5)


YEAR_FILE = """\
year: 2027
paper: 国办发明电〔2026〕7号
holidays: ["2027-01-01..2027-01-03", 2027-02-05]
workdays: [2027-02-06]
"""


def _calendar(folder: Path, text: str) -> WorkCalendar:
    (folder / "2027.yaml").write_text(text, encoding="utf-8")
    return WorkCalendar.load(folder)


def test_an_agency_adds_a_year(tmp_path: Path) -> None:
    """With its own file, citing the State Council's paper, that year can be reckoned."""
    calendar = _calendar(tmp_path, YEAR_FILE)
    assert calendar.source(2027) == "国办发明电〔2026〕7号"
    assert calendar.window(date(2026, 12, 31), 2).last == date(2027, 1, 4)
    assert not calendar.is_working_day(date(2027, 2, 5))
    assert calendar.is_working_day(date(2027, 2, 6))
    assert calendar.knows(2026)
    assert not calendar.knows(2028)


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("2027-02-05", "2027-02-30", "no day"),
        ("2027-02-05", "2026-02-05", "is not in 2027"),
        ("2027-02-05", "2027-02-06", "both"),
        ("[2027-02-06]", "[2027-02-08]", "no weekend"),
        ("2027-01-01..2027-01-03", "2027-01-03..2027-01-01", "before it begins"),
        ("paper: 国办发明电〔2026〕7号\n", "", "paper"),
        ("year: 2027", "year: 2027\nyear: 2028", "given twice"),
    ],
)
def test_a_wrong_year_file_says_where(tmp_path: Path, old: str, new: str, reason: str) -> None:
    """File, line and reason."""
    with pytest.raises(StrictYamlError, match=reason) as caught:
        _calendar(tmp_path, YEAR_FILE.replace(old, new))
    assert str(caught.value).startswith("2027.yaml:")


def test_two_files_for_one_year_are_refused(tmp_path: Path) -> None:
    """Which of them counts would be a guess."""
    (tmp_path / "a.yaml").write_text(YEAR_FILE, encoding="utf-8")
    with pytest.raises(StrictYamlError, match="two files"):
        _calendar(tmp_path, YEAR_FILE)


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
