"""Work that blocks in C or on another process, done in native threads so that the green ones go on."""

from __future__ import annotations

from collections.abc import Callable
from typing import ParamSpec, TypeVar

from shared.bus.green import Semaphore, eventlet

_P = ParamSpec("_P")
_T = TypeVar("_T")


class Native:
    """At most `at_once` calls run at the same time; the others wait for their turn."""

    def __init__(self, at_once: int) -> None:
        self._places = Semaphore(at_once)

    def run(self, function: Callable[_P, _T], *args: _P.args, **kwargs: _P.kwargs) -> _T:
        """What the function gives or raises; the caller's green thread waits for it, no other does."""
        with self._places:
            result: _T = eventlet.tpool.execute(function, *args, **kwargs)
            return result
