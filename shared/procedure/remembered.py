"""What was worked out a moment ago and cannot have changed since. Pure; one a process, safe for threads."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from datetime import datetime, timedelta
from threading import Lock
from typing import Any

# Some answers move with the hour alone, and an audit entry may be committed after a later one.
LASTS = timedelta(seconds=10)
_MOST = 500


class Remembered:
    """Answers by key, each with the version of the database that it was made from."""

    def __init__(self) -> None:
        self._known: OrderedDict[Hashable, tuple[str, datetime, Any]] = OrderedDict()
        self._lock = Lock()

    def get(self, key: Hashable, version: str | None, now: datetime, make: Callable[[], Any]) -> Any:
        """The answer of before where the version is the same and it is no older than `LASTS`, else a new one. Without a version
        nothing is remembered.
        """
        if version is None:
            return make()
        with self._lock:
            found = self._known.get(key)
        if found is not None and found[0] == version and timedelta(0) <= now - found[1] <= LASTS:
            return found[2]
        made = make()
        with self._lock:
            self._known[key] = (version, now, made)
            self._known.move_to_end(key)
            while len(self._known) > _MOST:
                self._known.popitem(last=False)
        return made
