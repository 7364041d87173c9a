"""Answering calls: questions, and commands with an idempotency key.

Calls are taken from one queue by up to `rpc_workers` nameko workers at a time. A worker is started when a call waits and
lives until no call waits, so that a busy service pays nameko's worker life once per run of calls, not once per call;
dependencies are injected and torn down as ever. The reply is neither persistent nor confirmed: a caller that gets none
asks again with the same key. The call is acknowledged after its reply, so a call whose process dies is answered by
another one, for as long as its caller waits.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import structlog
from amqp.basic_message import Message
from amqp.channel import Channel
from marshmallow import Schema

from shared.bus import wire
from shared.bus.batch import FAILURES, in_new_span, place_of
from shared.bus.crash import crash_point
from shared.bus.green import Event, eventlet
from shared.bus.link import LOST, BusConnection, publish
from shared.bus.metrics import METRICS
from shared.bus.runtime import Runtime
from shared.contracts import Context, Operation, dump, load
from shared.problems import Conflict, Invalid, NotFound, Problem, Unavailable
from shared.store import StoreBusy, unreachable, worth_retrying

log = structlog.get_logger(__name__)

_LONGEST_KEY = 200  # characters, the width of the answers' key
_KEY_REUSED = "key_reused"
_HASTE = 3  # runs of a command that met somebody's lock


class DeadlinePassedError(Exception):
    """The caller has stopped waiting."""


@dataclass
class Answerer:
    """One call that this service answers; schemas are made once."""

    operation: Operation
    handler: str
    outside: bool = False  # a command without an open transaction
    request: Schema = field(init=False)
    reply: Schema = field(init=False)

    def __post_init__(self) -> None:
        self.request = self.operation.request()
        self.reply = self.operation.reply()


@dataclass(slots=True, eq=False)
class Call:
    """One call as it came; `deadline` is of time.monotonic()."""

    channel: Channel
    tag: int
    body: bytes
    properties: Mapping[str, Any]
    arrived: float
    deadline: float

    @property
    def method(self) -> str:
        return str(self.properties.get("type") or "")

    @property
    def key(self) -> str:
        return str(self.properties.get("message_id") or "")

    @property
    def headers(self) -> Mapping[str, Any]:
        found: Mapping[str, Any] = self.properties.get("application_headers") or {}
        return found


class RpcServer:
    """Answers the calls of one service."""

    def __init__(
        self, runtime: Runtime, answerers: list[Answerer], spawn: Callable[[Callable[[Any], None]], None]
    ) -> None:
        self._runtime = runtime
        self._answerers = {answerer.operation.name: answerer for answerer in answerers}
        self._spawn = spawn  # start a job in a nameko worker and do not wait
        self._most = runtime.settings.rpc_workers
        self._limit = runtime.settings.rpc_timeout
        self._queue = wire.rpc_queue(runtime.name)
        self._calls: deque[Call] = deque()
        self._working = 0
        self._coming = False
        self._channel: Channel | None = None
        self._tag = ""
        self._stopped = False
        self._idle = Event()

    # --- the link's side -----------------------------------------------------------------------------------------

    def up(self, connection: BusConnection) -> None:
        if self._stopped:
            return
        channel = connection.raw_channel()
        channel.basic_qos(0, self._most * 4, False)
        self._channel = channel
        self._tag = channel.basic_consume(
            self._queue, callback=lambda message: self._arrived(channel, message)
        )

    def down(self, reason: str) -> None:
        self._channel = None
        self._calls.clear()

    def _arrived(self, channel: Channel, message: Message) -> None:
        if self._stopped:
            return  # goes back to the broker when the channel closes
        now = time.monotonic()
        body = message.body
        self._calls.append(
            Call(
                channel=channel,
                tag=message.delivery_info["delivery_tag"],
                body=body.encode() if isinstance(body, str) else bytes(body),
                properties=message.properties,
                arrived=now,
                deadline=now + self._patience(message.properties.get("expiration")),
            )
        )
        self._call_worker()

    def _call_worker(self) -> None:
        """Have one more worker come, unless one is on its way: each that starts calls the next while calls wait."""
        if self._calls and not self._coming and self._working < self._most:
            self._coming = True
            self._working += 1
            self._spawn(self._run)

    def _patience(self, expiration: object) -> float:
        """How long the caller waits from now, in seconds: what the call says, at most our own limit."""
        try:
            return min(int(str(expiration)) / 1000, self._limit)
        except ValueError:
            return self._limit

    def stop(self) -> None:
        """Take no more calls; answer those that have arrived; wait until all are answered."""
        already, self._stopped = self._stopped, True
        channel = self._channel
        if channel is not None and not already:
            with suppress(*LOST):
                channel.basic_cancel(self._tag, nowait=True)
        if self._working:
            self._idle.wait()

    # --- in the worker -------------------------------------------------------------------------------------------

    def _run(self, service: Any) -> None:
        gauge = METRICS.in_flight.labels(self._queue)
        gauge.inc()
        self._coming = False
        try:
            while self._calls:
                call = self._calls.popleft()
                self._call_worker()
                self._serve(service, call)
        finally:
            gauge.dec()
            self._working -= 1
            if self._stopped and not self._working and not self._idle.ready():
                self._idle.send()

    def _serve(self, service: Any, call: Call) -> None:
        if self._channel is not call.channel:
            return  # the broker has it back
        remaining = call.deadline - time.monotonic()
        if remaining <= 0:
            METRICS.rpc_expired.inc()
        else:
            body, outcome = self._answer(service, call, remaining)
            crash_point("after_answer")
            self._reply(call, body)
            METRICS.rpc.labels(call.method if outcome != "unknown" else "", outcome).observe(
                time.monotonic() - call.arrived
            )
            crash_point("after_reply")
        self._acknowledge(call)

    def _answer(self, service: Any, call: Call, seconds: float) -> tuple[dict[str, Any], str]:
        """The reply's body, and for the metrics how it went."""
        try:
            with eventlet.Timeout(seconds, DeadlinePassedError()):
                return self._dispatch(service, call), "ok"
        except Problem as problem:
            return wire.refusal(problem), "unknown" if problem.code == "unknown_operation" else problem.code
        except DeadlinePassedError:
            METRICS.rpc_expired.inc()
            return wire.refusal(_too_late()), "deadline"
        except FAILURES as error:
            away = unreachable(error) or isinstance(error, StoreBusy) or worth_retrying(error)
            log.error(
                "call.failed", method=call.method, message_id=call.key, detail=place_of(error),
                correlation_id=str(call.headers.get("correlationid", "")),
            )  # fmt: skip
            return wire.refusal(_unavailable() if away else _fault()), "unavailable" if away else "fault"

    def _dispatch(self, service: Any, call: Call) -> dict[str, Any]:
        answerer = self._answerers.get(call.method)
        if answerer is None:
            raise NotFound(f"没有操作 {call.method}", f"no operation {call.method}", code="unknown_operation")
        try:
            context = Context.from_headers(call.key, call.headers)
            payload = wire.decode(call.body)
        except (ValueError, RecursionError) as error:
            raise Invalid("请求无法读取", "the request cannot be read", code="undecodable") from error
        data = load(answerer.request, payload)
        handler = getattr(service, answerer.handler)
        if answerer.operation.kind == "query":
            with self._runtime.store.read(context) as work:
                return wire.answer(dump(answerer.reply, handler(work, data)))
        if not 0 < len(call.key) <= _LONGEST_KEY:
            raise Invalid(
                "命令缺少幂等键", "a command needs an idempotency key as its message id", code="no_key"
            )
        plain = wire.request_digest(call.method, context.actor, payload)
        context = in_new_span(context)
        digest = self._runtime.store.keyed("answers.request_digest", plain)
        if answerer.outside:
            return self._outside(answerer, handler, context, data, digest)
        return self._command(answerer, handler, context, data, digest)

    def _command(
        self,
        answerer: Answerer,
        handler: Callable[..., Any],
        context: Context,
        data: Mapping[str, Any],
        digest: str,
    ) -> dict[str, Any]:
        """Run a command once; a repeated key gives what was answered the first time, a refusal too."""
        for left in reversed(range(_HASTE)):
            try:
                return self._once(answerer, handler, context, data, digest)
            except Unavailable:
                raise
            except Problem as problem:
                return self._remember_refusal(answerer, context, digest, problem)
            except FAILURES as error:
                if not left or not worth_retrying(error) or isinstance(error, StoreBusy):
                    raise
                eventlet.sleep(0.01)
        raise AssertionError("the last turn returns or raises")

    def _once(
        self,
        answerer: Answerer,
        handler: Callable[..., Any],
        context: Context,
        data: Mapping[str, Any],
        digest: str,
    ) -> dict[str, Any]:
        name = answerer.operation.name
        with self._runtime.store.transaction() as tx:
            known = tx.answer(context.message_id)
            if known is not None:
                return _known(answerer, known, digest)
            body = wire.answer(dump(answerer.reply, handler(tx.work(context), data)))
            tx.remember(context.message_id, name, digest, body)
            crash_point("before_answer")
        return body

    def _outside(
        self,
        answerer: Answerer,
        handler: Callable[..., Any],
        context: Context,
        data: Mapping[str, Any],
        digest: str,
    ) -> dict[str, Any]:
        """A command that opens its own transactions: what it answered is remembered after it, as is a refusal."""
        with self._runtime.store.transaction() as tx:
            known = tx.answer(context.message_id)
        if known is not None:
            return _known(answerer, known, digest)
        try:
            body = wire.answer(dump(answerer.reply, handler(context, data)))
        except Unavailable:
            raise
        except Problem as problem:
            return self._remember_refusal(answerer, context, digest, problem)
        return self._remember(answerer, context, digest, body)

    def _remember_refusal(
        self, answerer: Answerer, context: Context, digest: str, problem: Problem
    ) -> dict[str, Any]:
        """A refusal is an answer too: asked again with the same key, the same is said, whatever changed meanwhile."""
        body = wire.refusal(problem)
        if problem.code == _KEY_REUSED:
            return body  # the key's own answer stays
        return self._remember(answerer, context, digest, body)

    def _remember(
        self, answerer: Answerer, context: Context, digest: str, body: dict[str, Any]
    ) -> dict[str, Any]:
        """Keep an answer after its work is done; the one that counts: of two at once the first."""
        with self._runtime.store.transaction() as tx:
            known = tx.answer(context.message_id)
            if known is not None:
                return _known(answerer, known, digest)
            tx.remember(context.message_id, answerer.operation.name, digest, body)
        return body

    # --- back to the caller --------------------------------------------------------------------------------------

    def _reply(self, call: Call, body: dict[str, Any]) -> None:
        reply_to = call.properties.get("reply_to")
        if not reply_to or self._channel is not call.channel:
            return
        message = Message(
            wire.encode(body),
            content_type=wire.CONTENT_TYPE,
            content_encoding="utf-8",
            correlation_id=str(call.properties.get("correlation_id") or ""),
            delivery_mode=wire.TRANSIENT,
            type=call.method,
        )
        with suppress(*LOST):  # then the caller gets no answer and asks again with the same key
            publish(call.channel, wire.REPLIES_EXCHANGE, str(reply_to), message, mandatory=False)

    def _acknowledge(self, call: Call) -> None:
        channel = self._channel
        if channel is not None and channel is call.channel:
            with suppress(*LOST):  # then the broker has it back, and a command is answered from the store
                channel.basic_ack(call.tag)


def _known(answerer: Answerer, known: Any, digest: str) -> dict[str, Any]:
    if known.operation != answerer.operation.name or known.request_digest != digest:
        raise Conflict(
            "该幂等键已用于另一请求", "this idempotency key was used for another request", code=_KEY_REUSED
        )
    METRICS.rpc_repeated.labels(answerer.operation.name).inc()
    found: dict[str, Any] = known.reply
    return found


def _too_late() -> Unavailable:
    return Unavailable(
        "未能在时限内完成，请用同一幂等键再试",
        "not done in time; ask again with the same key",
        code="deadline",
    )


def _unavailable() -> Unavailable:
    return Unavailable(
        "数据库暂时不可用，请稍后再试", "the database does not answer at the moment; ask again later"
    )


def _fault() -> Unavailable:
    return Unavailable("系统内部错误，已记录", "a fault of the system; it has been recorded", code="fault")
