"""期限: how many working days are left until a day, and how much that presses. Pure; what is not known is told, never guessed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from shared.calendar import CalendarNotPublished, WorkCalendar

Level = Literal["grey", "amber", "red"]
AMBER, RED = 5, 1  # working days left, and fewer
_DAY = timedelta(days=1)
_FAR = 400  # days: beyond them nobody counts working days


@dataclass(frozen=True)
class Left:
    """What is left until the end of `due_on`. `days` are the working days after today up to that day, below nought those by
    which it is over; None where they cannot be counted: `unknown_year` has no official calendar yet, or the day is far off.
    """

    due_on: date
    days: int | None
    level: Level
    unknown_year: int | None = None
    over: bool = False
    today: bool = False

    @property
    def zh(self) -> str:
        """In words, so that no colour has to be seen."""
        if self.over:
            return f"已逾期 {-self.days} 个工作日" if self.days else "已逾期"
        if self.unknown_year is not None:
            return f"{self.unknown_year} 年放假安排尚未录入，无法计算工作日"
        if self.days is None:
            return "期限尚远"
        return f"还有 {self.days} 个工作日" if self.days else "今天截止" if self.today else "已无工作日"

    @property
    def en(self) -> str:
        """The same in English."""
        if self.over:
            return f"overdue by {_working(-self.days)}" if self.days else "overdue"
        if self.unknown_year is not None:
            return f"the calendar of {self.unknown_year} is not entered yet: working days cannot be counted"
        if self.days is None:
            return "far off"
        return (
            f"{_working(self.days)} left"
            if self.days
            else "due today"
            if self.today
            else "no working day left"
        )


def left(calendar: WorkCalendar, today: date, due_on: date) -> Left:
    """What is left from today on. A deadline that is over or today is red whatever the calendar says."""
    if due_on < today:
        try:
            return Left(due_on, -_between(calendar, due_on, today), "red", over=True)
        except CalendarNotPublished as unknown:
            return Left(due_on, None, "red", unknown.year, over=True)
    if due_on == today:
        return Left(due_on, 0, "red", today=True)
    if (due_on - today).days > _FAR:
        return Left(due_on, None, "grey")
    try:
        days = _between(calendar, today, due_on)
    except CalendarNotPublished as unknown:
        return Left(due_on, None, _unknown(calendar, today, unknown.year), unknown.year)
    return Left(due_on, days, level_of(days))


def level_of(days: int) -> Level:
    """Grey above five working days, amber from five, red from one."""
    return "red" if days <= RED else "amber" if days <= AMBER else "grey"


def _unknown(calendar: WorkCalendar, today: date, year: int) -> Level:
    """By the days that are known alone there are at least so many left; where those do not do for grey it is amber."""
    last = date(year - 1, 12, 31)
    known = _between(calendar, today, last) if today < last and calendar.knows(today.year) else 0
    return "grey" if known > AMBER else "amber"


def _between(calendar: WorkCalendar, after: date, until: date) -> int:
    """The working days after a day up to another one. Raises CalendarNotPublished."""
    return calendar.working_days(after + _DAY, until)


def _working(days: int) -> str:
    return "1 working day" if days == 1 else f"{days} working days"
