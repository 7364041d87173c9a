"""What committee 审定: meetings, who attends, proposals, ballots, counts, minutes, the approval. One module for each."""

from __future__ import annotations

from shared.contracts.operations.committee import approvals, attendance, ballots, meetings, minutes
from shared.contracts.operations.operation import Operation
from shared.contracts.operations.stages import stage_operations

OPERATIONS: tuple[Operation, ...] = (
    *(
        operation
        for room in (meetings, attendance, ballots, minutes, approvals)
        for operation in room.OPERATIONS
    ),
    *stage_operations("committee"),
)
