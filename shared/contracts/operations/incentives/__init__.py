"""What incentives 激励 answers: grants, costs, budgets, accounts, payments, receivables, use of funds, tracking."""

from __future__ import annotations

from shared.contracts.operations.incentives import (
    budgets,
    costs,
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
        for room in (grants, costs, budgets, payees, payments, receivables, use, tracking)
        for operation in room.OPERATIONS
    ),
    *stage_operations("incentives"),
)
