"""What intake 受理 answers about the cultivation pool."""

from __future__ import annotations

from shared.contracts.base import Strict, day, fen, identifier
from shared.contracts.dossier import UsccField
from shared.contracts.operations.operation import CYCLE, Done, Operation
from shared.contracts.operations.roles import OFFICE


class JoinPool(Strict):
    """The office enters an organization into the cultivation pool."""

    cycle_id = identifier()
    uscc = UsccField(required=True)
    joined_on = day()
    project_cost_fen = fen(required=False)


OPERATIONS: tuple[Operation, ...] = (
    Operation("intake", "join_pool", "command", JoinPool, Done, (OFFICE,), "纳入培育库", "Enter into the pool",
              {"cycle_id": CYCLE, "uscc": "91310105MAXY50013E", "joined_on": "2025-03-01", "project_cost_fen": 35000000}),
)  # fmt: skip
