"""How long the solver may take for all that is solved inside a block. Apart from the solver, which is slow to load."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_deadline: ContextVar[float | None] = ContextVar("deadline", default=None)


class NotSolvedError(RuntimeError):
    """The solver neither found a solution nor proved that there is none."""


class OutOfTimeError(NotSolvedError):
    """The time was over before anything was proved."""


@contextmanager
def within(seconds: float) -> Iterator[None]:
    """All programs that are solved inside end after so many seconds together, by OutOfTimeError."""
    token = _deadline.set(time.monotonic() + seconds)
    try:
        yield
    finally:
        _deadline.reset(token)


def time_left() -> float:
    """Seconds that are left, infinite where nobody set a limit. Raises OutOfTimeError where none are."""
    deadline = _deadline.get()
    left = float("inf") if deadline is None else deadline - time.monotonic()
    if left <= 0:
        raise OutOfTimeError("the time is over")
    return left
