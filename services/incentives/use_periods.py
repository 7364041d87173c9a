"""The periods of a report on the use of money: so many days each, from the day of payment. Pure."""

from __future__ import annotations

from datetime import date, timedelta


def due_on(paid_on: date, period: int, days: int) -> date:
    """The last day of a period, counted from 1, by which its report is due."""
    return paid_on + timedelta(days=days * period)


def periods_over(paid_on: date, today: date, days: int) -> int:
    """How many periods are over: their last day lies before today."""
    return max(0, (today - paid_on).days - 1) // days
