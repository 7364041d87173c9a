"""期限: levels by working days, in words too, and nothing guessed where a year is not known."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.gateway.desk.levels import left, level_of
from shared.calendar import WorkCalendar

CALENDAR = WorkCalendar()
FRIDAY = date(2026, 9, 18)  # the Sunday after it works
_DAYS = st.dates(date(2025, 1, 1), date(2026, 12, 31))


@pytest.mark.parametrize(
    ("due_on", "days", "level", "zh", "en"),
    [
        ("2026-09-30", 8, "grey", "还有 8 个工作日", "8 working days left"),
        ("2026-09-27", 5, "amber", "还有 5 个工作日", "5 working days left"),
        ("2026-09-24", 5, "amber", "还有 5 个工作日", "5 working days left"),
        ("2026-09-28", 6, "grey", "还有 6 个工作日", "6 working days left"),
        ("2026-09-21", 2, "amber", "还有 2 个工作日", "2 working days left"),
        ("2026-09-20", 1, "red", "还有 1 个工作日", "1 working day left"),
        ("2026-09-19", 0, "red", "已无工作日", "no working day left"),
        ("2026-09-18", 0, "red", "今天截止", "due today"),
        ("2026-09-17", -1, "red", "已逾期 1 个工作日", "overdue by 1 working day"),
        ("2026-09-15", -3, "red", "已逾期 3 个工作日", "overdue by 3 working days"),
    ],
)
def test_levels_by_working_days(due_on: str, days: int, level: str, zh: str, en: str) -> None:
    """Grey above five, amber from five, red from one; make-up days count, days off do not."""
    found = left(CALENDAR, FRIDAY, date.fromisoformat(due_on))
    assert (found.days, found.level, found.zh, found.en) == (days, level, zh, en)


@given(_DAYS, _DAYS)
def test_days_and_level_agree(today: date, due_on: date) -> None:
    """The level is that of the days; overdue and due today are red; a day more never leaves fewer."""
    found = left(CALENDAR, today, due_on)
    if found.days is None:
        assert (due_on - today).days > 400
        assert found.level == "grey"
        return
    assert found.level == ("red" if due_on <= today else level_of(found.days))
    assert found.over == (due_on < today)
    if today < due_on < date(2026, 12, 31):
        later = left(CALENDAR, today, due_on + timedelta(days=1)).days
        assert later is None or later - found.days in (0, 1)


@pytest.mark.parametrize(
    ("today", "level"),
    [(date(2026, 12, 1), "grey"), (date(2026, 12, 29), "amber"), (date(2027, 1, 4), "amber")],
)
def test_an_unknown_year_is_told(today: date, level: str) -> None:
    """No number of days, and the year; as calm only as the days that are known allow."""
    found = left(CALENDAR, today, date(2027, 1, 15))
    assert (found.days, found.unknown_year, found.level) == (None, 2027, level)
    assert "2027 年放假安排尚未录入" in found.zh
    assert "2027" in found.en


def test_what_is_over_is_red_without_a_calendar() -> None:
    """Overdue is overdue, whether or not the days can be counted."""
    found = left(CALENDAR, date(2027, 2, 2), date(2027, 2, 1))
    assert (found.days, found.level, found.zh, found.en) == (None, "red", "已逾期", "overdue")
    assert left(CALENDAR, date(2027, 2, 1), date(2027, 2, 1)).zh == "今天截止"
