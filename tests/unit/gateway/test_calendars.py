"""Appointments as iCalendar."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import icalendar
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.gateway.calendars import written
from shared.clock import SHANGHAI
from shared.documents.text import clean

pytestmark = pytest.mark.unit

NINE = datetime(2025, 7, 1, 9, 0, tzinfo=SHANGHAI)


def appointment(**more: object) -> dict[str, object]:
    """As review tells of one."""
    return {
        "uid": "a1.defence", "revision": 2, "stamped_at": "2025-06-20T10:00:00+08:00", "title": "集中答辩",
        "place": "一号会议室", "all_day": False, "begins_at": NINE.isoformat(),
        "ends_at": (NINE + timedelta(minutes=40)).isoformat(), "cancelled": False, **more,
    }  # fmt: skip


def unfolded(content: bytes) -> list[str]:
    return content.decode("utf-8").replace("\r\n ", "").split("\r\n")


def read(content: bytes) -> icalendar.Event:
    """The one appointment, as a calendar takes it in."""
    (event,) = icalendar.Calendar.from_ical(content).events
    return event


def test_an_instant_is_written_in_utc() -> None:
    """Nine in the morning in Shanghai is one in the night in Greenwich, and nine again for whoever reads it there."""
    content = written([appointment()])
    lines = unfolded(content)
    assert "DTSTART:20250701T010000Z" in lines
    assert "DTEND:20250701T014000Z" in lines
    assert "DTSTAMP:20250620T020000Z" in lines
    assert (lines[0], lines[-2], lines[-1]) == ("BEGIN:VCALENDAR", "END:VCALENDAR", "")
    assert read(content).start.astimezone(SHANGHAI).isoformat() == "2025-07-01T09:00:00+08:00"


def test_a_day_is_written_as_one_and_a_postponed_one_as_cancelled() -> None:
    """Without a time of day; the end is the day after."""
    content = written(
        [appointment(all_day=True, begins_at="2025-07-01", ends_at="2025-07-02", cancelled=True)]
    )
    lines = unfolded(content)
    assert {"DTSTART;VALUE=DATE:20250701", "DTEND;VALUE=DATE:20250702", "STATUS:CANCELLED"} <= set(lines)
    assert read(content).start == date(2025, 7, 1)


def test_an_appointment_that_moves_stays_the_same_one() -> None:
    """Its id does not hang on its time, and the newer has the higher number: a calendar moves it instead of adding one."""
    first = written([appointment()])
    moved = written([appointment(revision=3, begins_at=(NINE + timedelta(minutes=5)).isoformat())])
    assert "UID:a1.defence@zhiheng" in unfolded(first)
    assert read(first).uid == read(moved).uid
    assert read(moved).sequence > read(first).sequence


def test_the_same_appointments_are_the_same_bytes() -> None:
    """Nothing of the hour of writing is in the file, and who made it, how it is called and what it is for are."""
    content = written([appointment(), appointment(uid="a2.visit")])
    assert content == written([appointment(), appointment(uid="a2.visit")])
    assert {
        "VERSION:2.0",
        "PRODID:-//Zhiheng//Appointments//ZH",
        "METHOD:PUBLISH",
        "X-WR-CALNAME:评审日程",
    } <= set(unfolded(content))


# The library takes the two characters \N for a line end, as RFC 5545 reads them in a file.
TEXTS = st.text(max_size=200).filter(lambda text: "\\N" not in text)


@given(TEXTS | st.text(alphabet='集中答辩评审会议室,;\\"\n', max_size=200))
def test_no_text_breaks_out_of_its_line(title: str) -> None:
    """Lines of at most 75 octets, no character torn, as many properties as without any text, and the text comes back."""
    content = written([appointment(title=title)])
    for piece in content.split(b"\r\n"):
        assert len(piece) <= 75
        piece.decode("utf-8")  # raises where a character is torn
    assert len(unfolded(content)) == len(unfolded(written([appointment()])))
    assert str(read(content)["summary"]) == clean(title)


def test_what_has_a_meaning_is_escaped() -> None:
    """Comma, semicolon, backslash, line break."""
    lines = unfolded(written([appointment(place="甲,乙;丙\\丁\n戊")]))
    assert "LOCATION:甲\\,乙\\;丙\\\\丁\\n戊" in lines
