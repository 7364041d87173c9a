"""What eligibility 资格: findings, notices, objections, honours, standing. One module for each."""

from __future__ import annotations

from shared.contracts.operations.eligibility import (
    honours,
    notices,
    objections,
    qualification,
    standing,
    supervision,
)
from shared.contracts.operations.operation import Operation
from shared.contracts.operations.stages import stage_operations

OPERATIONS: tuple[Operation, ...] = (
    *(
        operation
        for room in (qualification, notices, objections, honours, standing, supervision)
        for operation in room.OPERATIONS
    ),
    *stage_operations("eligibility"),
)
