"""The wire format: names of exchanges, queues, headers, and the bodies of calls. Standard library and contracts only.

Events are CloudEvents 1.0 in binary mode: attributes as AMQP headers with the prefix `cloudEvents_` (the AMQP protocol
binding's own choice where a colon is unwelcome), the data alone in the body. The trace context travels as the W3C names
`traceparent` and `tracestate`. A version of an event is the extension attribute `dataversion`.

Calls go to the topic exchange `rpc` with the key `<service>.<method>`, replies to the topic exchange `replies` with the
key that the caller named in `reply_to`. A caller that uses `reply_key(caller, service)` and binds its queue with
`reply_binding(caller)` lets topic permissions refuse a reply that another service forges.
"""

from __future__ import annotations

import hashlib
import json
import random
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from shared.problems import (
    Conflict,
    Forbidden,
    Invalid,
    NotFound,
    Problem,
    Transient,
    Unauthenticated,
    Unavailable,
)

RPC_EXCHANGE = "rpc"
REPLIES_EXCHANGE = "replies"
CONTENT_TYPE = "application/json"
PERSISTENT = 2
TRANSIENT = 1

ATTEMPT = "x-attempt"  # how many tries came before this delivery; absent means none
PARKED_REASON = (
    "x-parked-reason"  # stable code: undecodable, unknown_contract, invalid, attempts_exhausted, …
)
PARKED_DETAIL = "x-parked-detail"  # class and place of the error or the refused fields; never a value
PARKED_AT = "x-parked-at"  # RFC 3339
PARKED_QUEUE = "x-parked-queue"  # the work queue that it goes back to on replay
PARKED_ATTEMPTS = "x-parked-attempts"
PARKING_HEADERS = (PARKED_REASON, PARKED_DETAIL, PARKED_AT, PARKED_QUEUE, PARKED_ATTEMPTS)

_KINDS = (
    Invalid,
    Unauthenticated,
    Forbidden,
    NotFound,
    Conflict,
    Transient,
    Unavailable,
    Problem,
)  # nearest first
_TRACEPARENT = re.compile(r"00-(?P<trace>[0-9a-f]{32})-[0-9a-f]{16}-(?P<flags>[0-9a-f]{2})")

_CE = "cloudEvents_"
CE_SPECVERSION = _CE + "specversion"
CE_ID = _CE + "id"
CE_TYPE = _CE + "type"
CE_SOURCE = _CE + "source"
CE_SUBJECT = _CE + "subject"
CE_TIME = _CE + "time"
CE_VERSION = _CE + "dataversion"
# What survives a retry or a parking besides the context; everything else that a broker or a client added is dropped.
EVENT_HEADERS = (CE_SPECVERSION, CE_ID, CE_TYPE, CE_SOURCE, CE_SUBJECT, CE_TIME, CE_VERSION)
CONTEXT_HEADERS = (
    "correlationid", "causationid", "actor", "actorrole", "onbehalfof", "delegatedby", "reason", "traceparent", "tracestate",
    "rehearsaldate",
)  # fmt: skip


def events_exchange(service: str) -> str:
    """The topic exchange of all events that a service publishes."""
    return f"{service}.events"


def work_queue(consumer: str, publisher: str, event: str) -> str:
    """The quorum queue of one handler."""
    return f"{consumer}.{publisher}.{event}"


def parking_queue(queue: str) -> str:
    """Where the deliveries of a work queue wait for a person."""
    return f"{queue}.parking"


def parked_exchange(consumer: str) -> str:
    """The dead-letter exchange of a service's work queues; its routing keys are the names of the work queues."""
    return f"{consumer}.parking"


def tier_name(seconds: float) -> str:
    """`5s` for five seconds, `200ms` for a fifth of one."""
    whole = round(seconds * 1000)
    return f"{whole // 1000}s" if whole % 1000 == 0 else f"{whole}ms"


def retry_name(consumer: str, seconds: float) -> str:
    """The name of a retry tier: of its fanout exchange and of its queue."""
    return f"{consumer}.retry.{tier_name(seconds)}"


