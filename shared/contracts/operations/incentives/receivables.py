"""Receivables 追缴应收款: instalments, receipts, reminders, write-offs."""

from __future__ import annotations

from marshmallow import fields, validate

from shared.contracts.base import Strict, day, fen, identifier, one_of, optional_text, text
from shared.contracts.operations.incentives.common import DECIDED, DecideMoney, MoneyProposed
from shared.contracts.operations.operation import APPLICATION, CYCLE, CycleId, Done, Operation
from shared.contracts.operations.roles import APPLICANT, FINANCE, OFFICE, WATCHERS
from shared.contracts.papers import paper_list


class Instalment(Strict):
    """A part of what is owed, in fen, and its day."""

    due_on = day()
    amount_fen = fen()


class MoneyBack(Strict):
    """Money that came back, in fen."""

    amount_fen = fen()
    received_on = day()
    reference = text(longest=100)


class DebtReminder(Strict):
    """A debtor was reminded of what was overdue, in fen."""

    reminded_on = day()
    owed_fen = fen()


class OfReceivable(Strict):
    """A proposal on a receivable: the parts of instalments, in fen, or the amount that is given up, with its papers."""

    proposal_id = identifier()
    kind = one_of("instalments", "write_off")
    instalments = fields.List(fields.Dict(), load_default=list)
    amount_fen = fen(required=False)
    papers = fields.List(fields.String(), load_default=list)
    reason = text(longest=500)
    state = one_of("proposed", "accepted", "refused", "replaced")
    proposed_by = text()
    decided_by = optional_text()


class ReceivableState(Strict):
    """What a revoked winner owes, in fen, and how far it is back."""

    application_id = identifier()
    amount_fen = fen()
    received_fen = fen()
    due_on = day()
    instalments = fields.List(fields.Dict(), required=True)
    state = one_of("open", "partly", "settled", "written_off")
    overdue_fen = fen()
    next_due_on = day(required=False)
    receipts = fields.List(fields.Nested(MoneyBack), required=True)
    reminders = fields.List(fields.Nested(DebtReminder), required=True)
    proposals = fields.List(fields.Nested(OfReceivable), required=True)


class ReceivableList(Strict):
    """A cycle's receivables; an applicant's own."""

    receivables = fields.List(fields.Nested(ReceivableState), required=True)


class RecordReceipt(Strict):
    """Money came back; one reference is one receipt."""

    application_id = identifier()
    amount_fen = fen()
    received_on = day()
    reference = text(longest=100)
    papers = paper_list("payment")


class ProposeInstalments(Strict):
    """The parts in which what is owed is to be paid back."""

    application_id = identifier()
    instalments = fields.List(
        fields.Nested(Instalment), required=True, validate=validate.Length(min=1, max=60)
    )
    papers = paper_list("payment")
    reason = text(longest=500)


class ProposeWriteOff(Strict):
    """Give up what is still owed."""

    application_id = identifier()
    papers = paper_list("payment")
    reason = text(longest=500)


OPERATIONS: tuple[Operation, ...] = (
    Operation("incentives", "receivables", "query", CycleId, ReceivableList, (APPLICANT, FINANCE, *WATCHERS), "追缴应收款",
              "What is owed back", {"cycle_id": CYCLE}),
    Operation("incentives", "record_receipt", "command", RecordReceipt, Done, (FINANCE,), "登记追缴收款", "Record a receipt",
              {"application_id": APPLICATION, "amount_fen": 10000000, "received_on": "2026-06-01", "reference": "R-0001",
               "papers": []}),
    Operation("incentives", "propose_instalments", "command", ProposeInstalments, MoneyProposed, (FINANCE, OFFICE), "提请分期",
              "Propose instalments",
              {"application_id": APPLICATION, "papers": [], "reason": "经营困难",
               "instalments": [{"due_on": "2026-07-01", "amount_fen": 48000000}]}),
    Operation("incentives", "decide_instalments", "command", DecideMoney, Done, (FINANCE, OFFICE), "批准分期",
              "Decide on instalments",
              DECIDED),
    Operation("incentives", "propose_write_off", "command", ProposeWriteOff, MoneyProposed, (FINANCE,), "提请核销",
              "Propose a write-off", {"application_id": APPLICATION, "papers": [APPLICATION], "reason": "企业已注销"}),
    Operation("incentives", "decide_write_off", "command", DecideMoney, Done, (FINANCE, OFFICE), "批准核销",
              "Decide on a write-off",
              DECIDED),
)  # fmt: skip
