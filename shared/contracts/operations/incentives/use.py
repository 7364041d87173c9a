"""Use of funds 资金使用报告: how a winner used its money."""

from __future__ import annotations

from marshmallow import fields, validate

from shared.contracts.base import Strict, count, day, fen, identifier, one_of, optional_text, text
from shared.contracts.operations.operation import APPLICATION, CYCLE, CycleId, Done, Operation
from shared.contracts.operations.roles import APPLICANT, FINANCE, WATCHERS
from shared.contracts.papers import paper_list


class UseItem(Strict):
    """What was spent on one purpose, in fen; `purpose` is an id of the rulebook's where it names purposes."""

    purpose = text(longest=100)
    amount_fen = fen()
    note = text(longest=500)


class ReportUse(Strict):
    """What was spent of a grant in one period, counted from 1, with papers."""

    application_id = identifier()
    grant_for = one_of("award", "pool")
    period = count(least=1)
    items = fields.List(fields.Nested(UseItem), required=True, validate=validate.Length(min=1, max=200))
    papers = paper_list("payment")


class UseReported(Strict):
    """The report is kept under this id."""

    report_id = identifier()


class DecideUse(Strict):
    """Finance takes a report, or gives it back."""

    report_id = identifier()
    accept = fields.Boolean(required=True, truthy={True}, falsy={False})
    reason = text(longest=500)


class UseReport(Strict):
    """One report."""

    report_id = identifier()
    period = count(least=1)
    version = count(least=1)
    items = fields.List(fields.Nested(UseItem), required=True)
    spent_fen = fen()
    papers = fields.List(fields.String(), required=True)
    state = one_of("submitted", "accepted", "returned")
    reported_on = day()
    decided_on = day(required=False)
    reason = optional_text(500)


class OverduePeriod(Strict):
    """A period that is over and not told of."""

    period = count(least=1)
    due_on = day()


class UseOfGrant(Strict):
    """A grant that was paid, in fen: what of it is told, what is overdue."""

    application_id = identifier()
    grant_for = one_of("award", "pool")
    paid_fen = fen()
    paid_on = day()
    told_fen = fen()
    overdue = fields.List(fields.Nested(OverduePeriod), required=True)
    reports = fields.List(fields.Nested(UseReport), required=True)


class UseList(Strict):
    """The paid grants of a cycle; an applicant's own."""

    grants = fields.List(fields.Nested(UseOfGrant), required=True)


OPERATIONS: tuple[Operation, ...] = (
    Operation("incentives", "report_use", "command", ReportUse, UseReported, (APPLICANT,), "报告资金使用", "Report its use",
              {"application_id": APPLICATION, "grant_for": "award", "period": 1, "papers": [APPLICATION],
               "items": [{"purpose": "improvement", "amount_fen": 19500000, "note": "检测设备升级"}]}),
    Operation("incentives", "decide_use", "command", DecideUse, Done, (FINANCE,), "审核资金使用报告",
              "Decide on a report of use",
              {"report_id": APPLICATION, "accept": True, "reason": "用途相符"}),
    Operation("incentives", "use_reports", "query", CycleId, UseList, (APPLICANT, FINANCE, *WATCHERS), "资金使用一览",
              "Reports of use", {"cycle_id": CYCLE}),
)  # fmt: skip