def rpc_queue(service: str) -> str:
    """The queue of the calls to a service."""
    return f"{service}.rpc"


def rpc_key(service: str, method: str) -> str:
    """The routing key, and the `type`, of a call."""
    return f"{service}.{method}"


def reply_key(caller: str, service: str) -> str:
    """What a caller puts into `reply_to` of a call to `service`; `caller` names one process: `gateway.<instance>`."""
    return f"{caller}.{service}"


def reply_binding(caller: str) -> str:
    """The key with which a caller binds its exclusive queue to the exchange `replies`."""
    return f"{caller}.*"


def encode(value: Any) -> bytes:
    """Plain JSON values as UTF-8. Raises TypeError for anything else (a Decimal, a date)."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode()


def decode(body: bytes | str) -> Any:
    """The JSON value of a body. Raises ValueError."""
    return json.loads(body)


def request_digest(operation: str, actor: str, data: Any) -> str:
    """SHA-256 over what a call asks and who asks it: the same key with another digest is another request."""
    canonical = json.dumps(
        [operation, actor, data], ensure_ascii=False, separators=(",", ":"), sort_keys=True
    )
    return hashlib.sha256(canonical.encode()).hexdigest()


@dataclass(frozen=True)
class EventAttributes:
    """The CloudEvents attributes of one event; `time` is RFC 3339."""

    id: str
    type: str
    version: int
    source: str
    subject: str
    time: str

    def to_headers(self) -> dict[str, Any]:
        return {
            CE_SPECVERSION: "1.0",
            CE_ID: self.id,
            CE_TYPE: self.type,
            CE_SOURCE: self.source,
            CE_SUBJECT: self.subject,
            CE_TIME: self.time,
            CE_VERSION: self.version,
        }

    @classmethod
    def from_headers(cls, headers: Mapping[str, Any]) -> EventAttributes:
        """Raises ValueError for a missing id, type or version."""
        found = {name: headers.get(name) for name in (CE_ID, CE_TYPE, CE_VERSION)}
        missing = [name for name, value in found.items() if value in (None, "")]
        if missing:
            raise ValueError(f"missing attributes: {', '.join(missing)}")
        return cls(
            id=str(found[CE_ID]),
            type=str(found[CE_TYPE]),
            version=int(str(found[CE_VERSION])),
            source=str(headers.get(CE_SOURCE, "")),
            subject=str(headers.get(CE_SUBJECT, "")),
            time=str(headers.get(CE_TIME, "")),
        )


def next_traceparent(traceparent: str) -> str:
    """The W3C traceparent of a new span: in the same trace if there is one, else in a new trace (sampled)."""
    found = _TRACEPARENT.fullmatch(traceparent)
    span = f"{random.getrandbits(64) or 1:016x}"
    if found is None or found["trace"] == "0" * 32:
        return f"00-{random.getrandbits(128) or 1:032x}-{span}-01"
    return f"00-{found['trace']}-{span}-{found['flags']}"


def passing_headers(headers: Mapping[str, Any]) -> dict[str, Any]:
    """The headers of an event that may travel on: its attributes and its context."""
    return {name: headers[name] for name in (*EVENT_HEADERS, *CONTEXT_HEADERS) if name in headers}


def answer(reply: Mapping[str, Any]) -> dict[str, Any]:
    """The body of a reply to a call that went well."""
    return {"ok": reply}


def refusal(problem: Problem) -> dict[str, Any]:
    """The body of a reply to a call that was refused. A service's own subclass travels as the kind it belongs to."""
    kind = next(cls.__name__ for cls in _KINDS if isinstance(problem, cls))
    return {"problem": {**problem.as_dict(), "kind": kind}}


def read_reply(body: bytes) -> dict[str, Any]:
    """The answer in a reply's body. Raises the Problem in it, or ValueError for anything else."""
    reply = decode(body)
    if isinstance(reply, dict) and isinstance(reply.get("problem"), dict):
        raise Problem.from_dict(reply["problem"])
    if isinstance(reply, dict) and isinstance(reply.get("ok"), dict):
        found: dict[str, Any] = reply["ok"]
        return found
    raise ValueError("neither an answer nor a problem")
