"""Work in native threads: so many at once, while the green threads go on."""

from __future__ import annotations

import threading

import pytest

from shared.bus.green import eventlet
from shared.bus.native import Native

pytestmark = pytest.mark.unit


class Room:
    """Counts who is in it; whoever enters stays until `full` are in it or nobody else may come."""

    def __init__(self, full: int) -> None:
        self.most = 0
        self._inside = 0
        self._lock = threading.Lock()
        self._barrier = threading.Barrier(full)

    def visit(self) -> int:
        with self._lock:
            self._inside += 1
            self.most = max(self.most, self._inside)
        self._barrier.wait(30)
        with self._lock:
            self._inside -= 1
        return threading.get_ident()


def test_so_many_are_done_at_once_and_no_more() -> None:
    """Six calls with room for two: each pair needs the other half to get on, and a third never comes in."""
    room, native = Room(2), Native(2)
    threads = [eventlet.spawn(native.run, room.visit) for _ in range(6)]
    idents = {thread.wait() for thread in threads}
    assert room.most == 2
    assert threading.get_ident() not in idents


def test_green_threads_go_on_meanwhile() -> None:
    """What blocks a native thread is ended by a green one, which therefore must have run."""
    door = threading.Event()
    waiting = eventlet.spawn(Native(1).run, door.wait, 30)
    eventlet.spawn_after(0.01, door.set)
    assert waiting.wait() is True


def test_what_is_raised_there_is_raised_here() -> None:
    """And the place is free again."""
    native = Native(1)
    for _ in range(2):
        with pytest.raises(ZeroDivisionError):
            native.run(divmod, 1, 0)
    assert native.run(divmod, 7, 2) == (3, 1)
