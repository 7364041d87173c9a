"""工作日: the working days of mainland China, statutory holidays out, make-up working days in.

The years that chinesecalendar holds are official. The State Council publishes a year's holidays late in
the year before; until then a day of that year is an error that says so, never a guess. An agency can
add a year as a file.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any, NamedTuple

import chinese_calendar
from chinese_calendar import constants as _official

from shared.problems import Conflict
from shared.strict_yaml import Document, load

OFFICIAL_YEARS = frozenset(day.year for day in _official.holidays)
_DAY = timedelta(days=1)
_SATURDAY = 5

_SCHEMA: Mapping[str, Any] = {
    "type": "object",
    "additionalProperties": False,
    "required": ["year", "paper", "holidays", "workdays"],
    "properties": {
        "year": {"type": "integer", "minimum": 2004, "maximum": 2100},
        "paper": {"type": "string", "minLength": 4},
        "issued_on": {"type": "string"},
        "holidays": {"type": "array", "minItems": 1, "items": {"type": "string"}},
        "workdays": {"type": "array", "items": {"type": "string"}},
    },
}


class CalendarNotPublished(Conflict):
    """The year's official calendar is not known here; `year` says which."""

    default_code = "calendar_not_published"

    def __init__(self, year: int) -> None:
        super().__init__(
            f"{year} 年的法定节假日安排尚未公布或尚未录入，无法计算工作日",
            f"the official calendar of {year} is not published or not entered yet: "
            "working days cannot be counted",
        )
        self.year = year


class Window(NamedTuple):
    """The first and the last working day of a period; both count."""

    first: date
    last: date


@dataclass(frozen=True)
class YearFile:
    """One year as an agency entered it, with the number of the State Council's paper."""

    year: int
    paper: str
    holidays: frozenset[date]
    workdays: frozenset[date]

    def is_working_day(self, day: date) -> bool:
        """Make-up days work, holidays and other weekends do not."""
        return day in self.workdays or (day.weekday() < _SATURDAY and day not in self.holidays)


class WorkCalendar:
    """Which days are working days."""

    def __init__(self, added: Mapping[int, YearFile] | None = None) -> None:
        self._added = dict(added or {})

    @classmethod
    def load(cls, folder: Path | str | None = None) -> WorkCalendar:
        """The official years and those of a folder, which go first: a year's plan has been changed before.

        Raises StrictYamlError with file, line and reason.
        """
        added: dict[int, YearFile] = {}
        for path in sorted(Path(folder).glob("*.yaml")) if folder else ():
            document = load(path)
            entry = _read(document)
            if entry.year in added:
                zh, en = f"{entry.year} 年有两个文件", f"{entry.year} is given by two files"
                raise document.refuse(("year",), zh, en)
            added[entry.year] = entry
        return cls(added)

    def knows(self, year: int) -> bool:
        """Whether the year's official calendar is known."""
        return year in self._added or year in OFFICIAL_YEARS

    def source(self, year: int) -> str:
        """The paper that an agency's year file cites, or the package. Raises CalendarNotPublished."""
        if year in self._added:
            return self._added[year].paper
        if year in OFFICIAL_YEARS:
            return "chinesecalendar"
        raise CalendarNotPublished(year)

    def is_working_day(self, day: date) -> bool:
        """Raises CalendarNotPublished."""
        added = self._added.get(day.year)
        if added is not None:
            return added.is_working_day(day)
        if day.year not in OFFICIAL_YEARS:
            raise CalendarNotPublished(day.year)
        return bool(chinese_calendar.is_workday(day))

    def first_on_or_after(self, day: date) -> date:
        """The day itself if it is a working day, else the next one. Raises CalendarNotPublished."""
        while not self.is_working_day(day):
            day += _DAY
        return day

    def next_working_day(self, after: date) -> date:
        """The first working day after a day. Raises CalendarNotPublished."""
        return self.first_on_or_after(after + _DAY)

    def window(self, posted_on: date, days: int) -> Window:
        """公示期: day one is the first working day on or after the posting, the last day is the `days`-th.

        Raises CalendarNotPublished where any day of it lies in a year not known.
        """
        if days < 1:
            raise ValueError("a window has at least one working day")
        first = last = self.first_on_or_after(posted_on)
        for _ in range(days - 1):
            last = self.next_working_day(last)
        return Window(first, last)

    def nth_day(self, window: Window, number: int) -> date:
        """The `number`-th working day of a window, from 1. Raises ValueError where it has fewer."""
        day = self.window(window.first, number).last
        if day > window.last:
            raise ValueError(f"the window has no working day {number}")
        return day


def _read(document: Document) -> YearFile:
    document.check(_SCHEMA)
    raw = document.value
    holidays = frozenset(_days(document, "holidays"))
    workdays = frozenset(_days(document, "workdays"))
    for day in sorted(holidays & workdays):
        zh, en = f"{day} 既是假日又是工作日", f"{day} is both a holiday and a working day"
        raise document.refuse(("workdays",), zh, en)
    for day in sorted(workdays):
        if day.weekday() < _SATURDAY:
            zh, en = f"{day} 不是周末，不是调休上班日", f"{day} is no weekend day: a make-up day is"
            raise document.refuse(("workdays",), zh, en)
    return YearFile(raw["year"], raw["paper"], holidays, workdays)


def _days(document: Document, key: str) -> Iterator[date]:
    """Days written as `2027-02-06`, stretches as `2027-02-06..2027-02-12`, both ends in it."""
    for index, text in enumerate(document.value[key]):
        first_text, _, last_text = text.partition("..")
        try:
            first = date.fromisoformat(first_text.strip())
            last = date.fromisoformat(last_text.strip()) if last_text else first
        except ValueError:
            zh, en = f"“{text}”不是日期或起止日期", f"{text!r} is no day and no stretch of days"
            raise document.refuse((key, index), zh, en) from None
        if not first.year == last.year == document.value["year"]:
            year = document.value["year"]
            raise document.refuse((key, index), f"{text} 不在 {year} 年内", f"{text} is not in {year}")
        if last < first:
            raise document.refuse((key, index), f"{text} 止于起始之前", f"{text} ends before it begins")
        for offset in range((last - first).days + 1):
            yield first + timedelta(days=offset)
