"""期限: which years a winner reports, when each report is due, and what is overdue. Pure.

The first year that is reported is the award's own, the base of every index.
"""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import date

from services.incentives.tracking.states import Order, Report
from shared.calendar import plus_years
from shared.rulebooks.model import Tracking


@dataclass(frozen=True)
class ReportDue:
    """A calendar year to report, and the last day to do so."""

    year: int
    due_on: date


def ends_on(rule: Tracking, awarded_on: date) -> date:
    """The last day on which a winner is followed: the same calendar date, years later (29 February: the 28th)."""
    return plus_years(awarded_on, rule.years)


def reports(rule: Tracking, awarded_on: date) -> list[ReportDue]:
    """One report for each year from the award's own on; none where the rulebook asks for none."""
    if rule.report_months is None:
        return []
    years = range(awarded_on.year, awarded_on.year + rule.years)
    return [ReportDue(year, due_on(year, rule.report_months)) for year in years]


def due_on(year: int, months: int) -> date:
    """The last day of a month after the year's end, `months` from 1 to 12. It is no working day's matter: calendars of
    years ahead are not published yet.
    """
    return date(year + 1, months, monthrange(year + 1, months)[1])


def report_owed_on(state: Report, due: date, correct_by: date | None) -> date | None:
    """The last day on which the winner has to hand a report in; None where nothing is owed now."""
    if state in (Report.DUE, Report.DRAFT):
        return due
    return correct_by if state is Report.RETURNED else None


def overdue(owed_on: date | None, today: date) -> bool:
    """Whether the last day is over."""
    return owed_on is not None and today > owed_on


def may_hand_in(year: int, today: date) -> bool:
    """A year is reported when it is over."""
    return today.year > year


def may_escalate(state: Order, answer_by: date, today: date) -> bool:
    """An order that is not answered is escalated when its last day is over, never before."""
    return state is not Order.ISSUED or today > answer_by


def reminders(owed_on: date, days: tuple[int, ...]) -> list[date]:
    """The days on which somebody is to be reminded of what is owed, `days` before its last day (negative: after it)."""
    return sorted({date.fromordinal(owed_on.toordinal() - each) for each in days})


def next_reminder(owed_on: date, days: tuple[int, ...], today: date) -> date | None:
    """The next such day from today on, None where all are over."""
    return next((day for day in reminders(owed_on, days) if day >= today), None)
