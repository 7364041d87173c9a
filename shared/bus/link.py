"""One AMQP connection that lives as long as its process: it connects, is lost, and connects again.

One green thread reads; every other thread only writes. That is the rule that makes one connection safe for many green
threads, and it is why `Channel.basic_publish` of py-amqp is not used here: with a broker that announces
`connection.blocked` it reads from the socket before each publish, as a second reader.

Writes of one turn of the hub leave in one system call: they are gathered and flushed when the writers yield.
"""

from __future__ import annotations

from contextlib import suppress
from struct import Struct
from typing import Any, Protocol

import structlog
from amqp import Connection, spec
from amqp.basic_message import Message
from amqp.channel import Channel
from amqp.exceptions import AMQPError
from amqp.transport import TCPTransport

from shared.bus.address import CONNECT_SECONDS, Address, CheckedTls
from shared.bus.green import Event, eventlet
from shared.bus.metrics import METRICS

log = structlog.get_logger(__name__)

LOST = (OSError, AMQPError)  # what a broken connection raises
_HEARTBEAT_SECONDS = 20
_FIRST_PAUSE, _LONGEST_PAUSE = 0.1, 1.0  # a broker that is back is found within a second
_READ_SIZE = 1 << 17
_FRAME = Struct(">BHI")
_FRAME_END = 0xCE


class LinkTimeoutError(OSError):
    """The broker did not answer in time; the socket is dropped."""


class _Gathered:
    """Transport part: writes are gathered and leave in one call when the writers have yielded."""

    def _gather(self) -> None:
        self._pending = bytearray()
        self._flushing = False
        self._send_all = self._write  # type: ignore[has-type]
        self._write = self._enqueue

    def _enqueue(self, data: bytes) -> None:
        self._pending += data
        if not self._flushing:
            self._flushing = True
            eventlet.spawn_n(self._flush)

    def _flush(self) -> None:
        try:
            while self._pending:
                data, self._pending = self._pending, bytearray()
                self._send_all(data)
        except OSError:
            self._hang_up()  # the reader finds the end of the stream and unwinds the link
        finally:
            self._flushing = False

    def _hang_up(self) -> None:
        sock = self.sock  # type: ignore[attr-defined]
        if sock is not None:
            with suppress(OSError):  # already gone is what was wanted
                sock.shutdown(2)

    @property
    def unsent(self) -> int:
        """Bytes that have not been handed to the system."""
        return len(self._pending) + int(self._flushing)


class _PlainTransport(_Gathered, TCPTransport):  # type: ignore[misc]
    """TCP with gathered writes and with reads of as much as there is, instead of nine small reads a message."""

    def _setup_transport(self) -> None:
        super()._setup_transport()
        self._inbound = b""
        self._at = 0
        self._gather()

    def read_frame(self, unpack: Any = None) -> tuple[int, int, bytes]:
        """The next frame. Raises OSError at the end of the stream."""
        while True:
            buffer, start = self._inbound, self._at
            available = len(buffer) - start
            if available >= _FRAME.size:
                kind, channel, size = _FRAME.unpack_from(buffer, start)
                end = start + _FRAME.size + size
                if available > _FRAME.size + size:
                    if buffer[end] != _FRAME_END:
                        raise OSError("a frame without its end: the stream is out of step")
                    self._at = end + 1
                    return kind, channel, buffer[start + _FRAME.size : end]
            more = self._quick_recv(_READ_SIZE)
            if not more:
                self.connected = False
                raise OSError("the broker closed the connection")
            self._inbound = buffer[start:] + more
            self._at = 0


class _TlsTransport(_Gathered, CheckedTls):
    """TLS with gathered writes."""

    def _setup_transport(self) -> None:
        super()._setup_transport()
        self._gather()


class BusConnection(Connection):  # type: ignore[misc]
    """A py-amqp connection over the transports above."""

    def __init__(self, address: Address, name: str) -> None:
        self._address = address
        super().__init__(heartbeat=_HEARTBEAT_SECONDS, **address.options(name))

    def Transport(self, host: str, connect_timeout: Any, *args: Any, **kwargs: Any) -> Any:  # noqa: N802 - py-amqp's name
        if self._address.tls:
            return _TlsTransport(host, connect_timeout=connect_timeout, ssl=True, address=self._address)
        return _PlainTransport(host, connect_timeout=connect_timeout)

    def raw_channel(self) -> Channel:
        """A channel that leaves bodies as bytes. Only the reading thread may open one."""
        channel = self.channel()
        channel.auto_decode = False
        return channel


