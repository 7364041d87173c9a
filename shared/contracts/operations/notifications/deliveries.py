"""Messages that could not be sent 未送达, for whoever keeps the system running."""

from __future__ import annotations

from marshmallow import fields

from shared.contracts.base import Strict, count, identifier, one_of, optional_text, text
from shared.contracts.operations.operation import APPLICATION, Done, Operation
from shared.contracts.operations.pages import page, size
from shared.contracts.operations.roles import OPERATOR

CHANNELS = ("mail", "sms")
STATES = ("failed", "uncertain")  # given up; nobody knows whether it was taken


class ListFailed(Strict):
    """A page of what was given up, or of which nobody knows whether it was taken, the newest first."""

    channel = one_of(*CHANNELS, required=False)
    state = one_of(*STATES, required=False)
    page = page()
    size = size()


class FailedDelivery(Strict):
    """Such a delivery: to whom by subject, by which way, how often tried, and why. No address, no text.

    A mail's Message-ID begins with `delivery_id`, by which the mail server's log tells whether it was taken.
    """

    delivery_id = identifier()
    state = one_of(*STATES)
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


class ArrivedDelivery(OfDelivery):
    """One of which nobody knew is found to have been taken; `reason` says how that was found out."""

    reason = text(longest=500)


OPERATIONS: tuple[Operation, ...] = (
    Operation("notifications", "failed", "query", ListFailed, FailedDeliveries, (OPERATOR,), "未送达的消息",
              "Messages that were given up", {"channel": "mail"}),
    Operation("notifications", "again", "command", OfDelivery, Done, (OPERATOR,), "重新发送", "Send it again",
              {"delivery_id": APPLICATION}),
    Operation("notifications", "arrived", "command", ArrivedDelivery, Done, (OPERATOR,), "确认已送达",
              "Say that it was taken", {"delivery_id": APPLICATION, "reason": "邮件服务器日志中有该 Message-ID"}),
)  # fmt: skip
