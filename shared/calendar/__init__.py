"""日历: working days, notice periods, and arithmetic with years."""

from __future__ import annotations

from shared.calendar.dates import Interval, at_least_years, look_back, plus_years
from shared.calendar.installed import work_calendar
from shared.calendar.wording import DayInWords, in_words
from shared.calendar.work import CalendarNotPublished, Window, WorkCalendar
from shared.calendar.years import Year, read_year

__all__ = [
    "CalendarNotPublished",
    "DayInWords",
    "Interval",
    "Window",
    "WorkCalendar",
    "Year",
    "at_least_years",
    "in_words",
    "look_back",
    "plus_years",
    "read_year",
    "work_calendar",
]
