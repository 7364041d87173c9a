"""工作日: the working days of mainland China, statutory holidays out, make-up working days in.

The State Council publishes a year's holidays late in the year before; until then a day of that year is an error that
says so, never a guess. An agency can add a year as a file.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import NamedTuple

from shared.calendar.published import OFFICIAL
from shared.calendar.years import Year, read_year
from shared.problems import Conflict
from shared.strict_yaml import Fault, Mark, StrictYamlError

_DAY = timedelta(days=1)
_SUFFIXES = frozenset({".yaml", ".yml"})


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


class WorkCalendar:
    """Which days are working days."""

    def __init__(self, added: Mapping[int, Year] | None = None) -> None:
        self._years = dict(OFFICIAL) | dict(added or {})
        # The paper of a new year plans the turn of the year, and has the last word on the December before it.
        self._turns = {
            day: day in year.workdays
            for year in self._years.values()
            for day in year.holidays | year.workdays
            if day.year != year.year
        }

    @classmethod
    def load(cls, folder: Path | str | None = None) -> WorkCalendar:
        """The official years and those of a folder, which go first: a year's plan has been changed before.

        Raises StrictYamlError with file, line and reason, and for a folder that is not there.
        """
        added: dict[int, Year] = {}
        for path in _files(Path(folder)) if folder else ():
            year = read_year(path)
            if year.year in added:
                zh, en = f"{year.year} 年另见 {added[year.year].origin}", f"{year.year} is given by two files"
                raise StrictYamlError([Fault(Mark(path.name, 1, 1), ("year",), zh, en)])
            added[year.year] = year
        return cls(added)

    def knows(self, year: int) -> bool:
        """Whether the year's official calendar is known."""
        return year in self._years

    def years(self) -> tuple[Year, ...]:
        """Every year that is known, the earliest first."""
        return tuple(self._years[number] for number in sorted(self._years))

    def year(self, year: int) -> Year:
        """Raises CalendarNotPublished."""
        try:
            return self._years[year]
        except KeyError:
            raise CalendarNotPublished(year) from None

    def source(self, year: int) -> str:
        """The papers that made the year, or the package that it came from. Raises CalendarNotPublished."""
        return self.year(year).source

    def is_working_day(self, day: date) -> bool:
        """Raises CalendarNotPublished."""
        known = self.year(day.year)
        turn = self._turns.get(day)
        return known.is_working_day(day) if turn is None else turn

    def first_on_or_after(self, day: date) -> date:
        """The day itself if it is a working day, else the next one. Raises CalendarNotPublished."""
        while not self.is_working_day(day):
            day += _DAY
        return day

    def next_working_day(self, after: date) -> date:
        """The first working day after a day. Raises CalendarNotPublished, also where dates themselves end."""
        if after == date.max:
            raise CalendarNotPublished(after.year)
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

    def working_days(self, first: date, last: date) -> int:
        """How many days from one to another, both in it, are working days; none where they are reversed.

        Raises CalendarNotPublished.
        """
        many = (last - first).days + 1
        return sum(self.is_working_day(first + _DAY * at) for at in range(many))

    def nth_day(self, window: Window, number: int) -> date:
        """The `number`-th working day of a window, from 1. Raises ValueError where it has fewer."""
        day = self.window(window.first, number).last
        if day > window.last:
            raise ValueError(f"the window has no working day {number}")
        return day


def _files(folder: Path) -> list[Path]:
    if not folder.is_dir():
        zh, en = f"没有这个文件夹：{folder}", f"there is no such folder: {folder}"
        raise StrictYamlError([Fault(Mark(str(folder), 1, 1), (), zh, en)])
    return sorted(path for path in folder.iterdir() if path.suffix in _SUFFIXES)
