"""办理期限 at the edges: holidays, the year's end, a leap day, a year that is not published."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.eligibility.objections.clock import STEPS, Terms, due, is_over, last_day
from services.eligibility.objections.states import State
from shared.calendar import WorkCalendar
from shared.config import Settings

pytestmark = pytest.mark.unit

CALENDAR = WorkCalendar()
TERMS = Terms.of(Settings())
UNKNOWN = max(year.year for year in CALENDAR.years()) + 1


@pytest.mark.parametrize(
    ("since", "days", "last"),
    [
        (date(2025, 6, 18), 1, date(2025, 6, 19)),
        (date(2025, 6, 18), 5, date(2025, 6, 25)),
        (date(2025, 9, 30), 1, date(2025, 10, 9)),  # the long holiday lies between
        (date(2025, 9, 26), 2, date(2025, 9, 29)),  # Sunday the 28th works
        (date(2024, 12, 31), 1, date(2025, 1, 2)),  # over the year's end, New Year's Day is off
        (date(2024, 2, 28), 1, date(2024, 2, 29)),  # a leap day
        (date(2024, 2, 29), 1, date(2024, 3, 1)),
        (date(2023, 2, 28), 1, date(2023, 3, 1)),
    ],
)
def test_the_last_day(since: date, days: int, last: date) -> None:
    """Day one is the working day after; the very day of the step does not count."""
    assert last_day(CALENDAR, since, days) == last


def test_a_year_that_is_not_published_makes_no_last_day() -> None:
    """Nothing is late and no right lapses by a guess, however long it takes; once it is published it has one."""
    since = date(UNKNOWN - 1, 12, 30)
    assert last_day(CALENDAR, since, 5) is None
    far = date(UNKNOWN + 1, 1, 1)
    found = due(CALENDAR, "received", since, 5, far, TERMS)
    assert found is not None
    assert (found.step, found.on, found.standing) == ("acceptance", None, "unknown")
    assert not is_over(CALENDAR, since, 5, far)
    published = WorkCalendar({**{y.year: y for y in CALENDAR.years()}, UNKNOWN: _plain(UNKNOWN)})
    assert last_day(published, since, 5) is not None
    assert is_over(published, since, 5, date(UNKNOWN, 12, 31))


def _plain(year: int) -> object:
    """A year of nothing but weekends, as a file might bring it."""
    from dataclasses import replace

    return replace(CALENDAR.year(UNKNOWN - 1), year=year, holidays=frozenset(), workdays=frozenset())


@pytest.mark.parametrize(
    ("today", "standing", "late"),
    [
        (date(2025, 6, 24), "in_time", 0),
        (date(2025, 6, 25), "last_day", 0),
        (date(2025, 6, 26), "overdue", 1),
        (date(2025, 6, 30), "overdue", 5),
    ],
)
def test_how_a_step_stands(today: date, standing: str, late: int) -> None:
    found = due(CALENDAR, "heard", date(2025, 6, 18), 5, today, TERMS)
    assert found is not None
    assert (found.step, found.on, found.standing, found.late_days) == (
        "ruling",
        date(2025, 6, 25),
        standing,
        late,
    )


def test_an_answer_that_did_not_come_is_followed_by_the_ruling() -> None:
    """On the last day it is still the applicant's turn; the day after it is the office's, by days of its own."""
    since, last = date(2025, 6, 18), date(2025, 6, 25)
    there = due(CALENDAR, "inquiry", since, 5, last, TERMS)
    after = due(CALENDAR, "inquiry", since, 5, last + timedelta(days=1), TERMS)
    assert there is not None
    assert after is not None
    assert (there.step, there.standing) == ("answer", "last_day")
    assert (after.step, after.on) == ("ruling", last_day(CALENDAR, last, TERMS.ruling))


def test_an_end_awaits_nothing_and_so_does_a_rehearsal() -> None:
    for state in State:
        if state not in STEPS:
            assert due(CALENDAR, state, date(2025, 6, 18), 5, date(2025, 6, 18), TERMS) is None
            assert TERMS.days_in(state) is None
    assert due(CALENDAR, "accepted", date(2025, 6, 18), None, date(2026, 6, 18), TERMS) is None
    assert is_over(CALENDAR, date(2025, 6, 18), None, date(2025, 6, 18))


def test_less_than_a_day_is_refused() -> None:
    with pytest.raises(ValueError, match="objection_appeal_days"):
        Terms(1, 1, 1, 1, 0, 1)


@given(st.dates(date(2005, 1, 1), date(2025, 12, 1)), st.integers(1, 10))
def test_the_last_day_is_a_working_day_after_so_many(since: date, days: int) -> None:
    """Exactly `days` working days lie after the step and up to the last day."""
    last = last_day(CALENDAR, since, days)
    assert last is not None
    between = [since + timedelta(days=n) for n in range(1, (last - since).days + 1)]
    assert sum(CALENDAR.is_working_day(day) for day in between) == days
    assert CALENDAR.is_working_day(last)
