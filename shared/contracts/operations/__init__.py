"""Every question and command that a service answers: request, reply, who may ask, and an example of each.

A command changes something: it carries an idempotency key, and a repeated key gives the same answer and no second
effect. A query changes nothing. The gateway's routes and the services' entrypoints are both made from this table.

Importing this package makes the schemas of none of the services: `OPERATIONS`, which holds all of them, is made when it is
first asked for, and a service's process asks for its own alone (`of_service`).
"""

from __future__ import annotations

from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Any

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
    "SERVICES",
    "of_service",
]

SERVICES = ("intake", "eligibility", "review", "committee", "incentives", "notifications")

if TYPE_CHECKING:
    OPERATIONS: dict[str, Operation]


@cache
def of_service(service: str) -> dict[str, Operation]:
    """A service's operations by their whole names; none for one that there is not."""
    if service not in SERVICES:
        return {}
    room = import_module(f"{__name__}.{service}")
    found = (*room.OPERATIONS, *operating_operations(service))
    named = {operation.name: operation for operation in found}
    if len(named) != len(found):
        raise RuntimeError(f"two operations of {service} have one name")
    return named


@cache
def _of_all() -> dict[str, Operation]:
    return {name: operation for service in SERVICES for name, operation in of_service(service).items()}


def __getattr__(name: str) -> Any:
    if name == "OPERATIONS":
        return _of_all()
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
