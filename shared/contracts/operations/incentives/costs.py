"""Approved costs 核定费用: what a winner's project cost, line by line, and who approved it."""

from __future__ import annotations

from marshmallow import fields, validate

from shared.contracts.base import Strict, fen, identifier, text
from shared.contracts.operations.incentives.common import DECIDED, DecideMoney, MoneyProposal, MoneyProposed
from shared.contracts.operations.operation import APPLICATION, CYCLE, CycleId, Done, Operation
from shared.contracts.operations.roles import FINANCE, OFFICE, WATCHERS
from shared.contracts.papers import paper_list


class CostItem(Strict):
    """One cost, as claimed and as it is to be approved, in fen."""

    name = text()
    claimed_fen = fen()
    approved_fen = fen()


class PrepareCost(Strict):
    """A project's cost, with its papers."""

    application_id = identifier()
    items = fields.List(fields.Nested(CostItem), required=True, validate=validate.Length(min=1, max=200))
    papers = paper_list("cost")
    reason = text(longest=500)


class CostState(MoneyProposal):
    """A cost as it was proposed and decided."""

    items = fields.List(fields.Nested(CostItem), required=True)
    claimed_fen = fen()
    approved_fen = fen()


class CostList(Strict):
    """Every cost that was proposed, the oldest first."""

    costs = fields.List(fields.Nested(CostState), required=True)


OPERATIONS: tuple[Operation, ...] = (
    Operation("incentives", "prepare_cost", "command", PrepareCost, MoneyProposed, (FINANCE, OFFICE), "提请核定费用",
              "Prepare an approved cost",
              {"application_id": APPLICATION, "papers": [APPLICATION], "reason": "按发票核对",
               "items": [{"name": "咨询费", "claimed_fen": 4000000, "approved_fen": 3500000}]}),
    Operation("incentives", "decide_cost", "command", DecideMoney, Done, (FINANCE, OFFICE), "核定费用",
              "Approve a cost", DECIDED),
    Operation("incentives", "costs", "query", CycleId, CostList, (FINANCE, *WATCHERS), "核定费用一览", "Approved costs",
              {"cycle_id": CYCLE}),
)  # fmt: skip
