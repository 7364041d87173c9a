"""A grant's states and the moves between them; nothing else may change one. Pure."""

from __future__ import annotations

from enum import StrEnum

from shared import states


class Status(StrEnum):
    """资助状态: payable as computed; held, over the budget or for its winner's records; stopped by an officer, for good."""

    COMPUTED = "computed"
    HELD = "held"
    STOPPED = "stopped"


MOVES: dict[Status, frozenset[Status]] = {
    Status.COMPUTED: frozenset({Status.HELD, Status.STOPPED}),
    Status.HELD: frozenset({Status.COMPUTED, Status.STOPPED}),
    Status.STOPPED: frozenset(),
}


def before(status: Status) -> tuple[str, ...]:
    """The states from which a state can be reached, for the condition of an UPDATE."""
    return states.before(MOVES, status)
