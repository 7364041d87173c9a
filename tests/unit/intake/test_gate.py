"""The gate before a department: so many calls at a time, and none for a while when it has stopped answering."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import circuitbreaker
import pytest

from services.intake.departments.gate import Gate, Limits
from services.intake.departments.port import DepartmentSilent, NotNow

pytestmark = pytest.mark.unit


@pytest.fixture
def seconds(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The breaker's clock, which the test moves."""
    now = [1000.0]
    monkeypatch.setattr(circuitbreaker, "monotonic", lambda: now[0])
    return now


def _fail(gate: Gate, times: int = 1, *, watched: bool = True) -> None:
    for _ in range(times):
        with pytest.raises(DepartmentSilent), gate.passing(watched=watched):
            raise DepartmentSilent("HTTP 503")


@contextmanager
def _held(gate: Gate, number: int) -> Iterator[None]:
    """So many calls in flight."""
    over, inside = threading.Event(), threading.Barrier(number + 1)

    def call() -> None:
        with gate.passing():
            inside.wait(10)
            over.wait(10)

    threads = [threading.Thread(target=call) for _ in range(number)]
    for thread in threads:
        thread.start()
    inside.wait(10)
    try:
        yield
    finally:
        over.set()
        for thread in threads:
            thread.join()


def test_no_more_calls_than_the_share_and_the_crowd_is_told_to_come_later() -> None:
    """With the share in flight and as many waiting as may, the next one is not asked and not kept waiting."""
    gate = Gate("safety", Limits(calls=3, waiting=0))
    with _held(gate, 3):
        assert gate.in_flight == 3
        with pytest.raises(NotNow, match="too many"), gate.passing():
            raise AssertionError("a fourth call got through")
    assert gate.in_flight == 0
    with gate.passing():
        pass


def test_failures_in_a_row_leave_a_department_alone(seconds: list[float]) -> None:
    """After the third failure nobody is let through; an answer before it begins the count anew."""
    gate = Gate("safety", Limits(failures=3, seconds=30))
    _fail(gate, 2)
    with gate.passing():
        pass
    _fail(gate, 2)
    assert gate.state == "closed"
    _fail(gate)
    assert gate.state == "open"
    with pytest.raises(NotNow) as later, gate.passing():
        raise AssertionError("a call got through an open breaker")
    assert later.value.seconds == 30


def test_after_the_pause_one_call_goes_first(seconds: list[float]) -> None:
    """While it is under way the others wait; its answer closes the breaker, its failure opens it for another pause."""
    gate = Gate("safety", Limits(failures=1, seconds=30))
    _fail(gate)
    seconds[0] += 31
    assert gate.state == "half_open"
    with _held(gate, 1), pytest.raises(NotNow, match="tried"), gate.passing():
        raise AssertionError("a second call went with the trial")
    assert gate.state == "closed"
    _fail(gate)
    seconds[0] += 31
    _fail(gate)
    assert gate.state == "open"


def test_a_rehearsal_says_nothing_about_a_department(seconds: list[float]) -> None:
    """Its failures open nothing, and an open breaker does not stop it."""
    gate = Gate("safety", Limits(failures=1))
    _fail(gate, 5, watched=False)
    assert gate.state == "closed"
    _fail(gate)
    with gate.passing(watched=False):
        pass
    assert gate.state == "open"
