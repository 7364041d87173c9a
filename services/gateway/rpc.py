"""Asking the services: one AMQP connection with a thread of its own, any number of calls on the way at once.

The threads of the HTTP server only put a call into a list and wait at a box of their own; the connection's thread writes
and reads. A call has a deadline; the message expires with it, so that nobody does what nobody waits for. A call whose
connection dropped, or that has no reply after half of its time, is asked once more with the same idempotency key: the
services answer a repeated key from what they remember. Whichever reply comes first counts, a later one is dropped.

Requests are published mandatory: where no service has ever declared its queue the broker hands them back, and the caller
is told at once. Only a broker that has just come back is given some time: it takes connections before it has found all
of its queues again, so what it hands back then is asked anew.
"""

from __future__ import annotations

import random
import ssl
import threading
import time
from collections import deque
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from queue import Empty, SimpleQueue
from typing import Any, Protocol
from urllib.parse import parse_qs, unquote, urlsplit

import pika
import structlog
from pika.adapters.select_connection import SelectConnection
from pika.channel import Channel

from services.gateway.heard import Heard
from services.gateway.logs import place_of
from services.gateway.metrics import Metrics
from shared.bus import wire
from shared.contracts import Context
from shared.problems import Unavailable

log = structlog.get_logger(__name__)

_FIRST_PAUSE, _LONGEST_PAUSE = 0.1, 1.0  # a broker that is back is found within a second
# Seconds after a lost connection is up again in which the broker may still look for its queues.
_SETTLING = 15.0
_LOOK_AGAIN = 0.2  # seconds until a call that it handed back meanwhile is sent anew
_LOST = "lost"
_UNROUTABLE = "unroutable"
_STOPPED = "stopped"

# What people call the part of the house that does not answer.
NAMES = {
    "intake": ("申报受理", "intake of applications"),
    "eligibility": ("资格审查与公示", "eligibility checks and notices"),
    "review": ("专家评审", "expert review"),
    "committee": ("评审委员会审定", "committee's ballots"),
    "incentives": ("奖励资助", "grants"),
    "notifications": ("消息通知", "messages"),
}


class Caller(Protocol):
    """Whoever carries a question or a command to a service and brings the answer back."""

    def ask(
        self,
        service: str,
        method: str,
        data: Mapping[str, Any],
        context: Context,
        timeout: float | None = None,
    ) -> Answer:
        """Send it now, wait for it later."""
        ...

    def call(
        self,
        service: str,
        method: str,
        data: Mapping[str, Any],
        context: Context,
        timeout: float | None = None,
    ) -> dict[str, Any]:
        """Send it and wait. Raises the Problem that the service answered with, or Unavailable."""
        ...


class Answer(Protocol):
    """An answer that is on its way."""

    def result(self) -> dict[str, Any]:
        """Wait for it, at most until the call's deadline. Raises the service's Problem, or Unavailable."""
        ...


def connection_parameters(uri: str, name: str) -> pika.ConnectionParameters:
    """Read amqp:// or amqps://user:password@host:port/vhost[?cacertfile=…]. Raises ValueError."""
    parts = urlsplit(uri)
    if parts.scheme not in {"amqp", "amqps"} or not parts.hostname:
        raise ValueError("an AMQP URI begins with amqp:// or amqps:// and names a host")
    options = None
    if parts.scheme == "amqps":
        ca_file = parse_qs(parts.query).get("cacertfile", [None])[0]
        options = pika.SSLOptions(ssl.create_default_context(cafile=ca_file), parts.hostname)
    return pika.ConnectionParameters(
        host=parts.hostname,
        port=parts.port or (5671 if options else 5672),
        virtual_host=unquote(parts.path[1:]) or "/",
        credentials=pika.PlainCredentials(unquote(parts.username or ""), unquote(parts.password or "")),
        ssl_options=options,
        heartbeat=20,
        connection_attempts=1,
        socket_timeout=5.0,
        stack_timeout=10.0,
        client_properties={"connection_name": name, "product": "zhiheng"},
    )


def not_running(service: str) -> Unavailable:
    """The broker knows no queue of that service."""
    zh, en = NAMES.get(service, ("这项服务", "this part"))
    return Unavailable(
        f"“{zh}”还没有启动，请稍后再试", f"the {en} has not been started; try again later", code="not_running"
    )


