"""iCalendar (RFC 5545): appointments as a file that every calendar takes in. The same appointments give the same bytes.

Instants are written in UTC, so that no time zone has to be described.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime

_OCTETS = 75  # of a line, without its end; longer ones are folded (3.1)
_ESCAPED = str.maketrans({"\\": "\\\\", ";": "\\;", ",": "\\,", "\n": "\\n", "\r": None})


@dataclass(frozen=True)
class Event:
    """One appointment. `begins` and `ends` are both aware instants or both days; it does not reach `ends`."""

    uid: str
    revision: int
    stamped_at: datetime
    title: str
    place: str
    begins: datetime | date
    ends: datetime | date
    cancelled: bool = False


def write(title: str, product: str, events: Iterable[Event]) -> bytes:
    """The file. `product` names who made it, `title` is how calendars call it."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", f"PRODID:{_text(product)}", "METHOD:PUBLISH"]
    lines.append(f"X-WR-CALNAME:{_text(title)}")
    for event in events:
        lines += _event(event)
    lines.append("END:VCALENDAR")
    return b"".join(piece + b"\r\n" for line in lines for piece in _folded(line))


def _event(event: Event) -> list[str]:
    return [
        "BEGIN:VEVENT",
        f"UID:{_text(event.uid)}",
        f"SEQUENCE:{event.revision}",
        f"DTSTAMP:{_instant(event.stamped_at)}",
        f"DTSTART{_when(event.begins)}",
        f"DTEND{_when(event.ends)}",
        f"SUMMARY:{_text(event.title)}",
        f"LOCATION:{_text(event.place)}",
        f"STATUS:{'CANCELLED' if event.cancelled else 'CONFIRMED'}",
        "END:VEVENT",
    ]


def _when(moment: datetime | date) -> str:
    return f":{_instant(moment)}" if isinstance(moment, datetime) else f";VALUE=DATE:{moment:%Y%m%d}"


def _instant(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def _text(value: str) -> str:
    """Text with what has a meaning of its own escaped (3.3.11); other control characters are left out."""
    escaped = value.translate(_ESCAPED)
    return "".join(c for c in escaped if c >= " " and c != "\x7f")


def _folded(line: str) -> Iterator[bytes]:
    """A line in pieces of at most 75 octets, no character torn apart; each after the first begins with a space."""
    piece = b""
    for character in line:
        octets = character.encode("utf-8")
        if len(piece) + len(octets) > _OCTETS:
            yield piece
            piece = b" "
        piece += octets
    yield piece
