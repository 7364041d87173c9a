"""How long a declaration is in force and when it is asked for. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from shared.config import Settings

_MONTHS = 12


@dataclass(frozen=True)
class Terms:
    """`months` a declaration is in force; `steps` are days before its end (negative: after it), the earliest first."""

    months: int
    steps: tuple[int, ...]

    @classmethod
    def of(cls, settings: Settings) -> Terms:
        """The settings' terms. Raises ValueError for what cannot be meant."""
        if settings.declaration_months < 1:
            raise ValueError("a declaration is in force for a month at least")
        if not settings.declaration_reminder_days:
            raise ValueError("there is at least one reminder")
        return cls(settings.declaration_months, settings.declaration_reminder_days)

    @property
    def soon(self) -> timedelta:
        """From how long before its end a declaration is owed anew."""
        return timedelta(days=max(self.steps[0], 0))

    def valid_until(self, declared_on: date) -> date:
        """The last day of a declaration: the day before the same day of the month in which it ends."""
        return plus_months(declared_on, self.months) - timedelta(days=1)

    def step(self, due_on: date, today: date) -> int | None:
        """The reminder that is due now: the last of those whose day has come; None before the first."""
        left = (due_on - today).days
        reached = [step for step in self.steps if left <= step]
        return reached[-1] if reached else None


def plus_months(day: date, months: int) -> date:
    """The same day `months` later; the last of the month where it has no such day."""
    year, month = divmod(day.year * _MONTHS + day.month - 1 + months, _MONTHS)
    return _in_month(year, month + 1, day.day)


def _in_month(year: int, month: int, wanted: int) -> date:
    days: Iterable[int] = range(wanted, 0, -1)
    for number in days:
        try:
            return date(year, month, number)
        except ValueError:
            continue
    raise ValueError(f"no month {year}-{month}")
