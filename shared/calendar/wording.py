"""How a day is written in a sentence: 2025年4月11日, in English 11 April 2025. Pure."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December",
)  # fmt: skip


class DayInWords(NamedTuple):
    """A day in both languages."""

    zh: str
    en: str

    @property
    def both(self) -> str:
        """In both, as a paper in two languages has it."""
        return f"{self.zh} / {self.en}"


def in_words(day: date | str) -> DayInWords:
    """A day, or one in ISO 8601, as people write it. Raises ValueError for what is no day."""
    day = day if isinstance(day, date) else date.fromisoformat(day[:10])
    return DayInWords(
        f"{day.year}年{day.month}月{day.day}日", f"{day.day} {_MONTHS[day.month - 1]} {day.year}"
    )
