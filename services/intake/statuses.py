"""An application's statuses and the moves between them; nothing else may change one. Pure."""

from __future__ import annotations

from enum import StrEnum

from shared import states


class Status(StrEnum):
    """申报状态."""

    DRAFT = "draft"
    SUBMITTED = "submitted"  # waits for the office to sign for it
    RETURNED = "returned"  # to be corrected once
    IN_PROGRESS = "in_progress"
    LATE = "late"
    WITHDRAWN = "withdrawn"
    INELIGIBLE = "ineligible"
    AWAITING_RECORDS = "awaiting_records"
    OBJECTION_UPHELD = "objection_upheld"
    NOT_AWARDED = "not_awarded"
    AWARDED = "awarded"
    REVOKED = "revoked"


# Whoever does not know yet that an application went no further may still take it back: a refusal would tell.
MOVES: dict[Status, frozenset[Status]] = {
    Status.DRAFT: frozenset({Status.SUBMITTED, Status.IN_PROGRESS, Status.LATE, Status.WITHDRAWN}),
    Status.SUBMITTED: frozenset({Status.RETURNED, Status.IN_PROGRESS, Status.WITHDRAWN}),
    Status.RETURNED: frozenset({Status.SUBMITTED, Status.IN_PROGRESS, Status.WITHDRAWN}),
    Status.IN_PROGRESS: frozenset(
        {
            Status.WITHDRAWN,
            Status.INELIGIBLE,
            Status.AWAITING_RECORDS,
            Status.OBJECTION_UPHELD,
            Status.NOT_AWARDED,
            Status.AWARDED,
        }
    ),
    Status.AWARDED: frozenset({Status.REVOKED}),
    Status.LATE: frozenset(),
    Status.WITHDRAWN: frozenset(),
    Status.INELIGIBLE: frozenset({Status.WITHDRAWN}),
    Status.AWAITING_RECORDS: frozenset({Status.WITHDRAWN}),
    Status.OBJECTION_UPHELD: frozenset(),
    Status.NOT_AWARDED: frozenset({Status.WITHDRAWN}),
    Status.REVOKED: frozenset(),
}


def before(status: Status) -> tuple[str, ...]:
    """The statuses from which a status can be reached, for the condition of an UPDATE."""
    return states.before(MOVES, status)
