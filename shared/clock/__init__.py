"""The only place that reads the machine's clock; everything else is given one, and a process opens its own from its settings.

Times are aware and in Asia/Shanghai. A rehearsal's date does not live here: it travels with the messages
(`shared.contracts.context.Context.rehearsal_date`), so that every service sees the same day without a shared clock.
"""

from __future__ import annotations

from pathlib import Path

from shared.clock.clocks import SHANGHAI, Clock, FixedClock, SystemClock
from shared.clock.travelled import TravelledClock
from shared.config import Settings

__all__ = ["SHANGHAI", "Clock", "FixedClock", "SystemClock", "TravelledClock", "open_clock"]


def open_clock(settings: Settings) -> Clock:
    """The clock of a process: the machine's, or the one that its settings let travel. Raises ConfigurationError for a file
    that holds no offset.
    """
    if not settings.clock_file:
        return SystemClock()
    clock = TravelledClock(Path(settings.clock_file))
    clock.now()
    return clock
