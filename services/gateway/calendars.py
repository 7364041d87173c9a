"""我的日程 as a file for one's own calendar: hearings and visits of whoever asks, and nobody else's.

Instants are written in UTC, so that no time zone has to be described; the same appointments give the same bytes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

from flask import Response

from services.gateway import files
from services.gateway.circumstances import Asked
from shared.documents.text import clean

if TYPE_CHECKING:
    import icalendar

    from services.gateway.app import Gateway

ICALENDAR = "text/calendar"
TITLE = "评审日程"
_PRODUCT = "-//Zhiheng//Appointments//ZH"


def appointments_ics(gateway: Gateway, data: Mapping[str, Any], asked: Asked) -> Response:
    """One's own appointments of a cycle as iCalendar."""
    found = gateway.dispatcher.ask("review", "my_appointments", data, asked)["appointments"]
    kind = f"{ICALENDAR}; charset=utf-8"
    return files.made(written(found), f"{TITLE}.ics", kind, "appointments.ics")


def written(appointments: Iterable[Mapping[str, Any]]) -> bytes:
    """Appointments, as review tells them, as a file of RFC 5545."""
    import icalendar

    calendar = icalendar.Calendar()
    calendar.add("version", "2.0")
    calendar.add("prodid", _PRODUCT)
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", TITLE)
    for line in appointments:
        calendar.add_component(_event(line))
    content: bytes = calendar.to_ical()
    return content


def _event(line: Mapping[str, Any]) -> icalendar.Event:
    import icalendar

    when = date.fromisoformat if line["all_day"] else _instant
    event = icalendar.Event()
    event.add("uid", f"{line['uid']}@zhiheng")
    event.add("sequence", line["revision"])
    event.add("dtstamp", _instant(line["stamped_at"]))
    event.add("dtstart", when(line["begins_at"]))
    event.add("dtend", when(line["ends_at"]))
    event.add("summary", clean(line["title"]))
    event.add("location", clean(line["place"]))
    event.add("status", "CANCELLED" if line["cancelled"] else "CONFIRMED")
    return event


def _instant(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)
