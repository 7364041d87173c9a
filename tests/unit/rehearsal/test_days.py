"""The days that the player plays, by the official calendar."""

from __future__ import annotations

from datetime import date

import pytest

from deploy.rehearsal.days import closing_day, objection_day, reaches
from shared.calendar import CalendarNotPublished, WorkCalendar
from tests.unit.rehearsal.files import installed

CALENDAR = WorkCalendar()


def test_the_office_closes_the_day_after() -> None:
    """The last day is the applicants' to its end, a weekend or not."""
    assert closing_day(date(2025, 6, 13)) == date(2025, 6, 14)


@pytest.mark.parametrize(
    ("first", "last", "second"),
    [
        (date(2025, 6, 17), date(2025, 6, 23), date(2025, 6, 18)),
        (date(2025, 6, 20), date(2025, 6, 26), date(2025, 6, 23)),
        (date(2025, 9, 30), date(2025, 10, 13), date(2025, 10, 9)),  # the national holidays lie between
        (date(2025, 6, 17), date(2025, 6, 17), date(2025, 6, 17)),
    ],
)
def test_objections_come_on_the_second_working_day(first: date, last: date, second: date) -> None:
    """Weekends and holidays are passed over; a notice of one day has no second."""
    assert objection_day(CALENDAR, first, last) == second


def test_when_a_stage_is_reached() -> None:
    """Each stage takes one working day, a notice its prescribed ones: the sample's own days."""
    book = installed().rulebooks.get("changning-2023")
    days = {
        key: reaches(CALENDAR, book, date(2025, 6, 13), key)
        for key in ("qualification", "notice:qualification", "document_review", "committee", "notice:award")
    }
    assert [day.isoformat() for day in days.values()] == [
        "2025-06-16", "2025-06-17", "2025-06-24", "2025-06-27", "2025-06-30",
    ]  # fmt: skip


def test_a_year_that_is_not_published() -> None:
    """An error, never a guess; what is not a stage is an error too."""
    book = installed().rulebooks.get("changning-2023")
    with pytest.raises(CalendarNotPublished):
        reaches(CALENDAR, book, date(2026, 12, 29), "document_review")
    with pytest.raises(KeyError):
        reaches(CALENDAR, book, date(2025, 6, 13), "lunch")
