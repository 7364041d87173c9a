"""Days in sentences: one wording, in both languages, everywhere."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest

from shared.calendar import in_words

pytestmark = pytest.mark.unit
ROOT = Path(__file__).parents[3]


def test_a_day_is_written_as_people_write_it() -> None:
    assert in_words(date(2025, 4, 11)) == ("2025年4月11日", "11 April 2025")
    assert in_words("2025-12-01") == ("2025年12月1日", "1 December 2025")
    assert in_words("2025-12-01T09:00:00+08:00").both == "2025年12月1日 / 1 December 2025"
    with pytest.raises(ValueError, match="Invalid isoformat"):
        in_words("tomorrow")


def test_nobody_else_writes_a_day_out() -> None:
    """Services and pages word days here."""
    own = re.compile(r"\.year\}\s?年\{")
    found = [
        path.relative_to(ROOT).as_posix()
        for room in ("services", "shared")
        for path in sorted((ROOT / room).rglob("*.py"))
        if own.search(path.read_text("utf-8"))
    ]
    assert found == ["shared/calendar/wording.py"]
