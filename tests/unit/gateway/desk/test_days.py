"""日历: each day's reason, and the days of a notice."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.gateway.desk import days
from shared.calendar import WorkCalendar

CALENDAR = WorkCalendar()


@pytest.mark.parametrize(
    ("day", "kind"),
    [
        ("2026-09-18", "working"),
        ("2026-09-19", "weekend"),
        ("2026-09-20", "made_up"),
        ("2026-10-01", "holiday"),
        ("2026-10-03", "holiday"),  # a Saturday that the paper names
        ("2027-01-04", "unknown"),
    ],
)
def test_every_day_has_its_reason(day: str, kind: str) -> None:
    """周末, 节假日, 调休上班, 工作日, or a year that is not entered."""
    assert days.kind_of(CALENDAR, date.fromisoformat(day)) == kind


def test_a_notice_posted_before_a_make_up_sunday() -> None:
    """Posted on Friday 2026-09-18, five working days end on Wednesday the 23rd, since Sunday the 20th works."""
    found = days.posting(CALENDAR, date(2026, 9, 18), 5)
    assert (found.first, found.last) == (date(2026, 9, 18), date(2026, 9, 23))
    assert [(each.on.day, each.number) for each in found.days] == [
        (18, 1),
        (19, None),
        (20, 2),
        (21, 3),
        (22, 4),
        (23, 5),
    ]


@given(st.dates(date(2025, 1, 1), date(2026, 11, 30)), st.integers(1, 15))
def test_a_notice_has_the_days_that_are_asked(posted_on: date, asked: int) -> None:
    """Numbers run from one to those asked for, on working days alone, the last one on the last day."""
    found = days.posting(CALENDAR, posted_on, asked)
    numbers = [each.number for each in found.days if each.number is not None]
    assert numbers == list(range(1, asked + 1))
    assert found.days[0].on == posted_on
    assert found.days[-1].on == found.last
    assert found.days[-1].number == asked
    assert next(each.on for each in found.days if each.number == 1) == found.first
    for each in found.days:
        assert (each.number is not None) == (each.kind in ("working", "made_up"))


def test_an_unknown_year_is_named() -> None:
    """A notice that would reach into it has no days at all."""
    found = days.posting(CALENDAR, date(2026, 12, 30), 5)
    assert (found.first, found.last, found.unknown_year, found.days) == (None, None, 2027, ())


def test_a_stretch_is_bounded() -> None:
    """Both ends are in it; more than a year, and a reversed one, is refused."""
    first = date(2026, 1, 1)
    assert [each.on for each in days.stretch(CALENDAR, first, first)] == [first]
    assert len(days.stretch(CALENDAR, first, first + timedelta(days=days.LONGEST - 1))) == days.LONGEST
    for last in (first - timedelta(days=1), first + timedelta(days=days.LONGEST)):
        with pytest.raises(ValueError, match="a stretch has"):
            days.stretch(CALENDAR, first, last)
