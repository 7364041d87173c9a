"""How hard a department is pressed: so many calls at a time, and none for a while when it has stopped answering.

One gate a department and process. The number of calls is this process's share of what the department bears; the breaker
is the library's, with one thing added: when the pause is over, one call goes first, and the others wait for how it fares.
Plain locks, which the service's runtime makes green.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from circuitbreaker import STATE_HALF_OPEN, STATE_OPEN, CircuitBreaker

from services.intake.departments.port import DepartmentSilent, NotNow

_CROWDED_SECONDS = 2.0  # until one that found too many waiting is asked again


@dataclass(frozen=True)
class Limits:
    """`calls` at a time, `waiting` more at most; `failures` in a row leave a department alone for `seconds`."""

    calls: int = 32
    waiting: int = 96
    failures: int = 5
    seconds: float = 30.0


class Gate:
    """The way to one department."""

    def __init__(self, department: str, limits: Limits) -> None:
        self.department = department
        self._limits = limits
        self._free = threading.Semaphore(limits.calls)
        self._breaker = CircuitBreaker(
            limits.failures, limits.seconds, (DepartmentSilent,), name=f"department {department}"
        )
        self._trial = threading.Lock()  # held by the one call that goes first after a pause
        self.in_flight = 0
        self.waiting = 0

    @property
    def state(self) -> str:
        """closed | open | half_open."""
        return str(self._breaker.state)

    @contextmanager
    def passing(self, *, watched: bool = True) -> Iterator[None]:
        """Be one of the calls in flight. A DepartmentSilent raised inside counts against the department if `watched`.

        Raises NotNow where the department is left alone or too many wait already.
        """
        if watched and self.waiting >= self._limits.waiting and self.in_flight >= self._limits.calls:
            raise NotNow("too many wait for this department", _CROWDED_SECONDS)
        self.waiting += 1
        try:
            self._free.acquire()
        finally:
            self.waiting -= 1
        self.in_flight += 1
        try:
            if watched:
                with self._watched():
                    yield
            else:
                yield
        finally:
            self.in_flight -= 1
            self._free.release()

    @contextmanager
    def _watched(self) -> Iterator[None]:
        state = self._breaker.state
        if state == STATE_OPEN:
            raise NotNow("the department is left alone for a while", self._limits.seconds)
        if state == STATE_HALF_OPEN:
            if not self._trial.acquire(blocking=False):
                raise NotNow("the department is being tried", _CROWDED_SECONDS)
            try:
                with self._breaker:
                    yield
            finally:
                self._trial.release()
        else:
            with self._breaker:
                yield
