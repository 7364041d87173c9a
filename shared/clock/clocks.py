"""What a clock is, the machine's, and one that a test sets. Times are aware and in Asia/Shanghai."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")


class Clock(Protocol):
    """What time it is for the service."""

    def now(self) -> datetime:
        """The present instant, aware, in Asia/Shanghai."""
        ...

    def today(self) -> date:
        """The present calendar date in Asia/Shanghai."""
        ...


class SystemClock:
    """The machine's clock; the only one that production accepts."""

    def now(self) -> datetime:
        return datetime.now(SHANGHAI)

    def today(self) -> date:
        return self.now().date()


@dataclass
class FixedClock:
    """A clock for tests: it stands still until it is moved."""

    instant: datetime

    def now(self) -> datetime:
        return self.instant

    def today(self) -> date:
        return self.instant.astimezone(SHANGHAI).date()

    def move(self, by: timedelta) -> None:
        """Move the clock, forward or back."""
        self.instant += by
