"""What intake 受理: cycles, applications, enquiries, the pool. One module for each."""

from __future__ import annotations

from shared.contracts.operations.intake import applications, cycles, departments, pool
from shared.contracts.operations.operation import Operation

OPERATIONS: tuple[Operation, ...] = tuple(
    operation for room in (cycles, applications, departments, pool) for operation in room.OPERATIONS
)