def no_reply(service: str) -> Unavailable:
    """Nothing came back in time; whether a command was done is not known."""
    zh, en = NAMES.get(service, ("这项服务", "this part"))
    return Unavailable(
        f"“{zh}”没有按时答复。请求可能已经办理；用同一个 Idempotency-Key 再提交一次不会重复办理",
        f"no answer in time from the {en}. It may have been done; sending it again with the same Idempotency-Key"
        " does nothing twice",
        code="no_reply",
    )


def no_connection() -> Unavailable:
    """The gateway is cut off from all services."""
    return Unavailable(
        "系统内部通信中断，请稍后再试",
        "the gateway is cut off from the services; try again later",
        code="cut_off",
    )


@dataclass(eq=False)
class Pending:
    """One call on its way; it belongs to the thread that made it."""

    client: RpcClient
    service: str
    method: str
    body: bytes
    context: Context
    deadline: float  # of the monotonic clock
    box: SimpleQueue[bytes | str] = field(default_factory=SimpleQueue)
    correlations: list[str] = field(default_factory=list)
    started: float = field(default_factory=time.monotonic)

    def result(self) -> dict[str, Any]:
        """Wait for the reply; see the module for when it is asked again."""
        meters = self.client.metrics
        outcome = "fault"
        try:
            reply = self._wait()
            self.client.heard.answered(self.service)
            outcome = "problem"
            answered = wire.read_reply(reply)
            outcome = "ok"
            return answered
        except Unavailable as problem:
            if outcome == "fault":
                self.client.heard.missed(self.service)
            outcome = problem.code
            raise
        finally:
            self.client.forget(self)
            meters.calls.labels(f"{self.service}.{self.method}", outcome).observe(
                time.monotonic() - self.started
            )

    def _wait(self) -> bytes:
        again_at: float | None = self.started + (self.deadline - self.started) / 2
        while True:
            until = self.deadline if again_at is None else again_at
            try:
                outcome = self.box.get(timeout=max(0.0, until - time.monotonic()))
            except Empty:
                if again_at is None:
                    raise no_reply(self.service) if self.client.ready else no_connection() from None
                outcome = _LOST
            if isinstance(outcome, bytes):
                return outcome
            if outcome == _UNROUTABLE:
                self._look_again()
                continue
            if outcome == _STOPPED:
                raise no_connection()
            if again_at is None:
                raise no_reply(self.service)
            again_at = None
            self.client.metrics.asked_again.inc()
            self.client.send(self)

    def _look_again(self) -> None:
        """Send what was handed back anew while the broker settles; Unavailable where it has, or no time is left."""
        if not self.client.settling or time.monotonic() + _LOOK_AGAIN >= self.deadline:
            raise not_running(self.service)
        time.sleep(_LOOK_AGAIN)
        self.client.send(self)


class _GatheringConnection(SelectConnection):  # type: ignore[misc]
    """A connection that writes many messages with one system call.

    pika hands every frame to the socket by itself, three a message, and each time the waiting threads of the HTTP server
    contend for the interpreter. Gathering halves the time of a call.
    """

    _gathered: list[bytes] | None = None

    def _adapter_emit_data(self, data: bytes) -> None:
        if self._gathered is None:
            super()._adapter_emit_data(data)
        else:
            self._gathered.append(data)

    @contextmanager
    def gathering(self) -> Iterator[None]:
        """Within it, what is written is kept; at its end it leaves at once."""
        self._gathered = []
        try:
            yield
        finally:
            data, self._gathered = b"".join(self._gathered), None
            if data:
                super()._adapter_emit_data(data)


