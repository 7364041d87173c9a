"""How long the other side of a form has to answer. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from shared.calendar import WorkCalendar
from shared.config import Settings
from shared.problems import invalid_field


@dataclass(frozen=True)
class Terms:
    """`usual` and `most` working days, counted from the day after the question."""

    usual: int
    most: int

    @classmethod
    def of(cls, settings: Settings) -> Terms:
        """The settings' terms. Raises ValueError for what cannot be meant."""
        usual, most = settings.supervision_days, settings.supervision_most_days
        if not 1 <= usual <= most:
            raise ValueError(
                "supervision_days: an answer has a working day at least, and the usual time is within the longest"
            )
        return cls(usual, most)

    def due_on(self, calendar: WorkCalendar, today: date, days: int | None) -> date:
        """The last day to answer in. Raises Invalid for more days than may be given, CalendarNotPublished."""
        wanted = self.usual if days is None else days
        if not 1 <= wanted <= self.most:
            raise invalid_field(
                "days", f"应在 1 至 {self.most} 个工作日之间", f"has to be 1 to {self.most} working days"
            )
        return calendar.window(today + timedelta(days=1), wanted).last
