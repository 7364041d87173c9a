"""Every question and command that a service answers: request, reply, who may ask, and an example of each.

A command changes something: it carries an idempotency key, and a repeated key gives the same answer and no second
effect. A query changes nothing. The gateway's routes and the services' entrypoints are both made from this table.
"""

from __future__ import annotations

from shared.contracts.operations import committee, eligibility, incentives, intake, notifications, review
from shared.contracts.operations.operating import operating_operations
from shared.contracts.operations.operation import AuditState, CycleId, Done, Operation
from shared.contracts.operations.roles import (
    ADMIN,
    AGENCY,
    APPLICANT,
    AUDITOR,
    CLERK,
    DISCIPLINE,
    FINANCE,
    MEMBER,
    OFFICE,
    OPERATOR,
    PUBLIC,
    RECOMMENDER,
    REHEARSER,
    REVIEWER,
    ROLES,
    WATCHERS,
)

__all__ = [
    "ADMIN",
    "AGENCY",
    "APPLICANT",
    "AUDITOR",
    "CLERK",
    "DISCIPLINE",
    "FINANCE",
    "MEMBER",
    "OFFICE",
    "OPERATIONS",
    "OPERATOR",
    "PUBLIC",
    "RECOMMENDER",
    "REHEARSER",
    "REVIEWER",
    "ROLES",
    "WATCHERS",
    "AuditState",
    "CycleId",
    "Done",
    "Operation",
]

_ROOMS = {
    "intake": intake,
    "eligibility": eligibility,
    "review": review,
    "committee": committee,
    "incentives": incentives,
    "notifications": notifications,
}
_ALL = tuple(
    operation
    for service, room in _ROOMS.items()
    for operation in (*room.OPERATIONS, *operating_operations(service))
)
OPERATIONS: dict[str, Operation] = {operation.name: operation for operation in _ALL}
if len(OPERATIONS) != len(_ALL):
    raise RuntimeError("two operations have one name")
