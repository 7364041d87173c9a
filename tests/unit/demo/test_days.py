"""One clock for several stories: it moves when all wait, to the nearest day that anybody waits for."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deploy.demo.days import Days, Stopped

pytestmark = pytest.mark.unit

FIRST = date(2026, 3, 2)


@dataclass
class Clock:
    """A clock that remembers where it was sent."""

    day: date = FIRST
    sent: list[date] = field(default_factory=list)

    def today(self) -> date:
        return self.day

    def travel(self, to: date) -> None:
        assert to > self.day
        self.day = to
        self.sent.append(to)


def _play(clock: Clock, stories: list[list[int]]) -> list[list[date]]:
    """Each story asks for its days, counted from the first; what day it was then."""
    days, seen = Days(clock, len(stories)), [[] for _ in stories]  # type: tuple[Days, list[list[date]]]

    def tell(number: int) -> None:
        try:
            for wanted in stories[number]:
                days.travel(FIRST + timedelta(days=wanted))
                seen[number].append(clock.today())
        finally:
            days.done()

    threads = [threading.Thread(target=tell, args=(number,)) for number in range(len(stories))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=10)
        assert not thread.is_alive()
    return seen


@given(st.lists(st.lists(st.integers(0, 30), max_size=6).map(sorted), min_size=1, max_size=5))
def test_everybody_goes_on_on_the_day_that_was_asked_for(stories: list[list[int]]) -> None:
    """Never before it, and never after it; the clock is sent to each day once, in order, and to no other."""
    clock = Clock()
    seen = _play(clock, stories)
    for wanted, days in zip(stories, seen, strict=True):
        assert days == [FIRST + timedelta(days=number) for number in wanted]
    asked = {FIRST + timedelta(days=number) for story in stories for number in story if number}
    assert clock.sent == sorted(asked)


def test_a_story_that_fails_stops_the_others() -> None:
    """Whoever waits for a day is told that none comes, and so is whoever asks afterwards."""
    days, stopped = Days(Clock(), 2), []

    def wait() -> None:
        try:
            days.travel(FIRST + timedelta(days=1))
        except Stopped:
            stopped.append(True)

    thread = threading.Thread(target=wait)
    thread.start()
    days.done(failed=True)
    thread.join(timeout=10)
    assert stopped == [True]
    with pytest.raises(Stopped):
        days.travel(FIRST + timedelta(days=2))
