"""Reports to credit platforms 信用报送: how far they are, and those that people bring there by hand."""

from __future__ import annotations

from marshmallow import fields

from shared.contracts.base import Strict, count, identifier, one_of, optional_text, text
from shared.contracts.operations.operation import APPLICATION, CYCLE, Operation
from shared.contracts.operations.roles import OFFICE, WATCHERS
from shared.contracts.papers import paper_list

REPORT_STATES = ("queued", "sent", "acknowledged", "failed", "by_hand")


class CreditReportState(Strict):
    """A report to one platform. Times are RFC 3339; `receipt` is the platform's own reference."""

    report_id = identifier()
    order_id = identifier()
    application_id = identifier()
    cycle_id = identifier()
    platform = text()
    state = one_of(*REPORT_STATES)
    attempts = count()
    last_failure = optional_text()
    receipt = optional_text()
    queued_at = text()
    sent_at = optional_text()
    settled_at = optional_text()
    settled_by = optional_text()
    note = optional_text(500)
    papers = fields.List(fields.String(), required=True)


class CreditReportsQuery(Strict):
    """The reports of a cycle; of all where none is named."""

    cycle_id = identifier(required=False)
    state = one_of(*REPORT_STATES, required=False)


class CreditReportList(Strict):
    """In the order in which they were queued."""

    reports = fields.List(fields.Nested(CreditReportState), required=True)


class SettleCreditReport(Strict):
    """A report that a person brought to the platform, with its receipt and what proves it: at least one paper."""

    report_id = identifier()
    receipt = text()
    note = text(longest=500)
    papers = paper_list()


class SendCreditReportAgain(Strict):
    """A failed report is tried again from the beginning."""

    report_id = identifier()


OPERATIONS: tuple[Operation, ...] = (
    Operation("eligibility", "credit_reports", "query", CreditReportsQuery, CreditReportList, WATCHERS,
              "信用报送一览", "Reports to credit platforms", {"cycle_id": CYCLE}),
    Operation("eligibility", "send_credit_report_again", "command", SendCreditReportAgain, CreditReportState, (OFFICE,),
              "重新报送", "Send a report again", {"report_id": APPLICATION}),
    Operation("eligibility", "settle_credit_report", "command", SettleCreditReport, CreditReportState, (OFFICE,),
              "登记人工报送", "Record a report brought by hand",
              {"report_id": APPLICATION, "receipt": "XY-2026-0031", "note": "窗口报送", "papers": [APPLICATION]}),
)  # fmt: skip
