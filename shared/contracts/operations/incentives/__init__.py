"""What incentives 激励: grants, clawbacks, earlier payments. One module for each."""

from __future__ import annotations

from shared.contracts.operations.incentives import grants
from shared.contracts.operations.operation import Operation
from shared.contracts.operations.stages import stage_operations

OPERATIONS: tuple[Operation, ...] = (
    *(operation for room in (grants,) for operation in room.OPERATIONS),
    *stage_operations("incentives"),
)
