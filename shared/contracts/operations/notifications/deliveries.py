"""Messages that could not be sent 未送达, for whoever keeps the system running."""

from __future__ import annotations

from marshmallow import fields

from shared.contracts.base import Strict, count, identifier, one_of, optional_text, text
from shared.contracts.operations.intake.lists import page, size
from shared.contracts.operations.operation import APPLICATION, Done, Operation
from shared.contracts.operations.roles import OPERATOR

CHANNELS = ("mail", "sms")


class ListFailed(Strict):
    """A page of what was given up, the newest first."""

    channel = one_of(*CHANNELS, required=False)
    page = page()
    size = size()


class FailedDelivery(Strict):
    """A delivery that was given up: to whom by subject, by which way, how often tried, and why. No address, no text."""

    delivery_id = identifier()
    channel = one_of(*CHANNELS)
    recipient = text()
    template = text(longest=60)
    attempts = count()
    failure = optional_text(200)
    at = text()


class FailedDeliveries(Strict):
    """A page of them."""

    deliveries = fields.List(fields.Nested(FailedDelivery), required=True)
    page = count(least=1)
    size = count(least=1)
    total = count()


class OfDelivery(Strict):
    """Names a delivery."""

    delivery_id = identifier()


OPERATIONS: tuple[Operation, ...] = (
    Operation("notifications", "failed", "query", ListFailed, FailedDeliveries, (OPERATOR,), "未送达的消息",
              "Messages that were given up", {"channel": "mail"}),
    Operation("notifications", "again", "command", OfDelivery, Done, (OPERATOR,), "重新发送", "Send it again",
              {"delivery_id": APPLICATION}),
)  # fmt: skip
