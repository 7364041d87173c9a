"""What incentives 激励: grants, clawbacks, earlier payments, tracking. One module for each."""

from __future__ import annotations

from shared.contracts.operations.incentives import grants, tracking
from shared.contracts.operations.operation import Operation
from shared.contracts.operations.stages import stage_operations

OPERATIONS: tuple[Operation, ...] = (
    *(operation for room in (grants, tracking) for operation in room.OPERATIONS),
    *stage_operations("incentives"),
)
