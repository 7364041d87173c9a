"""A grant's states and the moves between them; nothing else may change one. Pure."""

from __future__ import annotations

from enum import StrEnum

from shared import states


class Status(StrEnum):
    """资助状态: computed, or held because the cycle's grants exceed the budget."""

    COMPUTED = "computed"
    HELD = "held"


MOVES: dict[Status, frozenset[Status]] = {
    Status.COMPUTED: frozenset({Status.HELD}),
    Status.HELD: frozenset({Status.COMPUTED}),
}


def before(status: Status) -> tuple[str, ...]:
    """The states from which a state can be reached, for the condition of an UPDATE."""
    return states.before(MOVES, status)
