"""Deadlines on pages: one way of counting, the desk's; what is closed is nobody's debt."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest

from services.gateway.desk.levels import left
from services.gateway.portal.deadlines import deadline
from shared.calendar import WorkCalendar

CALENDAR = WorkCalendar()
FRIDAY = date(2026, 9, 18)  # the Sunday after it works
PORTAL = Path(__file__).resolve().parents[4] / "services" / "gateway"


@pytest.mark.parametrize(
    ("last", "zh", "colour"),
    [
        ("2026-09-28", "还有 6 个工作日", "grey"),
        ("2026-09-27", "还有 5 个工作日", "amber"),
        ("2026-09-21T09:00:00+08:00", "还有 2 个工作日", "amber"),
        ("2026-09-20", "还有 1 个工作日", "red"),
        ("2026-09-18", "今天截止", "red"),
        ("2026-09-17", "已截止", "grey"),
        ("2027-03-01", "2027 年放假安排尚未录入，无法计算工作日", "grey"),
        ("2030-01-01", "期限尚远", "grey"),
    ],
)
def test_a_deadline_is_told_as_the_desk_tells_it(last: str, zh: str, colour: str) -> None:
    found = deadline(last, FRIDAY, CALENDAR)
    assert found is not None
    assert (found.day, found.words.zh, found.colour) == (last, zh, colour)
    if colour != "grey":
        desk = left(CALENDAR, FRIDAY, date.fromisoformat(last[:10]))
        assert (found.words.en, found.colour) == (desk.en, desk.level)


def test_without_a_day_there_is_no_deadline() -> None:
    assert deadline(None, FRIDAY) is None
    assert deadline("", FRIDAY) is None


def test_nobody_else_words_what_is_left() -> None:
    """The sentence stands in one module; nor are its levels written anywhere else."""
    said = [
        path.relative_to(PORTAL).as_posix()
        for path in sorted(PORTAL.rglob("*"))
        if path.suffix in {".py", ".html"}
        and re.search(r"还有 ?\S* ?个工作日|level_of\(", path.read_text("utf-8"))
    ]
    assert said == ["desk/levels.py"]
