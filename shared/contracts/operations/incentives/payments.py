"""Payments 付款: batches, their lines, the bank's answers, and what two people find out."""

from __future__ import annotations

from marshmallow import fields, validate

from shared.contracts.base import Strict, count, day, fen, identifier, one_of, optional_text, text
from shared.contracts.operations.incentives.common import DECIDED, DecideMoney, MoneyProposal, MoneyProposed
from shared.contracts.operations.operation import APPLICATION, CYCLE, CycleId, Done, Operation
from shared.contracts.operations.roles import APPLICANT, FINANCE, WATCHERS
from shared.contracts.papers import paper_list

LINE_STATES = ("intent", "stopped", "sent", "confirmed", "failed", "unknown")
BATCH_STATES = ("assembled", "held", "approved", "cancelled")
MOST_FILE = 2 << 20  # characters of a bank's file in Base64


class AssembleBatch(Strict):
    """A batch of all that can be paid in a cycle (no ids), or of some applications."""

    cycle_id = identifier()
    application_ids = fields.List(identifier(), load_default=list, validate=validate.Length(max=2000))


class PaymentLine(Strict):
    """One try to pay one grant, in fen. `replaces`: the line that failed before it."""

    line_id = identifier()
    batch_id = identifier()
    application_id = identifier()
    grant_for = one_of("award", "pool")
    attempt = count(least=1)
    replaces = optional_text()
    amount_fen = fen()
    state = one_of(*LINE_STATES)
    reason_zh = fields.String(load_default=None, allow_none=True)
    reason_en = fields.String(load_default=None, allow_none=True)
    bank_reference = optional_text()
    settled_on = day(required=False)


class PaymentBatch(Strict):
    """A batch with its lines; held: over the year's budget, and why."""

    batch_id = identifier()
    cycle_id = identifier()
    year = fields.Integer(required=True, strict=True)
    channel = one_of("http", "file")
    state = one_of(*BATCH_STATES)
    held_zh = optional_text(500)
    held_en = optional_text(500)
    made_by = text()
    decided_by = optional_text()
    reason = optional_text(500)
    total_fen = fen()
    paid_fen = fen()
    lines = fields.List(fields.Nested(PaymentLine), required=True)


class SkippedGrant(Strict):
    """A grant that is not in the batch, and why."""

    application_id = identifier()
    grant_for = one_of("award", "pool")
    amount_fen = fen()
    code = text()
    reason_zh = text(longest=500)
    reason_en = text(longest=500)


class AssembledBatch(Strict):
    """The batch, null where nothing can be paid, and what was left out."""

    batch = fields.Nested(PaymentBatch, load_default=None, allow_none=True)
    skipped = fields.List(fields.Nested(SkippedGrant), required=True)


class DecidePaymentBatch(Strict):
    """Another person approves a batch, so that it leaves; or gives it up."""

    batch_id = identifier()
    accept = fields.Boolean(required=True, truthy={True}, falsy={False})
    reason = text(longest=500)


class PaymentBatchId(Strict):
    """Names a batch."""

    batch_id = identifier()


class PaymentBatchList(Strict):
    """A cycle's batches, the oldest first."""

    batches = fields.List(fields.Nested(PaymentBatch), required=True)


class PaymentFile(Strict):
    """The rows of the file that finance carries to the bank: the only reply with accounts in full."""

    batch_id = identifier()
    cycle_id = identifier()
    headings = fields.List(fields.String(), required=True)
    rows = fields.List(fields.List(fields.String()), required=True)
    total_fen = fen()


class BankFile(Strict):
    """A bank's answers to a batch: a table, CSV or XLSX, in Base64. `last`: no other file is to come."""

    batch_id = identifier()
    content = fields.String(required=True, validate=validate.Length(min=1, max=MOST_FILE))
    last = fields.Boolean(load_default=False, truthy={True}, falsy={False})


class BankLine(Strict):
    """What became of one line of a bank's file."""

    number = count(least=1)
    line_id = optional_text()
    outcome = one_of(
        "taken", "second", "pending", "by_hand", "not_ours", "other_amount", "malformed", "two_results", "contradiction"
    )  # fmt: skip


