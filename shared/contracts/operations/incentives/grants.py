"""Grants 资助, clawbacks, earlier payments."""

from __future__ import annotations

from marshmallow import fields

from shared.contracts.base import Strict, day, fen, identifier, one_of, optional_text, text
from shared.contracts.operations.operation import APPLICATION, CYCLE, CycleId, Done, Operation
from shared.contracts.operations.roles import FINANCE, WATCHERS


class ExplanationLine(Strict):
    """One line of how a grant was computed: what it rests on (null: arithmetic), and the amount that it speaks of."""

    rule = optional_text()
    text_zh = fields.String(required=True)
    text_en = fields.String(required=True)
    amount_fen = fen(required=False)


class GrantState(Strict):
    """A grant with the rule it follows from and how it was computed. Amounts in fen."""

    application_id = identifier()
    grant_for = one_of("award", "pool")
    level = optional_text()
    amount_fen = fen()
    rule = text()
    explanation_zh = fields.String(required=True)
    explanation_en = fields.String(required=True)
    lines = fields.List(fields.Nested(ExplanationLine), load_default=list)
    state = one_of("computed", "held", "stopped")
    held_zh = optional_text(500)  # why this one is held or stopped; over the budget all are held
    held_en = optional_text(500)


class Clawback(Strict):
    """What a revoked winner has to give back, in fen."""

    application_id = identifier()
    amount_fen = fen()
    rule = text()
    raised_on = day()


class GrantList(Strict):
    """A cycle's grants and clawbacks against its budget, in fen."""

    grants = fields.List(fields.Nested(GrantState), required=True)
    clawbacks = fields.List(fields.Nested(Clawback), required=True)
    budget_fen = fen(required=False)
    granted_fen = fen()
    over_budget_fen = fen()


class RecordPaid(Strict):
    """A grant that an earlier cycle paid."""

    cycle_id = identifier()
    application_id = identifier()
    grant_for = one_of("award", "pool")
    level = optional_text()
    amount_fen = fen()
    paid_on = day()


OPERATIONS: tuple[Operation, ...] = (
    Operation("incentives", "grants", "query", CycleId, GrantList, (FINANCE, *WATCHERS), "资助一览", "Grants",
              {"cycle_id": CYCLE}),
    Operation("incentives", "record_paid", "command", RecordPaid, Done, (FINANCE,), "登记已付资助", "Record an earlier grant",
              {"cycle_id": CYCLE, "application_id": APPLICATION, "grant_for": "pool", "amount_fen": 15000000,
               "paid_on": "2025-12-10"}),
)  # fmt: skip
