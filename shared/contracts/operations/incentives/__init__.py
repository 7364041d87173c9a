"""What incentives 激励 answers: all funds, grants, costs, budgets, accounts, payments, receivables, use, tracking."""

from __future__ import annotations

from shared.contracts.operations.incentives import (
    budgets,
    costs,
    funds,
    grants,
    payees,
    payments,
    receivables,
    tracking,
    use,
)
from shared.contracts.operations.operation import Operation
from shared.contracts.operations.stages import stage_operations

OPERATIONS: tuple[Operation, ...] = (
    *(
        operation
        for room in (funds, grants, costs, budgets, payees, payments, receivables, use, tracking)
        for operation in room.OPERATIONS
    ),
    *stage_operations("incentives"),
)
