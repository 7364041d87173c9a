"""Waiting for what travels on the bus: look, and look again a little later, but not for ever."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from deploy.rehearsal.faults import NoAnswer

Found = TypeVar("Found")


@dataclass(frozen=True)
class NotYet:
    """What a look gives that found nothing but saw things move: while `state` changes, patience starts anew."""

    state: object


@dataclass(frozen=True)
class Patience:
    """How long one thing is waited for, and the pauses between two looks; all in seconds."""

    longest: float = 120.0
    first: float = 0.01
    slowest: float = 0.25
    growth: float = 1.5

    def until(self, what: str, look: Callable[[], Found | NotYet | None]) -> Found:
        """The first thing that a look finds. Raises NoAnswer, naming what was waited for."""
        end, pause, last = time.monotonic() + self.longest, self.first, NotYet(None)
        while True:
            found = look()
            if isinstance(found, NotYet):
                if found != last:
                    end, last = time.monotonic() + self.longest, found
            elif found is not None:
                return found
            if time.monotonic() > end:
                raise NoAnswer(f"{what}: 等待超过 {self.longest:.0f} 秒 / waited {self.longest:.0f} seconds")
            time.sleep(pause)
            pause = min(pause * self.growth, self.slowest)