class BankReport(Strict):
    """Line by line; and the payment lines that the last file does not name, which are unknown now."""

    report = fields.List(fields.Nested(BankLine), required=True)
    unanswered = fields.List(identifier(), required=True)


class ProposeOutcome(Strict):
    """What became of a line of which nobody knew, with proof; reference and day where it was paid."""

    line_id = identifier()
    outcome = one_of("confirmed", "failed")
    reference = optional_text(100)
    on = day(required=False)
    papers = paper_list("payment")
    reason = text(longest=500)


class OutcomeState(MoneyProposal):
    """An outcome as it was found and decided."""

    line_id = identifier()
    outcome = one_of("confirmed", "failed")
    reference = optional_text(100)
    on = optional_text()


class UnknownPayments(Strict):
    """A cycle's unknown lines, and what was found out of these and earlier ones."""

    lines = fields.List(fields.Nested(PaymentLine), required=True)
    proposals = fields.List(fields.Nested(OutcomeState), required=True)


class MoneyState(Strict):
    """One grant from its amount to what has become of it, in fen."""

    application_id = identifier()
    grant_for = one_of("award", "pool")
    level = optional_text()
    amount_fen = fen()
    rule = text()
    account = one_of("proposed", "accepted", "refused", required=False)
    paid = fields.Boolean(required=True)
    obstacle_zh = optional_text(500)
    obstacle_en = optional_text(500)
    lines = fields.List(fields.Nested(PaymentLine), required=True)
    receivable = one_of("open", "partly", "settled", "written_off", required=False)


class Money(Strict):
    """All grants of a cycle; an applicant's own."""

    grants = fields.List(fields.Nested(MoneyState), required=True)


OPERATIONS: tuple[Operation, ...] = (
    Operation("incentives", "assemble_batch", "command", AssembleBatch, AssembledBatch, (FINANCE,), "编制付款批次",
              "Assemble a batch",
              {"cycle_id": CYCLE}),
    Operation("incentives", "decide_batch", "command", DecidePaymentBatch, PaymentBatch, (FINANCE,), "复核付款批次",
              "Decide on a batch",
              {"batch_id": APPLICATION, "accept": True, "reason": "已复核"}),
    Operation("incentives", "batches", "query", CycleId, PaymentBatchList, (FINANCE, *WATCHERS), "付款批次一览", "Batches",
              {"cycle_id": CYCLE}),
    Operation("incentives", "batch", "query", PaymentBatchId, PaymentBatch, (FINANCE, *WATCHERS), "付款批次", "A batch",
              {"batch_id": APPLICATION}),
    Operation("incentives", "payment_file", "query", PaymentBatchId, PaymentFile, (FINANCE,), "付款文件内容",
              "A batch's payment file",
              {"batch_id": APPLICATION}),
    Operation("incentives", "read_bank_file", "command", BankFile, BankReport, (FINANCE,), "读入银行回执", "Read answers",
              {"batch_id": APPLICATION, "content": "eA==", "last": False}),
    Operation("incentives", "unknown_payments", "query", CycleId, UnknownPayments, (FINANCE, *WATCHERS), "待核对付款",
              "Payments of which nobody knows", {"cycle_id": CYCLE}),
    Operation("incentives", "propose_outcome", "command", ProposeOutcome, MoneyProposed, (FINANCE,), "提出核对结果",
              "Say what became of a payment",
              {"line_id": APPLICATION, "outcome": "confirmed", "reference": "B20251201001", "on": "2025-12-01",
               "papers": [APPLICATION], "reason": "银行对账单载明已付"}),
    Operation("incentives", "decide_outcome", "command", DecideMoney, Done, (FINANCE,), "复核核对结果",
              "Decide what became of a payment", DECIDED),
    Operation("incentives", "money", "query", CycleId, Money, (APPLICANT, FINANCE, *WATCHERS), "资金状态", "Where the money is",
              {"cycle_id": CYCLE}),
)  # fmt: skip
