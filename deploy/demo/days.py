"""One clock for several stories at once: each goes on until it needs a later day, and when all do, the nearest of them comes."""

from __future__ import annotations

import threading
from datetime import date
from typing import Protocol


class Stopped(Exception):
    """Another story failed, so no further day comes."""


class Movable(Protocol):
    """A clock that may be moved on."""

    def today(self) -> date:
        """Its day."""

    def travel(self, to: date) -> None:
        """Begin a later day."""


class Days:
    """Safe to share between threads; every story calls `done` at its end, whatever that is."""

    def __init__(self, clock: Movable, stories: int) -> None:
        self._clock = clock
        self._going = stories
        self._wanted: list[date] = []
        self._failed = False
        self._moved = threading.Condition()

    def travel(self, to: date) -> None:
        """Come back on that day, or on a later one if that is the stack's. Raises Stopped."""
        with self._moved:
            if to <= self._clock.today():
                return
            self._wanted.append(to)
            self._move()
            while self._clock.today() < to and not self._failed:
                self._moved.wait()
            if self._failed:
                raise Stopped

    def done(self, *, failed: bool = False) -> None:
        """One story has ended."""
        with self._moved:
            self._going -= 1
            self._failed = self._failed or failed
            self._move()
            self._moved.notify_all()

    def _move(self) -> None:
        """The nearest day that anybody waits for, once everybody waits."""
        if self._failed or not self._wanted or len(self._wanted) < self._going:
            return
        self._clock.travel(min(self._wanted))
        today = self._clock.today()
        self._wanted = [day for day in self._wanted if day > today]
        self._moved.notify_all()
