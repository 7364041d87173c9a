"""公示期: the days of a notice, and how they grow where posting failed. They never shrink. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from shared.calendar import Window, WorkCalendar, in_words
from shared.identifiers import digest
from shared.problems import FieldError, Invalid

_DAY = timedelta(days=1)


def extended(calendar: WorkCalendar, window: Window, lost: Collection[date], today: date) -> Window:
    """The window with as many working days more as were lost, all of them after its old end and none before today.

    A failure that is only found when the window is over is made up for from today on. Raises CalendarNotPublished where a
    day of it lies in a year not known: then nothing is extended, and nothing closes a day early either.
    """
    last = max(window.last, today - _DAY) if lost else window.last
    for _ in lost:
        last = calendar.next_working_day(last)
    return Window(window.first, last)


def anew(calendar: WorkCalendar, window: Window, days: int, today: date) -> Window:
    """The window of a correction: as many working days as any notice has, from today on, and never over before the old one
    would have been. Raises CalendarNotPublished.
    """
    first, last = calendar.window(today, days)
    return Window(first, max(last, window.last))


def check_lost(
    calendar: WorkCalendar, window: Window, lost: Sequence[date], known: Collection[date], today: date
) -> None:
    """Raises Invalid, which names each day that cannot have been lost: twice, no working day, outside, or still to come."""
    faults = []
    for number, day in enumerate(lost):
        reason = _fault(calendar, window, day, today)
        if day in known or day in lost[:number]:
            reason = ("该日已经报告过", "this day was reported already")
        if reason is not None:
            faults.append(FieldError(f"days.{number}", *reason))
    if faults:
        raise Invalid(
            "所报日期不能作为公示失败日", "these days of the notice cannot have been lost", errors=faults
        )


def _fault(calendar: WorkCalendar, window: Window, day: date, today: date) -> tuple[str, str] | None:
    if not window.first <= day <= window.last:
        return (
            f"不在公示期 {in_words(window.first).zh} 至 {in_words(window.last).zh} 内",
            f"not within the notice, {in_words(window.first).en} to {in_words(window.last).en}",
        )
    if not calendar.is_working_day(day):
        return "不是工作日，本就不计入公示期", "no working day: it counts for nothing anyway"
    if day > today:
        return "尚未到来", "still to come"
    return None


def entry(
    number: int, window: Window, lost: Iterable[date], reason: str, on: date, previous: str
) -> dict[str, Any]:
    """A line of a notice's history of windows, chained by `previous`, the digest of the line before or of the content."""
    line = {
        "number": number,
        "first_day": window.first.isoformat(),
        "last_day": window.last.isoformat(),
        "lost": [day.isoformat() for day in sorted(lost)],
        "reason": reason,
        "on": on.isoformat(),
        "previous": previous,
    }
    return {**line, "digest": digest(line)}


def broken(history: Sequence[Mapping[str, Any]], content_digest: str) -> list[int]:
    """The numbers of the lines whose digest, place in the chain or number is wrong, or whose window is shorter than before."""
    found = []
    previous: str = content_digest
    last = ""
    for place, line in enumerate(history, start=1):
        plain = {name: value for name, value in line.items() if name != "digest"}
        right = line["digest"] == digest(plain) and line["previous"] == previous
        if not right or line["number"] != place or line["last_day"] < last:
            found.append(place)
        previous, last = line["digest"], line["last_day"]
    return found
