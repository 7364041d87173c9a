"""Publishes for the peers from a process of its own: persistent, confirmed, and as fast as they could wish."""

from __future__ import annotations

import time
from urllib.parse import unquote, urlsplit
from uuid import uuid4

from amqp import Connection, spec
from amqp.basic_message import Message

from deploy.benchmarks import peers_work as work

WINDOW = 100


class Load:
    """One confirm channel of py-amqp."""

    def __init__(self, uri: str) -> None:
        parts = urlsplit(uri)
        self._connection = Connection(
            host=f"{parts.hostname}:{parts.port}",
            userid=unquote(parts.username or ""),
            password=unquote(parts.password or ""),
            virtual_host=unquote(parts.path[1:]),
        )
        self._connection.connect()
        self._channel = self._connection.channel()
        self._channel.confirm_select()
        self._channel.events["basic_ack"].add(self._confirmed)
        self._sent = 0
        self._open: set[int] = set()

    def declare(self, queue: str) -> None:
        """A quorum queue; or nameko's own as nameko declares it, before it does, so that nothing is lost meanwhile."""
        channel = self._channel
        quorum = {} if queue == work.NAMEKO else {"x-queue-type": "quorum"}
        channel.queue_declare(queue, durable=True, auto_delete=False, arguments=quorum)
        if queue == work.NAMEKO:
            channel.exchange_declare(work.EXCHANGE, "topic", durable=True, auto_delete=False)
            channel.queue_bind(queue, work.EXCHANGE, work.KEY)

    def publish(self, exchange: str, key: str, count: int, *, window: int = WINDOW) -> None:
        """Publish so many, at most `window` of them unconfirmed, and wait until all are confirmed."""
        for _ in range(count):
            self._one(exchange, key, count)
            while len(self._open) >= window:
                self._connection.drain_events(timeout=30)
        self._wait()

    def pace(self, exchange: str, key: str, count: int, rate: float) -> None:
        """Publish so many at a steady rate, each confirmed before the next."""
        began = time.monotonic()
        for number in range(count):
            time.sleep(max(0.0, began + number / rate - time.monotonic()))
            self._one(exchange, key, count)
            self._wait()

    def _one(self, exchange: str, key: str, of: int) -> None:
        name = uuid4().hex
        message = Message(
            work.encode(work.message(name, of)),
            content_type="application/json",
            content_encoding="utf-8",
            delivery_mode=2,
            message_id=name,
        )
        # Channel.basic_publish would look for connection.blocked before each message, with a system call.
        self._channel.send_method(spec.Basic.Publish, "Bssbb", (0, exchange, key, False, False), message)
        self._sent += 1
        self._open.add(self._sent)

    def _confirmed(self, tag: int, multiple: bool) -> None:
        self._open -= {each for each in self._open if each <= tag} if multiple else {tag}

    def _wait(self) -> None:
        while self._open:
            self._connection.drain_events(timeout=30)

    def close(self) -> None:
        """Hang up."""
        self._connection.close()
