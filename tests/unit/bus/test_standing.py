"""What an operator's look at a service costs the broker: no connection of its own while nothing is parked."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any

import pytest
from amqp import spec

from shared.bus import standing, wire
from shared.bus.green import eventlet
from shared.bus.housekeeping import QueueDepths

QUEUES = ("review.one", "review.two")


class Broker:
    """Answers passive declares, at once or when it is told to; counts the connections that are made for a look."""

    def __init__(self) -> None:
        self.messages: dict[str, int] = {}
        self.connections = 0
        self.late = False
        self.asked: list[str] = []
        self._callbacks: dict[object, Callable[[str, int, int], None]] = {}

    def raw_channel(self) -> Broker:
        return self

    def send_method(self, method: object, form: str, values: tuple[Any, ...]) -> None:
        assert method == spec.Queue.Declare
        assert values[2] is True  # passive: nothing is made
        self.asked.append(values[1])
        if not self.late:
            self.answer(values[1])

    def answer(self, queue: str) -> None:
        self._callbacks[spec.Queue.DeclareOk](queue, self.messages.get(queue, 0), 1)

    @contextmanager
    def parking(self, *_: object) -> Iterator[SimpleNamespace]:
        self.connections += 1
        yield SimpleNamespace(
            depths=lambda names: [(self.messages.get(name, 0), 1) for name in names],
            messages=lambda: iter(
                SimpleNamespace(queue=name) for name in ("one",) if any(self.messages.values())
            ),
        )


@pytest.fixture
def broker(monkeypatch: pytest.MonkeyPatch) -> Broker:
    made = Broker()
    monkeypatch.setattr(standing, "_parking", made.parking)
    monkeypatch.setattr(standing, "_line", lambda one: {"queue": one.queue})
    return made


@pytest.fixture
def runtime(broker: Broker) -> Any:
    depths = QueueDepths(QUEUES)
    depths.up(broker)  # type: ignore[arg-type]
    return SimpleNamespace(
        name="review",
        declaration=SimpleNamespace(queues=QUEUES),
        settings=SimpleNamespace(retry_tier_seconds=(1,)),
        depths=depths,
        parked_seen=False,
    )


def test_while_nothing_is_parked_no_connection_is_made(runtime: Any, broker: Broker) -> None:
    broker.messages = {QUEUES[0]: 7}
    queues, parked = standing._looked(runtime)
    assert (broker.connections, parked) == (0, [])
    assert broker.asked == [each["queue"] for each in queues]
    assert {each["queue"]: each["messages"] for each in queues if each["messages"]} == {QUEUES[0]: 7}
    assert {each["kind"] for each in queues} == {"work", "retry", "parking", "calls"}


def test_what_is_parked_is_told_and_looked_for_until_a_look_finds_none(runtime: Any, broker: Broker) -> None:
    """What the last look held may not be back yet when the next one asks how much there is."""
    broker.messages = {wire.parking_queue(QUEUES[1]): 1}
    assert standing._looked(runtime)[1] == [{"queue": "one"}]
    broker.messages = {}
    assert standing._looked(runtime)[1] == []
    assert broker.connections == 2
    assert standing._looked(runtime)[1] == []
    assert broker.connections == 2


@pytest.mark.parametrize("down", [True, False])
def test_a_link_that_does_not_answer_is_done_without(runtime: Any, broker: Broker, down: bool) -> None:
    broker.late = not down
    if down:
        runtime.depths.down("lost")
    else:
        eventlet.spawn_after(0, runtime.depths.down, "lost")  # while somebody waits
    queues, _ = standing._looked(runtime)
    assert (broker.connections, len(queues)) == (1, 6)


def test_answers_may_come_later_and_to_several(runtime: Any, broker: Broker) -> None:
    broker.late = True
    looks = [eventlet.spawn(runtime.depths.look, QUEUES) for _ in range(2)]
    eventlet.sleep(0)
    assert broker.asked == [*QUEUES, *QUEUES]
    for queue in QUEUES:
        broker.answer(queue)
    assert [each.wait() for each in looks] == [[(0, 1), (0, 1)]] * 2
    assert runtime.depths._looks == []
