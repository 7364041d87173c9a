"""Budgets 预算: of a year, and of a cycle within it."""

from __future__ import annotations

from marshmallow import fields, validate

from shared.contracts.base import Strict, fen, identifier, optional_text, text
from shared.contracts.operations.operation import CYCLE, CycleId, Done, Operation
from shared.contracts.operations.roles import FINANCE, WATCHERS


def year_() -> fields.Integer:
    """A year of the budget."""
    return fields.Integer(required=True, strict=True, validate=validate.Range(min=2000, max=2200))


class SetBudget(Strict):
    """The amount of a year (`whole_year`) of the cycle's jurisdiction, or the cycle's own within that year, in fen."""

    cycle_id = identifier()
    year = year_()
    whole_year = fields.Boolean(required=True, truthy={True}, falsy={False})
    amount_fen = fen()
    reason = text(longest=500)


class BudgetEntry(Strict):
    """One amount that was set; `cycle_id` null: of the year."""

    year = year_()
    cycle_id = optional_text()
    amount_fen = fen()
    reason = text(longest=500)
    set_by = text()


class BudgetYear(Strict):
    """A year's amount (null: none was set), and what its batches have paid or may still pay."""

    year = year_()
    amount_fen = fen(required=False)
    committed_fen = fen()


class BudgetList(Strict):
    """The cycle's budget as it counts, its jurisdiction's years, and every entry, the oldest first."""

    budget_fen = fen(required=False)
    years = fields.List(fields.Nested(BudgetYear), required=True)
    entries = fields.List(fields.Nested(BudgetEntry), required=True)


OPERATIONS: tuple[Operation, ...] = (
    Operation("incentives", "set_budget", "command", SetBudget, Done, (FINANCE,), "下达预算", "Set a budget",
              {"cycle_id": CYCLE, "year": 2025, "whole_year": True, "amount_fen": 500000000, "reason": "年度预算批复"}),
    Operation("incentives", "budgets", "query", CycleId, BudgetList, (FINANCE, *WATCHERS), "预算一览", "Budgets",
              {"cycle_id": CYCLE}),
)  # fmt: skip
