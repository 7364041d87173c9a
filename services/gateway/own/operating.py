"""What an operator sees of all services, and what becomes of parked messages."""

from __future__ import annotations

from marshmallow import fields

from shared.contracts.base import Strict, count, one_of, optional_text, text
from shared.contracts.operations import OPERATOR, Done, Operation
from shared.contracts.operations.operating import OF_PARKED, HealthState, Nothing, ParkedOf, ReplicaState


class ServiceSeen(Strict):
    """A service: what it told of itself; or that it did not answer, or only that it cannot (`not_ready`, no `health`), and why.
    Since how many seconds this gateway knows that, and how long ago it last answered (null: never since this gateway began).
    `replicas`: those of its processes that answered, by name; `expected`: how many take its calls, by the broker's word.
    """

    service = text()
    state = one_of("ready", "not_ready", "silent")
    health = fields.Nested(HealthState, load_default=None, allow_none=True)
    replicas = fields.List(fields.Nested(ReplicaState), load_default=list)
    expected = count(required=False)
    reason_zh = optional_text(500)
    reason_en = optional_text(500)
    silent_seconds = count(required=False)
    answered_seconds = count(required=False)


class GatewayFault(Strict):
    """A part of the gateway that is not right, and why."""

    part = text()
    reason = text(longest=500)


class ServicesSeen(Strict):
    """All services, those that are down first, and the gateway that was asked. `now`: its clock, with the offset of its zone;
    where `clock_moved`, a demo's or a test's, `machine_now` is the machine's.
    """

    now = text(longest=40)
    zone = text(longest=40)
    clock_moved = fields.Boolean(required=True)
    machine_now = text(longest=40)
    up_seconds = count()
    gateway = fields.List(fields.Nested(GatewayFault), required=True)
    services = fields.List(fields.Nested(ServiceSeen), required=True)


OPERATIONS: tuple[Operation, ...] = (
    Operation("gateway", "services", "query", Nothing, ServicesSeen, (OPERATOR,), "各服务的状态、队列与停放的消息",
              "How all services stand, their queues, and what is parked", {}),
    Operation("gateway", "replay_parked", "command", ParkedOf, Done, (OPERATOR,), "重放停放的消息",
              "Put a parked message back", OF_PARKED),
    Operation("gateway", "discard_parked", "command", ParkedOf, Done, (OPERATOR,), "丢弃停放的消息",
              "Throw a parked message away", OF_PARKED),
)  # fmt: skip
