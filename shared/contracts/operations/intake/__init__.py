"""What intake 受理: cycles, applications and their people, enquiries, the pool. One module for each."""

from __future__ import annotations

from shared.contracts.operations.intake import applications, cycles, departments, people, pool
from shared.contracts.operations.operation import Operation

OPERATIONS: tuple[Operation, ...] = tuple(
    operation for room in (cycles, applications, people, departments, pool) for operation in room.OPERATIONS
)
