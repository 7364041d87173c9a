"""两人办理: states of what one person prepares and another decides, and that they are two. Pure."""

from __future__ import annotations

from enum import StrEnum

from shared import states
from shared.problems import Forbidden


class State(StrEnum):
    """提请状态. A payee's account goes the same way."""

    PROPOSED = "proposed"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    REPLACED = "replaced"  # another one took its place


MOVES: dict[State, frozenset[State]] = {
    State.PROPOSED: frozenset({State.ACCEPTED, State.REFUSED, State.REPLACED}),
    State.ACCEPTED: frozenset({State.REPLACED}),
    State.REFUSED: frozenset({State.REPLACED}),
    State.REPLACED: frozenset(),
}


def before(state: State) -> tuple[str, ...]:
    """The states from which a state can be reached, for the condition of an UPDATE."""
    return states.before(MOVES, state)


def require_other(*, same: bool) -> None:
    """Raises Forbidden where one person, as `work.same_person` has it, would do both."""
    if same:
        raise Forbidden(
            "经办与复核不得为同一人", "whoever prepared it does not decide it", code="second_person_needed"
        )
