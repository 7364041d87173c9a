"""How long an answer holds, how long people have for one, and when silence is chased: from the settings. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from shared.config import Settings


@dataclass(frozen=True)
class Terms:
    """The terms of enquiries; no text gives them, so they are the office's, in its settings."""

    validity: timedelta = timedelta(days=90)
    reply: timedelta = timedelta(days=7)
    patience: timedelta = timedelta(hours=24)
    reminders: tuple[timedelta, ...] = (timedelta(hours=1), timedelta(hours=24))
    batch_lines: int = 1000

    @classmethod
    def of(cls, settings: Settings) -> Terms:
        """The terms that the settings say."""
        return cls(
            validity=timedelta(days=settings.departments_validity_days),
            reply=timedelta(days=settings.departments_reply_days),
            patience=timedelta(hours=settings.departments_patience_hours),
            reminders=tuple(timedelta(hours=hours) for hours in settings.reminder_hours),
            batch_lines=settings.departments_batch_lines,
        )

    def valid_until(self, answered_on: date) -> date:
        """The last day on which an answer of that day holds."""
        return answered_on + self.validity

    def reminder_due(self, now: datetime, reminders: int) -> datetime | None:
        """When one who was reminded so often is reminded next; None when that was the last time."""
        return now + self.reminders[reminders] if reminders < len(self.reminders) else None
