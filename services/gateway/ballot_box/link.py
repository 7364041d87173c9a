"""The box's way to the broker: messages with publisher confirms over one connection that is kept up.

A message is kept until it is confirmed, and published again under its own id over every new connection: the consumer claims
an id once, so that a message that came twice is handled once.
"""

from __future__ import annotations

import asyncio
from collections import deque
from dataclasses import dataclass
from typing import Any

import pika
import structlog
from pika.adapters.asyncio_connection import AsyncioConnection
from pika.channel import Channel

from services.gateway.rpc import connection_parameters
from shared.bus import wire

log = structlog.get_logger(__name__)

_FIRST_PAUSE, _LONGEST_PAUSE = 0.1, 1.0  # a broker that is back is found within a second
_AGAIN = 1.0  # seconds until what the broker refused or could not route is published again


@dataclass(eq=False, slots=True)
class Message:
    """A message on its way; `confirmed` is done when the broker has it for good."""

    id: str
    key: str
    body: bytes
    headers: dict[str, Any]
    confirmed: asyncio.Future[None]


class Publisher:
    """Publishes to one exchange. All of it runs in the event loop."""

    def __init__(self, uri: str, exchange: str, name: str) -> None:
        self._parameters = connection_parameters(uri, name)
        self._exchange = exchange
        self._waiting: deque[Message] = deque()
        self._sent: dict[int, Message] = {}
        self._returned: set[str] = set()
        self._tag = 0
        self._channel: Channel | None = None
        self._connection: AsyncioConnection | None = None
        self._ended = asyncio.Event()
        self._blocked = False
        self._stopping = False
        self._task: asyncio.Task[None] | None = None

    @property
    def ready(self) -> bool:
        """Whether the broker takes messages."""
        return self._channel is not None and not self._blocked

    def start(self) -> None:
        """Begin to connect."""
        self._task = asyncio.create_task(self._keep_up())

    async def stop(self) -> None:
        """Close the connection; what is not confirmed stays so."""
        self._stopping = True
        if self._connection is not None and self._connection.is_open:
            self._connection.close()
        else:
            self._ended.set()
        if self._task is not None:
            await self._task

    def publish(self, message: Message) -> None:
        """Send it now, or as soon as there is a connection."""
        self._waiting.append(message)
        self._write()

    async def _keep_up(self) -> None:
        pause = _FIRST_PAUSE
        while not self._stopping:
            self._ended.clear()
            self._connection = AsyncioConnection(
                self._parameters,
                on_open_callback=self._opened,
                on_open_error_callback=self._over,
                on_close_callback=self._over,
                custom_ioloop=asyncio.get_running_loop(),
            )
            await self._ended.wait()
            pause = _FIRST_PAUSE if self._channel is not None else min(pause * 2, _LONGEST_PAUSE)
            self._down()
            if not self._stopping:
                await asyncio.sleep(pause)

    def _opened(self, connection: AsyncioConnection) -> None:
        connection.add_on_connection_blocked_callback(lambda *_: self._set_blocked(True))
        connection.add_on_connection_unblocked_callback(lambda *_: self._set_blocked(False))
        connection.channel(on_open_callback=self._channel_opened)

    def _channel_opened(self, channel: Channel) -> None:
        channel.add_on_close_callback(lambda *_: channel.connection.is_open and channel.connection.close())
        channel.add_on_return_callback(self._came_back)
        channel.confirm_delivery(self._settled, callback=lambda _: self._up(channel))

    def _up(self, channel: Channel) -> None:
        self._tag = 0
        self._channel = channel
        log.info("ballots.up")
        self._write()

    def _over(self, _connection: AsyncioConnection, reason: object) -> None:
        if not self._stopping:
            log.warning("ballots.lost", reason=type(reason).__name__)
        self._ended.set()

    def _down(self) -> None:
        self._channel = None
        self._connection = None
        self._blocked = False
        self._returned.clear()
        # In the order in which they were sent: a box's numbers come in order.
        self._waiting.extendleft(reversed(self._sent.values()))
        self._sent.clear()

    def _set_blocked(self, blocked: bool) -> None:
        self._blocked = blocked
        log.warning("ballots.blocked" if blocked else "ballots.unblocked")

    def _write(self) -> None:
        channel = self._channel
        while self._waiting and channel is not None and channel.is_open:
            message = self._waiting.popleft()
            self._tag += 1
            self._sent[self._tag] = message
            properties = pika.BasicProperties(
                content_type=wire.CONTENT_TYPE,
                delivery_mode=wire.PERSISTENT,
                message_id=message.id,
                type=message.key,
                headers=message.headers,
            )
            channel.basic_publish(self._exchange, message.key, message.body, properties, mandatory=True)

    def _came_back(self, _channel: Channel, _method: object, properties: Any, _body: bytes) -> None:
        self._returned.add(properties.message_id)

    def _settled(self, frame: Any) -> None:
        """The broker's word on one message, or on all up to one."""
        method = frame.method
        tags = [method.delivery_tag]
        if method.multiple:
            tags = [tag for tag in self._sent if tag <= method.delivery_tag]
        taken = isinstance(method, pika.spec.Basic.Ack)
        for tag in tags:
            message = self._sent.pop(tag, None)
            if message is None:
                continue
            if taken and message.id not in self._returned:
                if not message.confirmed.done():
                    message.confirmed.set_result(None)
                continue
            self._returned.discard(message.id)
            log.error("ballots.refused", routed=not taken)
            asyncio.get_running_loop().call_later(_AGAIN, self.publish, message)
