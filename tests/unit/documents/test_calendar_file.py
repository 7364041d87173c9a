"""Appointments as iCalendar."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.clock import SHANGHAI
from shared.documents.calendar_file import Event, write

pytestmark = pytest.mark.unit

STAMP = datetime(2025, 6, 20, 10, 0, tzinfo=SHANGHAI)
NINE = datetime(2025, 7, 1, 9, 0, tzinfo=SHANGHAI)


def event(**more: object) -> Event:
    values = {
        "uid": "a1.defence@example", "revision": 2, "stamped_at": STAMP, "title": "集中答辩", "place": "一号会议室",
        "begins": NINE, "ends": NINE + timedelta(minutes=40), **more,
    }  # fmt: skip
    return Event(**values)  # type: ignore[arg-type]


def unfolded(content: bytes) -> list[str]:
    return content.decode("utf-8").replace("\r\n ", "").split("\r\n")


def test_an_instant_is_written_in_utc() -> None:
    """Nine in the morning in Shanghai is one in the night in Greenwich."""
    lines = unfolded(write("日程", "-//X//Y//ZH", [event()]))
    assert "DTSTART:20250701T010000Z" in lines
    assert "DTEND:20250701T014000Z" in lines
    assert "DTSTAMP:20250620T020000Z" in lines
    assert (lines[0], lines[-2], lines[-1]) == ("BEGIN:VCALENDAR", "END:VCALENDAR", "")


def test_a_day_is_written_as_one_and_a_postponed_one_as_cancelled() -> None:
    """Without a time of day; the end is the day after."""
    lines = unfolded(
        write("日程", "-", [event(begins=date(2025, 7, 1), ends=date(2025, 7, 2), cancelled=True)])
    )
    assert {"DTSTART;VALUE=DATE:20250701", "DTEND;VALUE=DATE:20250702", "STATUS:CANCELLED"} <= set(lines)


@given(st.text(max_size=200))
def test_no_text_breaks_out_of_its_line(title: str) -> None:
    """Lines of at most 75 octets, no character torn, and as many properties as without any text."""
    content = write("日程", "-", [event(title=title)])
    assert all(len(line) <= 75 for line in content.split(b"\r\n"))
    assert len(unfolded(content)) == len(unfolded(write("日程", "-", [event()])))


def test_what_has_a_meaning_is_escaped() -> None:
    """Comma, semicolon, backslash, line break."""
    lines = unfolded(write("日程", "-", [event(place="甲,乙;丙\\丁\n戊")]))
    assert "LOCATION:甲\\,乙\\;丙\\\\丁\\n戊" in lines
