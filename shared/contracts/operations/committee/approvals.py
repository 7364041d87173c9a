"""The government's approval 批准 of the committee's list."""

from __future__ import annotations

from marshmallow import fields

from shared.contracts.base import Strict, day, identifier, one_of, text
from shared.contracts.operations.operation import CYCLE, CycleId, Operation
from shared.contracts.operations.roles import OFFICE, WATCHERS
from shared.contracts.papers import paper_list


class RecordApproval(Strict):
    """The document by which the list was approved, with the papers uploaded for it."""

    cycle_id = identifier()
    document_number = text(longest=100)
    approved_on = day()
    papers = paper_list("approval")


class Approval(Strict):
    """Who approves and when, by the rulebook, and whether it is done; `when` is none where nobody approves."""

    cycle_id = identifier()
    approver_zh = fields.String(required=True)
    approver_en = fields.String(required=True)
    when = one_of("before_notice", "after_notice", required=False)
    rule = fields.String(load_default=None, allow_none=True)
    document_number = fields.String(load_default=None, allow_none=True)
    approved_on = day(required=False)
    papers = fields.List(fields.String(), required=True)
    recorded_by = fields.String(load_default=None, allow_none=True)


OPERATIONS: tuple[Operation, ...] = (
    Operation("committee", "record_approval", "command", RecordApproval, Approval, (OFFICE,), "登记批准文件",
              "Record the approval", {"cycle_id": CYCLE, "document_number": "府函〔2025〕12号", "approved_on": "2025-07-01"}),
    Operation("committee", "approval", "query", CycleId, Approval, WATCHERS, "批准情况", "The approval", {"cycle_id": CYCLE}),
)  # fmt: skip
