"""One's own messages 站内消息."""

from __future__ import annotations

from marshmallow import fields, validate

from shared.contracts.base import Strict, count, identifier, one_of, optional_text, text
from shared.contracts.operations.operation import APPLICATION, CYCLE, Done, Operation
from shared.contracts.operations.pages import page, size
from shared.contracts.operations.roles import AGENCY, REHEARSER, ROLES

PEOPLE = tuple(role for role in ROLES if role not in {AGENCY, REHEARSER})
_MOST_READ = 100


class ListMine(Strict):
    """A page of one's own messages, the newest first; `unread=yes`: only those that were not read."""

    unread = one_of("yes", "no", required=False)
    page = page()
    size = size()


class Message(Strict):
    """A message in both languages. `at` and `read_at` are RFC 3339; the cycle and the application are those that it is about."""

    message_id = identifier()
    at = text()
    subject_zh = text()
    subject_en = text()
    text_zh = text(longest=4000)
    text_en = text(longest=4000)
    cycle_id = optional_text(64)
    application_id = optional_text(64)
    read_at = optional_text()


class MessageList(Strict):
    """A page of messages; `unread` counts all of one's own that were not read."""

    messages = fields.List(fields.Nested(Message), required=True)
    page = count(least=1)
    size = count(least=1)
    total = count()
    unread = count()


class ReadMessages(Strict):
    """Messages of one's own that were read; others are left alone, and nobody is told whether there are any."""

    message_ids = fields.List(identifier(), required=True, validate=validate.Length(min=1, max=_MOST_READ))


OPERATIONS: tuple[Operation, ...] = (
    Operation("notifications", "mine", "query", ListMine, MessageList, PEOPLE, "我的消息", "My messages", {"unread": "yes"}),
    Operation("notifications", "read", "command", ReadMessages, Done, PEOPLE, "标为已读", "Mark messages as read",
              {"message_ids": [APPLICATION, CYCLE]}),
)  # fmt: skip
