"""Taking what has arrived while the link to the broker comes and goes."""

from __future__ import annotations

from typing import Any, cast

from shared.bus.deliveries import Deliveries
from shared.bus.green import eventlet


class _Message:
    body = b"{}"
    properties: dict[str, Any] = {}

    def __init__(self, tag: int) -> None:
        self.delivery_info = {"delivery_tag": tag, "redelivered": False}


def _arrive(deliveries: Deliveries, tag: int) -> None:
    deliveries._arrived(cast(Any, object()), cast(Any, _Message(tag)))


def test_a_link_lost_between_arrival_and_taking_ends_nobodys_work() -> None:
    """What waited goes back to the broker; the taker waits for it to come again instead of taking that for the end."""
    deliveries = Deliveries("a.queue", prefetch=10)
    taker = eventlet.spawn(deliveries.take, 10, 0.0)
    eventlet.sleep(0)  # the taker waits for an arrival
    _arrive(deliveries, 1)
    eventlet.sleep(0)  # the taker has seen it and lets others run, in case more comes
    deliveries.down("the broker closed the connection")
    for _ in range(5):
        eventlet.sleep(0)
    assert not taker.dead
    _arrive(deliveries, 2)
    assert [one.tag for one in taker.wait()] == [2]


def test_nothing_is_taken_once_stopped() -> None:
    """Stopped while it waits, the taker ends, with nothing in hand."""
    deliveries = Deliveries("a.queue", prefetch=10)
    taker = eventlet.spawn(deliveries.take, 10, 0.0)
    eventlet.sleep(0)
    _arrive(deliveries, 1)
    deliveries.stop()
    assert taker.wait() == []
