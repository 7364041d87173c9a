"""日历: every day of a stretch with why it is a working day or none, and what a notice posted on a day would be. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from shared.calendar import CalendarNotPublished, WorkCalendar

Kind = Literal["working", "weekend", "holiday", "made_up", "unknown"]
LONGEST = 366  # days that are told at once
_SATURDAY = 5
REASONS: dict[Kind, tuple[str, str]] = {
    "working": ("工作日", "working day"),
    "weekend": ("周末", "weekend"),
    "holiday": ("节假日", "public holiday"),
    "made_up": ("调休上班", "make-up working day"),
    "unknown": ("放假安排尚未录入", "the year's calendar is not entered yet"),
}


@dataclass(frozen=True)
class Day:
    """One day; `number` is its place in a notice's working days, from 1, None outside."""

    on: date
    kind: Kind
    number: int | None = None


@dataclass(frozen=True)
class Posting:
    """What a notice would be that is posted on a day. `asked` are the working days that the rulebook asks for. Either the first
    and the last day, or the year without a calendar.
    """

    posted_on: date
    asked: int
    first: date | None = None
    last: date | None = None
    unknown_year: int | None = None
    days: tuple[Day, ...] = ()


def kind_of(calendar: WorkCalendar, day: date) -> Kind:
    """Why a day is worked or not; a year that is not known says so of each of its days."""
    try:
        works = calendar.is_working_day(day)
    except CalendarNotPublished:
        return "unknown"
    if day.weekday() >= _SATURDAY:
        return "made_up" if works else _off(calendar, day)
    return "working" if works else "holiday"


def _off(calendar: WorkCalendar, day: date) -> Kind:
    """A Saturday or Sunday that the year's paper names among its days off is one of them."""
    named = any(day in year.holidays for year in calendar.years() if day.year in (year.year, year.year - 1))
    return "holiday" if named else "weekend"


def stretch(calendar: WorkCalendar, first: date, last: date) -> list[Day]:
    """Every day from one to another, both in it. Raises ValueError for more than `LONGEST`, and where they are reversed."""
    many = (last - first).days + 1
    if not 1 <= many <= LONGEST:
        raise ValueError(f"a stretch has 1 to {LONGEST} days")
    return [Day(day, kind_of(calendar, day)) for day in (first + timedelta(days=at) for at in range(many))]


def posting(calendar: WorkCalendar, posted_on: date, asked: int) -> Posting:
    """The notice's first and last day, and every day from its posting on with its number, or why none can be told."""
    try:
        window = calendar.window(posted_on, asked)
    except CalendarNotPublished as unknown:
        return Posting(posted_on, asked, unknown_year=unknown.year)
    days: list[Day] = []
    number = 0
    for at in range((window.last - posted_on).days + 1):
        day = posted_on + timedelta(days=at)
        kind = kind_of(calendar, day)
        works = kind in ("working", "made_up")
        number += works
        days.append(Day(day, kind, number if works else None))
    return Posting(posted_on, asked, window.first, window.last, days=tuple(days))