class RpcClient:
    """Carries calls over one connection that is kept up until `stop()`. Safe to share between threads."""

    def __init__(
        self, uri: str, *, instance: str, timeout: float = 10.0, metrics: Metrics | None = None
    ) -> None:
        self.metrics = metrics or Metrics()
        self.heard = Heard()
        self._parameters = connection_parameters(uri, f"gateway {instance}")
        self._instance = instance
        self._timeout = timeout
        self._numbers = count(1)
        self._generations = count(1)
        self._pending: dict[str, Pending] = {}
        self._outgoing: deque[tuple[str, Pending]] = deque()
        self._woken = False
        self._connection: _GatheringConnection | None = None
        self._channel: Channel | None = None  # set only while everything is open
        self._caller = ""
        self._blocked = False
        self._was_up = False
        self._settled_at = 0.0  # of the monotonic clock
        self._stopping = threading.Event()
        self._up = threading.Event()
        self._thread = threading.Thread(target=self._run, name="rpc", daemon=True)

    @property
    def ready(self) -> bool:
        """Whether the reply queue is open and the broker takes messages."""
        return self._channel is not None and not self._blocked

    @property
    def settling(self) -> bool:
        """Whether the broker came back so lately that a queue it does not know may still turn up."""
        return time.monotonic() < self._settled_at

    def start(self) -> RpcClient:
        """Begin to connect; calls made before it is up wait within their deadline."""
        self._thread.start()
        return self

    def wait_ready(self, timeout: float) -> bool:
        """Wait until the connection is up, at most `timeout` seconds."""
        return self._up.wait(timeout)

    def stop(self) -> None:
        """Close the connection; calls that still wait are told."""
        if self._stopping.is_set():
            return
        self._stopping.set()
        connection = self._connection
        if connection is not None:
            connection.ioloop.add_callback_threadsafe(lambda: self._hang_up(connection))
        if self._thread.is_alive():
            self._thread.join(10.0)
        self._tell_all(_STOPPED)

    def ask(
        self,
        service: str,
        method: str,
        data: Mapping[str, Any],
        context: Context,
        timeout: float | None = None,
    ) -> Pending:
        """Send a call; `context.message_id` is its idempotency key. `timeout` is in seconds."""
        now = time.monotonic()
        pending = Pending(
            self, service, method, wire.encode(data), context, now + (self._timeout if timeout is None else timeout),
            started=now,
        )  # fmt: skip
        if self._stopping.is_set():
            raise no_connection()
        self.send(pending)
        return pending

    def call(
        self,
        service: str,
        method: str,
        data: Mapping[str, Any],
        context: Context,
        timeout: float | None = None,
    ) -> dict[str, Any]:
        """Send a call and wait for the reply. Raises the service's Problem, or Unavailable."""
        return self.ask(service, method, data, context, timeout).result()

    # In the callers' threads

    def send(self, pending: Pending) -> None:
        """Put a call in the list of what is to be written and wake the connection's thread."""
        correlation = str(next(self._numbers))
        pending.correlations.append(correlation)
        self._pending[correlation] = pending
        self._outgoing.append((correlation, pending))
        if self._stopping.is_set():
            pending.box.put(_STOPPED)
        if not self._woken:
            self._woken = True
            connection = self._connection
            if connection is not None:
                connection.ioloop.add_callback_threadsafe(self._write)

    def forget(self, pending: Pending) -> None:
        """Nobody waits for this call any more."""
        for correlation in pending.correlations:
            self._pending.pop(correlation, None)

    # In the connection's thread

    def _run(self) -> None:
        pause = _FIRST_PAUSE
        while not self._stopping.is_set():
            was_up = self._one_connection()
            if self._stopping.is_set():
                break
            self.metrics.losses.inc()
            pause = _FIRST_PAUSE if was_up else min(pause * 2, _LONGEST_PAUSE)
            self._stopping.wait(pause * random.uniform(0.5, 1.0))  # noqa: S311 - so that replicas do not come in step

    def _one_connection(self) -> bool:
        """Connect and serve until the connection ends; gives whether it was ever up."""
        self._caller = f"gateway.{self._instance}-{next(self._generations)}"
        connection = _GatheringConnection(
            self._parameters,
            on_open_callback=self._opened,
            on_open_error_callback=self._ended,
            on_close_callback=self._ended,
        )
        self._connection = connection
        try:
            connection.ioloop.start()
        except Exception as error:  # noqa: BLE001 - whatever it was, the gateway must not stay cut off
            log.error("rpc.broken", detail=place_of(error))
        was_up = self._up.is_set()
        self._down()
        connection.ioloop.close()  # or each try to connect would leave three file descriptors open
        return was_up

    def _opened(self, connection: SelectConnection) -> None:
        connection.add_on_connection_blocked_callback(lambda *_: self._set_blocked(True))
        connection.add_on_connection_unblocked_callback(lambda *_: self._set_blocked(False))
        if self._stopping.is_set():
            self._hang_up(connection)
            return
        connection.channel(on_open_callback=self._channel_opened)

    def _channel_opened(self, channel: Channel) -> None:
        # A queue of this very connection: that of a connection which broke may not be gone yet.
        queue = f"replies.{self._caller}"
        channel.add_on_return_callback(self._returned)
        channel.add_on_close_callback(self._channel_closed)

        def bound(_: object) -> None:
            channel.basic_consume(
                queue, self._replied, auto_ack=True, exclusive=True, callback=lambda _: self._ready(channel)
            )

        def declared(_: object) -> None:
            channel.queue_bind(queue, wire.REPLIES_EXCHANGE, wire.reply_binding(self._caller), callback=bound)

        channel.queue_declare(queue, exclusive=True, auto_delete=True, callback=declared)

    def _ready(self, channel: Channel) -> None:
        if self._was_up:
            self._settled_at = time.monotonic() + _SETTLING
        self._was_up = True
        self._channel = channel
        self._up.set()
        self.metrics.connected.set(1)
        log.info("rpc.up", instance=self._instance)
        self._write()

    def _set_blocked(self, blocked: bool) -> None:
        self._blocked = blocked
        log.warning("rpc.blocked" if blocked else "rpc.unblocked")

    def _channel_closed(self, channel: Channel, reason: Exception) -> None:
        self._channel = None
        if channel.connection.is_open:
            log.warning("rpc.channel_closed", reason=str(reason))
            channel.connection.close()

    def _ended(self, connection: SelectConnection, reason: BaseException | str) -> None:
        if not self._stopping.is_set():
            log.warning("rpc.lost", reason=type(reason).__name__)
        connection.ioloop.stop()

    def _hang_up(self, connection: SelectConnection) -> None:
        if connection.is_open:
            connection.close()
        elif not connection.is_closing:
            connection.ioloop.stop()

    def _down(self) -> None:
        self._channel = None
        self._connection = None
        self._woken = False
        self._blocked = False
        self._up.clear()
        self.metrics.connected.set(0)
        waiting = {correlation for correlation, _ in self._outgoing}
        self._tell_all(_STOPPED if self._stopping.is_set() else _LOST, without=waiting)

    def _tell_all(self, outcome: str, without: set[str] = frozenset()) -> None:  # type: ignore[assignment]
        for correlation, pending in list(self._pending.items()):
            if correlation not in without and self._pending.pop(correlation, None) is not None:
                pending.box.put(outcome)

    def _write(self) -> None:
        self._woken = False
        channel, connection = self._channel, self._connection
        if channel is None or connection is None or not self._outgoing:
            return
        with connection.gathering():
            while self._outgoing and channel.is_open:
                self._publish(channel, *self._outgoing.popleft())
        self.metrics.waiting.set(len(self._pending))

    def _publish(self, channel: Channel, correlation: str, pending: Pending) -> None:
        left = pending.deadline - time.monotonic()
        if left <= 0 or correlation not in self._pending:
            return
        channel.basic_publish(
            wire.RPC_EXCHANGE,
            wire.rpc_key(pending.service, pending.method),
            pending.body,
            self._properties(correlation, pending, left),
            mandatory=True,
        )

    def _properties(self, correlation: str, pending: Pending, left: float) -> pika.BasicProperties:
        return pika.BasicProperties(
            content_type=wire.CONTENT_TYPE,
            headers=pending.context.to_headers(),
            delivery_mode=wire.TRANSIENT,
            correlation_id=correlation,
            reply_to=wire.reply_key(self._caller, pending.service),
            expiration=str(max(1, round(left * 1000))),
            message_id=pending.context.message_id,
            type=wire.rpc_key(pending.service, pending.method),
        )

    def _replied(
        self, channel: Channel, method: object, properties: pika.BasicProperties, body: bytes
    ) -> None:
        pending = self._pending.pop(properties.correlation_id or "", None)
        if pending is None:
            self.metrics.late.inc()
        else:
            pending.box.put(body)

    def _returned(
        self, channel: Channel, method: object, properties: pika.BasicProperties, body: bytes
    ) -> None:
        pending = self._pending.pop(properties.correlation_id or "", None)
        if pending is not None:
            pending.box.put(_UNROUTABLE)
