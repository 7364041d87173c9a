"""期限 on pages: the last day, in words how far off it is, and a colour. Reckoned by the desk's one way of counting. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from services.gateway.desk.levels import left
from services.gateway.portal.text import Text
from shared.calendar import WorkCalendar, work_calendar


@dataclass(frozen=True)
class Deadline:
    """期限: its last day, in words, and how near it is: `grey`, `amber`, `red`."""

    day: str
    words: Text
    colour: str


def deadline(last: str | None, today: date, calendar: WorkCalendar | None = None) -> Deadline | None:
    """How many working days are left until a day, the last one counted. What ended is closed, and nobody's debt."""
    if not last:
        return None
    day = date.fromisoformat(last[:10])
    if day < today:
        return Deadline(last, Text("已截止", "closed"), "grey")
    found = left(calendar or work_calendar(), today, day)
    return Deadline(last, Text(found.zh, found.en), found.level)
