"""What intake 受理: cycles, applications and their people, lists, recommendations, files, enquiries, the pool, reports of
agencies. One module for each."""

from __future__ import annotations

from shared.contracts.operations.intake import (
    applications,
    cycles,
    departments,
    files,
    lists,
    papers,
    people,
    pool,
    recommendations,
    reports,
)
from shared.contracts.operations.operation import Operation

OPERATIONS: tuple[Operation, ...] = tuple(
    operation
    for room in (
        cycles,
        applications,
        people,
        lists,
        recommendations,
        files,
        papers,
        departments,
        pool,
        reports,
    )
    for operation in room.OPERATIONS
)
