"""When each service last answered this gateway, and since when one does not: kept while the process runs, by durations alone."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field


@dataclass
class Heard:
    """Safe to share between threads. Times are of the monotonic clock: a demo's clock may jump by months."""

    begun: float = field(default_factory=time.monotonic)
    _answered: dict[str, float] = field(default_factory=dict)
    _silent: dict[str, float] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def answered(self, service: str) -> None:
        """A reply came, a refusal too."""
        with self._lock:
            self._answered[service] = time.monotonic()
            self._silent.pop(service, None)

    def missed(self, service: str) -> None:
        """A call ended without a reply."""
        with self._lock:
            self._silent.setdefault(service, time.monotonic())

    def silent_for(self, service: str) -> int | None:
        """Seconds since the first call that it did not answer; None while it answers."""
        return _ago(self._silent.get(service))

    def answered_ago(self, service: str) -> int | None:
        """Seconds since its last answer; None where there was none."""
        return _ago(self._answered.get(service))

    def up_for(self) -> int:
        """Seconds since this gateway began."""
        return _ago(self.begun) or 0


def _ago(then: float | None) -> int | None:
    return None if then is None else round(time.monotonic() - then)
