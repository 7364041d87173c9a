"""Arithmetic with calendar years, as the texts are read: 29 February plus or minus N years is 28 February
where that year has none; “the last N years” is a closed interval.
"""

from __future__ import annotations

from datetime import MAXYEAR, MINYEAR, date
from functools import lru_cache
from typing import NamedTuple


class Interval(NamedTuple):
    """A closed interval of days: both ends count."""

    first: date
    last: date

    def __contains__(self, day: object) -> bool:
        return isinstance(day, date) and self.first <= day <= self.last


def plus_years(day: date, years: int) -> date:
    """The same day `years` later (earlier if negative); at either end of the calendar its last or first day.

    A slip of the pen in a year is for the conditions to hold against somebody, never a fault of the program.
    """
    year = day.year + years
    if not MINYEAR <= year <= MAXYEAR:
        return date.max if years > 0 else date.min
    try:
        return day.replace(year=year)
    except ValueError:
        return day.replace(year=year, day=28)


@lru_cache(maxsize=256)
def look_back(last: date, years: int) -> Interval:
    """近 N 年: from the day `years` before `last` to `last` itself."""
    return Interval(plus_years(last, -years), last)


def at_least_years(start: date, years: int, on: date) -> bool:
    """满 N 年: the start plus `years` is on or before the day `on`."""
    return plus_years(start, years) <= on
