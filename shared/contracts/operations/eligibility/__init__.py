"""What eligibility 资格: findings, notices, objections, honours, standing. One module for each."""

from __future__ import annotations

from shared.contracts.operations.eligibility import (
    breaches,
    cases,
    certificates,
    credit,
    honours,
    notices,
    objections,
    qualification,
    standing,
    supervision,
)
from shared.contracts.operations.operation import Operation
from shared.contracts.operations.stages import stage_operations

_ROOMS = (
    qualification,
    notices,
    objections,
    honours,
    certificates,
    cases,
    breaches,
    credit,
    standing,
    supervision,
)
OPERATIONS: tuple[Operation, ...] = (
    *(operation for room in _ROOMS for operation in room.OPERATIONS),
    *stage_operations("eligibility"),
)
