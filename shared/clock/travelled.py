"""A clock for tests of a whole stack: the machine's, moved by what stands in a small file that all its processes read.

Only the time of day and the date travel. Deadlines, time-outs and pauses are of time.monotonic() and stay as long as they are.
"""

from __future__ import annotations

import os
import re
from datetime import date, datetime, timedelta
from math import ceil
from pathlib import Path

from shared.clock.clocks import SHANGHAI, SystemClock
from shared.config import ConfigurationError

_SECONDS = re.compile(r"-?[0-9]{1,10}\n?")  # some 300 years at most
_OPENS_AT = 9  # the hour at which a day is begun: far from midnight, so that a test stays within its day


class TravelledClock:
    """The machine's clock and an offset in whole seconds, read again whenever its file was replaced; no file: no offset.

    `now` raises ConfigurationError where the file holds anything else. Safe to share between threads.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._machine = SystemClock()
        self._read: tuple[tuple[int, int, int] | None, timedelta] = (None, timedelta(0))

    def now(self) -> datetime:
        return self._machine.now() + self._offset()

    def today(self) -> date:
        return self.now().date()

    def travel(self, to: date) -> None:
        """Begin a later day, at nine in the morning, in every process that reads the file. Raises ValueError for one that
        is not later: ids and audit logs go by time.

        Where no file is yet, nothing has happened by this clock, and it may begin on any day.
        """
        if self._path.exists() and to <= self.today():
            raise ValueError(f"{to} is not after {self.today()}: a clock that runs is never set back")
        offset = datetime(to.year, to.month, to.day, _OPENS_AT, tzinfo=SHANGHAI) - self._machine.now()
        beside = self._path.with_name(f"{self._path.name}.new")
        beside.write_text(f"{ceil(offset.total_seconds())}\n", encoding="ascii")
        beside.replace(self._path)

    def _offset(self) -> timedelta:
        try:
            found = os.stat(self._path)
        except FileNotFoundError:
            return timedelta(0)
        mark = (found.st_mtime_ns, found.st_ino, found.st_size)
        read, offset = self._read
        if mark != read:
            offset = _parse(self._path)
            self._read = (mark, offset)
        return offset


def _parse(path: Path) -> timedelta:
    text = path.read_text(encoding="utf-8", errors="replace")
    if not _SECONDS.fullmatch(text):
        raise ConfigurationError(f"ZHIHENG_CLOCK_FILE: {path} holds no whole number of seconds")
    return timedelta(seconds=int(text))
