"""Funds 资金总览: the money of all cycles, and what waits for finance in any of them."""

from __future__ import annotations

from marshmallow import fields

from shared.contracts.base import Strict, count, day, fen, identifier, one_of, text
from shared.contracts.operations.operation import Operation
from shared.contracts.operations.pages import page, size
from shared.contracts.operations.roles import FINANCE

PRESSING = ("over_budget", "batches_held", "lines_returned", "lines_unknown", "receivables_overdue")
WAITS = (*PRESSING, "batches_to_decide", "payees_to_check", "receivables_due")
MOST_WAITS = 200  # in one answer


class FundsAsked(Strict):
    """Which page of cycles."""

    page = page()
    size = size()


class FundsOfCycle(Strict):
    """A cycle's sums, in fen; `budget_fen` null: none was set. `back_fen` is owed and not back yet."""

    cycle_id = identifier()
    rulebook = text()
    year = fields.Integer(required=True, strict=True)
    budget_fen = fen(required=False)
    granted_fen = fen()
    over_budget_fen = fen()
    paid_fen = fen()
    back_fen = fen()


class FundsWait(Strict):
    """What waits in one cycle: how many, of which amount in fen and since or until which day, where there is one."""

    cycle_id = identifier()
    kind = one_of(*WAITS)
    number = count(least=1)
    amount_fen = fen(required=False)
    day = day(required=False)


class Funds(Strict):
    """A page of real cycles, the newest first. The sums, in fen, are of all of them; that of the budgets is null where one has
    none. `waits` are of all of them too, the most urgent first; `waits_left_out` says how many more there are.
    """

    page = count(least=1)
    size = count(least=1)
    total = count()
    cycles = fields.List(fields.Nested(FundsOfCycle), required=True)
    budget_fen = fen(required=False)
    granted_fen = fen()
    paid_fen = fen()
    waits = fields.List(fields.Nested(FundsWait), required=True)
    waits_left_out = count()


OPERATIONS: tuple[Operation, ...] = (
    Operation("incentives", "funds", "query", FundsAsked, Funds, (FINANCE,), "资金总览", "The money of all cycles", {}),
)  # fmt: skip
