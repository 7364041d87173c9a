"""New ids: UUID version 7 (RFC 9562) as 32 hex digits, so that ids sort by the time they were made.

Python 3.11 has no uuid7. Within one process ids are strictly increasing, even where the clock stands
still or goes back.
"""

from __future__ import annotations

import secrets
import threading

from shared.clock import Clock, SystemClock

_SYSTEM = SystemClock()
_COUNTER_BITS = 12


class IdMaker:
    """Makes ids from a clock; safe to share between threads."""

    def __init__(self, clock: Clock = _SYSTEM) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        # Milliseconds and counter together: a counter that overflows borrows the next millisecond.
        self._last = 0

    def __call__(self) -> str:
        """The next id, 32 lower-case hex digits."""
        fresh = int(self._clock.now().timestamp() * 1000) << _COUNTER_BITS
        with self._lock:
            self._last = max(fresh, self._last + 1)
            stamp = self._last
        millis, counter = stamp >> _COUNTER_BITS, stamp & ((1 << _COUNTER_BITS) - 1)
        value = (
            (millis & ((1 << 48) - 1)) << 80 | 0x7 << 76 | counter << 64 | 0b10 << 62 | secrets.randbits(62)
        )
        return f"{value:032x}"


_default = IdMaker()


def new_id() -> str:
    """A new time-ordered id, 32 lower-case hex digits."""
    return _default()
