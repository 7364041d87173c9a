"""Publishing with confirms: a window of messages goes out, then all confirms are awaited together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from amqp.basic_message import Message
from amqp.channel import Channel

from shared.bus import wire
from shared.bus.green import Event, Semaphore, eventlet
from shared.bus.link import LOST, BusConnection, Link, LinkTimeoutError, publish
from shared.bus.metrics import METRICS


class NotConnectedError(OSError):
    """The broker is away; nothing was sent, or nobody knows whether it was."""


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One message on its way; `key` is the caller's own mark for it and its message id."""

    key: str
    exchange: str
    routing_key: str
    body: bytes
    headers: dict[str, Any]
    type: str = ""

    def message(self) -> Message:
        return Message(
            self.body,
            content_type=wire.CONTENT_TYPE,
            content_encoding="utf-8",
            delivery_mode=wire.PERSISTENT,
            message_id=self.key,
            type=self.type,
            application_headers=self.headers,
        )


class _Window:
    """The messages of one round: which are confirmed, which the broker gave back."""

    def __init__(self, first_tag: int, size: int) -> None:
        self.first_tag = first_tag
        self.failed: dict[int, str] = {}
        self._open = set(range(first_tag, first_tag + size))
        self.done = Event()

    def settle(self, tag: int, multiple: bool, failure: str = "") -> None:
        settled = {t for t in self._open if t <= tag} if multiple else {tag} & self._open
        if failure:
            self.failed.update(dict.fromkeys(settled, failure))
        self._open -= settled
        if not self._open and not self.done.ready():
            self.done.send()

    def lose(self, reason: str) -> None:
        if not self.done.ready():
            self.done.send_exception(NotConnectedError(reason))


class Publisher:
    """One confirm channel on one link. A window at a time; callers wait their turn."""

    def __init__(self, window: int, timeout: float) -> None:
        self._size = window
        self._timeout = timeout
        self._turn = Semaphore()
        self._channel: Channel | None = None
        self._window: _Window | None = None
        self._next_tag = 1
        self._returned: dict[str, str] = {}
        self.link: Link | None = None

    # --- the link's side -----------------------------------------------------------------------------------------

    def up(self, connection: BusConnection) -> None:
        channel = connection.raw_channel()
        channel.confirm_select()
        channel.events["basic_ack"].add(self._on_ack)
        channel.events["basic_nack"].add(self._on_nack)
        channel.events["basic_return"].add(self._on_return)
        self._next_tag = 1
        self._channel = channel

    def down(self, reason: str) -> None:
        self._channel = None
        if self._window is not None:
            self._window.lose(reason)

    def _on_ack(self, tag: int, multiple: bool) -> None:
        if self._window is not None:
            self._window.settle(tag, multiple)

    def _on_nack(self, tag: int, multiple: bool) -> None:
        if self._window is not None:
            self._window.settle(tag, multiple, "refused")

    def _on_return(self, error: Exception, exchange: str, routing_key: str, message: Message) -> None:
        # Comes before the (positive) confirm of the same message.
        self._returned[str(message.properties.get("message_id"))] = "unroutable"

    # --- the callers' side ---------------------------------------------------------------------------------------

    def publish(self, messages: Sequence[Outgoing]) -> dict[str, str]:
        """Send all; give those that were not accepted with the reason (`unroutable`, `refused`), by key.

        Keys are unique within one call. Raises NotConnectedError if the broker is away or does not confirm in time: then
        nobody knows which of the window arrived, and the caller sends again.
        """
        failed: dict[str, str] = {}
        with self._turn:
            for start in range(0, len(messages), self._size):
                failed.update(self._round(messages[start : start + self._size]))
        for reason in failed.values():
            METRICS.unsent.labels(reason).inc()
        return failed

    def _round(self, messages: Sequence[Outgoing]) -> dict[str, str]:
        channel = self._channel
        if channel is None:
            raise NotConnectedError("the broker is away")
        first = self._next_tag
        window = self._window = _Window(first, len(messages))
        self._returned.clear()
        try:
            with eventlet.Timeout(self._timeout, LinkTimeoutError("no confirm in time")):
                for message in messages:
                    publish(channel, message.exchange, message.routing_key, message.message(), mandatory=True)
                    self._next_tag += 1
                window.done.wait()
        except LOST as error:
            if self.link is not None and self._channel is channel:
                self.link.drop()
                self._channel = None
            METRICS.unsent.labels("not_connected").inc(len(messages))
            raise NotConnectedError(str(error)) from error
        finally:
            self._window = None
        failed = {messages[tag - first].key: reason for tag, reason in window.failed.items()}
        failed.update(self._returned)
        return failed
