"""What review 评审: experts, panels, sheets and scores, who enters a stage, the public's votes. One module for each."""

from __future__ import annotations

from shared.contracts.operations.operation import Operation
from shared.contracts.operations.review import (
    declarations,
    defence,
    experts,
    feedback,
    own_work,
    panels,
    recusals,
    register,
    sheets,
    stages,
    visits,
    votes,
)

OPERATIONS: tuple[Operation, ...] = tuple(
    operation
    for room in (
        experts,
        register,
        declarations,
        panels,
        own_work,
        recusals,
        sheets,
        votes,
        defence,
        visits,
        stages,
        feedback,
    )
    for operation in room.OPERATIONS
)
