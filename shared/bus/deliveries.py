"""What has arrived in this process from one work queue and is not settled yet."""

from __future__ import annotations

from collections import deque
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from amqp.basic_message import Message
from amqp.channel import Channel

from shared.bus import wire
from shared.bus.green import Event, eventlet
from shared.bus.link import LOST, BusConnection


@dataclass(slots=True, eq=False)
class Delivery:
    """One message as it came. It belongs to one channel: on another one its tag means nothing."""

    channel: Channel
    tag: int
    body: bytes
    headers: dict[str, Any]
    message_id: str
    redelivered: bool

    @classmethod
    def of(cls, channel: Channel, message: Message) -> Delivery:
        body = message.body
        return cls(
            channel=channel,
            tag=message.delivery_info["delivery_tag"],
            body=body.encode() if isinstance(body, str) else bytes(body),
            headers=message.properties.get("application_headers") or {},
            message_id=str(message.properties.get("message_id") or ""),
            redelivered=bool(message.delivery_info["redelivered"]),
        )

    @property
    def attempt(self) -> int:
        """How many tries came before this one."""
        value = self.headers.get(wire.ATTEMPT, 0)
        return value if isinstance(value, int) and value > 0 else 0


class Deliveries:
    """Consumes one queue on a channel of its own, so that one acknowledgement can settle a whole batch."""

    def __init__(self, queue: str, prefetch: int) -> None:
        self.queue = queue
        self._prefetch = prefetch
        self._channel: Channel | None = None
        self._tag = ""
        self._waiting: deque[Delivery] = deque()
        self._arrival = Event()
        self.stopped = False

    # --- the link's side -----------------------------------------------------------------------------------------

    def up(self, connection: BusConnection) -> None:
        if self.stopped:
            return
        channel = connection.raw_channel()
        channel.basic_qos(0, self._prefetch, False)
        self._channel = channel
        self._tag = channel.basic_consume(
            self.queue, callback=lambda message: self._arrived(channel, message)
        )

    def down(self, reason: str) -> None:
        # The broker has them back and will deliver them again.
        self._channel = None
        self._waiting.clear()

    def _arrived(self, channel: Channel, message: Message) -> None:
        if self.stopped:
            return  # goes back to the broker when the channel closes
        self._waiting.append(Delivery.of(channel, message))
        self._signal()

    def _signal(self) -> None:
        if not self._arrival.ready():
            self._arrival.send()

    # --- the worker's side ---------------------------------------------------------------------------------------

    def take(self, size: int, patience: float) -> list[Delivery]:
        """Wait for a delivery, then take what is there, up to `size`; empty only when stopped.

        A lone delivery is taken at once. Where several came together more are on their way, so wait `patience`
        seconds for the batch to fill.
        """
        while True:
            while not self._waiting:
                if self.stopped:
                    return []
                self._arrival = Event()
                self._arrival.wait()
            eventlet.sleep(0)
            if patience and 1 < len(self._waiting) < size:
                eventlet.sleep(patience)
            waiting = self._waiting
            # While others ran the link may have been lost, and what waited with it: then wait for it to come again.
            if taken := [waiting.popleft() for _ in range(min(size, len(waiting)))]:
                return taken

    def alive(self, delivery: Delivery) -> bool:
        """Whether the broker still waits for this delivery to be settled."""
        return self._channel is delivery.channel

    def settle(self, delivery: Delivery, *, and_before: bool = False) -> None:
        """Acknowledge, with all earlier ones if asked. A lost channel is no error: it will come again."""
        if not self.alive(delivery):
            return
        with suppress(*LOST):
            delivery.channel.basic_ack(delivery.tag, multiple=and_before)

    def stop(self) -> None:
        """Take no more; what waits unstarted goes back to the broker."""
        self.stopped = True
        self._waiting.clear()
        channel = self._channel
        if channel is not None:
            with suppress(*LOST):
                channel.basic_cancel(self._tag, nowait=True)
        self._signal()