def connect(uri: str, name: str) -> BusConnection:
    """Connect once. Raises OSError or AMQPError (wrong user, no such virtual host)."""
    connection = BusConnection(Address.parse(uri), name)
    with eventlet.Timeout(CONNECT_SECONDS * 2, LinkTimeoutError("no answer while connecting")):
        connection.connect()
    return connection


def publish(channel: Channel, exchange: str, routing_key: str, message: Message, *, mandatory: bool) -> None:
    """Write one publish without waiting for anything. Raises OSError or AMQPError if the channel is closed."""
    channel.send_method(spec.Basic.Publish, "Bssbb", (0, exchange, routing_key, mandatory, False), message)


class User(Protocol):
    """What hangs on a link."""

    def up(self, connection: BusConnection) -> None:
        """Open channels and consumers; runs in the reading thread, may wait for answers, may raise AMQPError."""

    def down(self, reason: str) -> None:
        """The connection is gone, and with it every channel and delivery tag."""


class Link:
    """Keeps one connection up for its users until it is stopped. `fault` says why it is down, else it is empty."""

    def __init__(self, uri: str, name: str, *users: User) -> None:
        self._uri = uri
        self.name = name
        self._users = list(users)
        self._connection: BusConnection | None = None
        self._stopped = False
        self._wake = Event()
        self._up = Event()
        self.fault = "not connected yet"

    @property
    def ready(self) -> bool:
        """Whether the connection is up and every user has opened what it needs."""
        return self._connection is not None and not self.fault

    def wait_ready(self) -> None:
        """Wait until the link is up."""
        while not self.ready:
            self._up.wait()

    def run(self) -> None:
        """Connect and read for ever; the body of a green thread of its own."""
        pause = _FIRST_PAUSE
        while not self._stopped:
            try:
                self._open()
                pause = _FIRST_PAUSE
                self._read()
            except LOST as error:
                self._lost(error)
            finally:
                self._collect()
            if not self._stopped:
                METRICS.reconnects.labels(self.name).inc()
                eventlet.sleep(pause)
                pause = min(pause * 2, _LONGEST_PAUSE)

    def _open(self) -> None:
        connection = connect(self._uri, self.name)
        self._connection = connection
        connection.on_blocked = lambda reason: METRICS.blocked.labels(self.name).set(1)
        connection.on_unblocked = lambda: METRICS.blocked.labels(self.name).set(0)
        for user in self._users:
            user.up(connection)
        self.fault = ""
        eventlet.spawn_n(self._heartbeats, connection)
        up, self._up = self._up, Event()
        up.send()
        log.info("link.up", link=self.name)

    def _read(self) -> None:
        connection = self._connection
        assert connection is not None
        while not self._stopped:
            connection.on_inbound_frame(connection.transport.read_frame())

    def _heartbeats(self, connection: BusConnection) -> None:
        """Send what the broker expects, and hang up when it has been silent for two intervals."""
        while self._connection is connection:
            try:
                connection.heartbeat_tick()
            except LOST:
                self.drop()
                return
            eventlet.sleep(_HEARTBEAT_SECONDS / 4)

    def _lost(self, error: Exception) -> None:
        reason = f"{type(error).__name__}: {error}"
        if self._stopped:
            return
        if reason != self.fault:
            log.warning("link.lost", link=self.name, reason=reason)
        self.fault = reason

    def _collect(self) -> None:
        connection, self._connection = self._connection, None
        reason = self.fault or "stopped"
        self.fault = reason
        METRICS.blocked.labels(self.name).set(0)
        for user in self._users:
            user.down(reason)
        if connection is not None:
            connection.collect()

    def drop(self) -> None:
        """Hang up at once; the link connects again by itself."""
        connection = self._connection
        if connection is not None and connection._transport is not None:
            connection._transport._hang_up()

    def flush(self, seconds: float = 2.0) -> None:
        """Wait until what was written has left the process, at most `seconds`."""
        with eventlet.Timeout(seconds, False):
            while (transport := self._transport) is not None and transport.unsent:
                eventlet.sleep(0.001)

    @property
    def _transport(self) -> Any:
        return None if self._connection is None else self._connection._transport

    def stop(self) -> None:
        """Let what was written leave, say goodbye, and connect no more."""
        if self._stopped:
            return
        self.flush()
        self._stopped = True
        connection = self._connection
        if connection is not None:
            try:
                connection.send_method(spec.Connection.Close, "BsBB", (200, "stopped", 0, 0))
                self.flush(1.0)
            except LOST:
                pass  # gone already: nothing to say goodbye to
        self.drop()
