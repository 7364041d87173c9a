"""What committee 审定: meetings, proposals, ballots, counts. One module for each."""

from __future__ import annotations

from shared.contracts.operations.committee import meetings
from shared.contracts.operations.operation import Operation
from shared.contracts.operations.stages import stage_operations

OPERATIONS: tuple[Operation, ...] = (
    *(operation for room in (meetings,) for operation in room.OPERATIONS),
    *stage_operations("committee"),
)
