"""What every service tells an operator of itself: how it stands, what it has parked, and what becomes of that."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from shared.contracts.base import Strict, count, identifier, one_of, optional_text, text
from shared.contracts.operations.operation import Done, Operation
from shared.contracts.operations.roles import OPERATOR

QUEUE_KINDS = ("work", "retry", "parking", "calls")
EXAMPLE_QUEUE = "intake.review.application.stopped"
OF_PARKED = {
    "queue": EXAMPLE_QUEUE,
    "message_id": "0199a1b2c3d47e5f8a9b0c1d2e3f4a5b",
    "reason": "缺的文件已补上",
}


class Nothing(Strict):
    """Nothing has to be said."""


class NotReadyPart(Strict):
    """A part that keeps a process from being ready, why, and since how many seconds that has been seen."""

    part = text()
    reason = text(longest=500)
    seconds = count()


class QueueDepth(Strict):
    """A queue of a service: messages that wait in it, and how many consume it. Those in hand are not counted."""

    queue = text()
    kind = one_of(*QUEUE_KINDS)
    messages = count()
    consumers = count()


class ParkedMessage(Strict):
    """A message that waits for a person, without its body and without who acted. `queue`: where it came from and goes back to;
    `kind`: the event's name; `detail`: class and place of the error, or the refused fields, never a value; `size` in bytes.
    """

    queue = text()
    message_id = identifier()
    kind = text(shortest=0)
    reason = text()
    detail = text(shortest=0, longest=500)
    parked_at = optional_text()
    published_at = optional_text()
    attempts = count()
    size = count()


class ReplicaState(Strict):
    """One process of a service, `instance` among its replicas: whether it is ready and since how many seconds that is so, how
    long it runs, what keeps it from being ready.
    """

    service = text()
    instance = text()
    ready = fields.Boolean(required=True)
    seconds = count()
    up_seconds = count()
    not_ready = fields.List(fields.Nested(NotReadyPart), required=True)


class HealthState(ReplicaState):
    """One process of a service, whichever of its replicas answered; the service's queues; what it has parked, oldest first in
    each queue (`cut`: there is more than is listed); events that were not sent yet, and how old the oldest is; its clock.
    """

    queues = fields.List(fields.Nested(QueueDepth), required=True)
    parked = fields.List(fields.Nested(ParkedMessage), required=True)
    cut = fields.Boolean(required=True)
    unsent = count()
    unsent_seconds = count()
    now = text(longest=40)


class ParkedOf(Strict):
    """Which parked message, by the queue that it came from, and why something is done with it."""

    queue = fields.String(required=True, validate=validate.Regexp(r"^[a-z][a-z0-9_.]{0,190}\Z"))
    message_id = identifier()
    reason = text(longest=500)


def operating_operations(service: str) -> tuple[Operation, ...]:
    """What every service answers to an operator."""

    def act(method: str, zh: str, en: str) -> Operation:
        request: type[Schema] = ParkedOf
        return Operation(service, method, "command", request, Done, (OPERATOR,), zh, en, OF_PARKED)

    return (
        Operation(service, "health", "query", Nothing, HealthState, (OPERATOR,),
                  "进程、队列与停放的消息", "How it stands: process, queues, what is parked", {}),
        Operation(service, "replica", "query", Nothing, ReplicaState, (OPERATOR,),
                  "一个副本的状态", "How one of its replicas stands", {}),
        act("replay_parked", "重放停放的消息", "Put a parked message back"),
        act("discard_parked", "丢弃停放的消息", "Throw a parked message away"),
    )  # fmt: skip
