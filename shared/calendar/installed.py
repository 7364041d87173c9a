"""The calendar that this process reckons with: published years, and those of the folder that the
operator names.
"""

from __future__ import annotations

from functools import lru_cache

from shared.calendar.work import WorkCalendar
from shared.config import Settings


@lru_cache(maxsize=1)
def work_calendar() -> WorkCalendar:
    """Read once for the life of the process."""
    return WorkCalendar.load(Settings.from_env().calendars or None)
