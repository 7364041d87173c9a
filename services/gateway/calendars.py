"""我的日程 as a file for one's own calendar: hearings and visits of whoever asks, and nobody else's."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from flask import Response

from services.gateway import files
from services.gateway.circumstances import Asked
from shared.documents import calendar_file

if TYPE_CHECKING:
    from services.gateway.app import Gateway

ICALENDAR = "text/calendar"
TITLE = "评审日程"
_PRODUCT = "-//Zhiheng//Appointments//ZH"


def appointments_ics(gateway: Gateway, data: Mapping[str, Any], asked: Asked) -> Response:
    """One's own appointments of a cycle as iCalendar."""
    found = gateway.dispatcher.ask("review", "my_appointments", data, asked)["appointments"]
    content = calendar_file.write(TITLE, _PRODUCT, [_event(line) for line in found])
    kind = f"{ICALENDAR}; charset=utf-8"
    return files.made(content, f"{TITLE}.ics", kind, "appointments.ics")


def _event(line: Mapping[str, Any]) -> calendar_file.Event:
    read = date.fromisoformat if line["all_day"] else datetime.fromisoformat
    return calendar_file.Event(
        uid=f"{line['uid']}@zhiheng",
        revision=line["revision"],
        stamped_at=datetime.fromisoformat(line["stamped_at"]),
        title=line["title"],
        place=line["place"],
        begins=read(line["begins_at"]),
        ends=read(line["ends_at"]),
        cancelled=line["cancelled"],
    )
