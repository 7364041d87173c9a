"""Public notices 公示."""

from __future__ import annotations

from marshmallow import fields

from shared.contracts.base import Strict, count, day, text
from shared.contracts.operations.operation import CYCLE, CycleId, Operation
from shared.contracts.operations.roles import PUBLIC


class NoticeState(Strict):
    """A public notice: its list, frozen and hashed, and its days."""

    notice = text()
    first_day = day()
    last_day = day()
    working_days = count(least=1)
    listed = fields.List(fields.String(), required=True)
    content_digest = text()


class NoticeList(Strict):
    """A cycle's notices in order."""

    notices = fields.List(fields.Nested(NoticeState), required=True)


OPERATIONS: tuple[Operation, ...] = (
    Operation("eligibility", "notices", "query", CycleId, NoticeList, (PUBLIC,), "公示一览", "A cycle's notices",
              {"cycle_id": CYCLE}),
)  # fmt: skip
