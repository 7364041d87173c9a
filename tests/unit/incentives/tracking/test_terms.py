"""Which years a winner reports and by when: leap days, the turn of a year, and the days of reminders."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.incentives.tracking import terms
from services.incentives.tracking.states import Order, Report
from shared.rulebooks.model import Tracking

pytestmark = pytest.mark.unit


def _rule(years: int = 5, months: int | None = 3) -> Tracking:
    return Tracking(years, "36", months)


def test_five_years_five_reports_the_awards_own_first() -> None:
    """Each is due on the last day of the month after its year."""
    found = terms.reports(_rule(), date(2025, 7, 4))
    assert [(each.year, each.due_on) for each in found] == [
        (year, date(year + 1, 3, 31)) for year in range(2025, 2030)
    ]
    assert terms.ends_on(_rule(), date(2025, 7, 4)) == date(2030, 7, 4)


def test_no_report_where_the_rulebook_asks_for_none() -> None:
    """The winner is followed all the same."""
    assert terms.reports(_rule(months=None), date(2025, 7, 4)) == []


@pytest.mark.parametrize(
    ("year", "months", "due"),
    [
        (2023, 2, date(2024, 2, 29)),
        (2024, 2, date(2025, 2, 28)),
        (2025, 12, date(2026, 12, 31)),
        (2025, 1, date(2026, 1, 31)),
    ],
)
def test_the_last_day_of_the_month_leap_years_too(year: int, months: int, due: date) -> None:
    """29 February where there is one."""
    assert terms.due_on(year, months) == due


def test_an_award_on_a_leap_day_is_followed_until_the_28th() -> None:
    """The same calendar date where the year has it, else the day before."""
    assert terms.ends_on(_rule(), date(2024, 2, 29)) == date(2029, 2, 28)
    assert terms.ends_on(_rule(4), date(2024, 2, 29)) == date(2028, 2, 29)


def test_the_turn_of_the_year_decides_which_year_is_the_base() -> None:
    """31 December reports that year first, 1 January the next one."""
    assert terms.reports(_rule(), date(2025, 12, 31))[0].year == 2025
    assert terms.reports(_rule(), date(2026, 1, 1))[0].year == 2026


@pytest.mark.parametrize(
    ("today", "may"),
    [(date(2026, 12, 31), False), (date(2027, 1, 1), True), (date(2028, 1, 1), True)],
)
def test_a_year_is_reported_when_it_is_over(today: date, may: bool) -> None:
    """Not on its last day."""
    assert terms.may_hand_in(2026, today) is may


def test_what_a_winner_owes_follows_the_state() -> None:
    """The first day until it is handed in, the other one after a return, nothing else."""
    due, correct_by = date(2026, 3, 31), date(2026, 4, 30)
    owed = {state: terms.report_owed_on(state, due, correct_by) for state in Report}
    assert owed == {
        Report.DUE: due,
        Report.DRAFT: due,
        Report.SUBMITTED: None,
        Report.RETURNED: correct_by,
        Report.CORRECTED: None,
        Report.ACCEPTED: None,
    }
    assert not terms.overdue(due, due)
    assert terms.overdue(due, due + timedelta(days=1))
    assert not terms.overdue(None, date.max)


def test_an_unanswered_order_is_escalated_after_its_last_day() -> None:
    """What was answered may be at once."""
    last = date(2027, 7, 31)
    assert not terms.may_escalate(Order.ISSUED, last, last)
    assert terms.may_escalate(Order.ISSUED, last, last + timedelta(days=1))
    assert terms.may_escalate(Order.ANSWERED, last, date(2027, 7, 1))


@given(
    st.dates(date(2000, 1, 1), date(2090, 1, 1)),
    st.lists(st.integers(-60, 60), max_size=6),
    st.integers(-90, 90),
)
def test_the_next_reminder_is_the_first_that_has_not_come(owed_on: date, days: list[int], ahead: int) -> None:
    """Each day once, in order; none after the last one."""
    today = owed_on - timedelta(days=ahead)
    found = terms.reminders(owed_on, tuple(days))
    assert found == sorted({owed_on - timedelta(days=each) for each in days})
    assert terms.next_reminder(owed_on, tuple(days), today) == min(
        (day for day in found if day >= today), default=None
    )
