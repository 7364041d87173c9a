"""The states of an objection and the moves between them; nothing else may change one. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from shared import states
from shared.problems import Conflict


class State(StrEnum):
    """异议的状态."""

    RECEIVED = "received"  # waits for the office to accept it or not
    NOT_ACCEPTED = "not_accepted"
    ACCEPTED = "accepted"
    INQUIRY = "inquiry"  # the applicant was asked and may answer
    HEARD = "heard"  # it answered, or let the deadline pass
    UPHELD = "upheld"
    DISMISSED = "dismissed"
    APPEALED = "appealed"  # by whom the ruling went against; another officer decides
    CONFIRMED = "confirmed"  # the ruling stands
    OVERTURNED = "overturned"  # the contrary of the ruling holds


RULINGS = (State.UPHELD, State.DISMISSED)
_NONE: frozenset[State] = frozenset()

MOVES: Mapping[State, frozenset[State]] = {
    State.RECEIVED: frozenset({State.ACCEPTED, State.NOT_ACCEPTED}),
    State.NOT_ACCEPTED: _NONE,
    State.ACCEPTED: frozenset({State.INQUIRY}),
    State.INQUIRY: frozenset({State.HEARD}),
    State.HEARD: frozenset(RULINGS),
    State.UPHELD: frozenset({State.APPEALED}),
    State.DISMISSED: frozenset({State.APPEALED}),
    State.APPEALED: frozenset({State.CONFIRMED, State.OVERTURNED}),
    State.CONFIRMED: _NONE,
    State.OVERTURNED: _NONE,
}
# A rehearsal plays files that know of no hearing and no appeal: what is accepted is ruled on, and that is the end.
REHEARSAL_MOVES: Mapping[State, frozenset[State]] = {
    **dict.fromkeys(State, _NONE),
    State.ACCEPTED: frozenset(RULINGS),
}

WORDS: Mapping[State, tuple[str, str]] = {
    State.RECEIVED: ("待受理", "waiting to be accepted"),
    State.NOT_ACCEPTED: ("不予受理", "not accepted"),
    State.ACCEPTED: ("已受理", "accepted"),
    State.INQUIRY: ("核查中", "being looked into"),
    State.HEARD: ("已听取申报人意见", "heard"),
    State.UPHELD: ("异议成立", "upheld"),
    State.DISMISSED: ("异议不成立", "dismissed"),
    State.APPEALED: ("复核中", "appealed"),
    State.CONFIRMED: ("复核维持", "confirmed"),
    State.OVERTURNED: ("复核改变", "overturned"),
}


def before(state: State, *, rehearsal: bool) -> tuple[str, ...]:
    """The states from which a state can be reached, for the condition of an UPDATE."""
    moves = REHEARSAL_MOVES if rehearsal else MOVES
    return states.before(moves, state)


def require_move(now: str, then: State, *, rehearsal: bool) -> None:
    """Raises Conflict, which names both states, where the table has no such move."""
    if now not in before(then, rehearsal=rehearsal):
        zh, en = WORDS[State(now)]
        to_zh, to_en = WORDS[then]
        raise Conflict(
            f"异议当前为“{zh}”，不能变为“{to_zh}”",
            f"the objection is {now} ({en}) and cannot become {then.value} ({to_en})",
            code=f"cannot_be_{then.value}",
        )


def stands_upheld(state: str, ruling: str | None) -> bool:
    """Whether the application ends by it: upheld and not appealed, or so on appeal. An open appeal settles nothing yet."""
    if state in (State.CONFIRMED, State.OVERTURNED):
        return (ruling == State.UPHELD) == (state == State.CONFIRMED)
    return state == State.UPHELD


def is_open(state: str, *, rehearsal: bool, may_appeal: bool) -> bool:
    """Whether the notice waits for it. `may_appeal`: the days for an appeal are not over, or not known."""
    if state in RULINGS:
        return may_appeal and not rehearsal
    return state not in (State.NOT_ACCEPTED, State.CONFIRMED, State.OVERTURNED)
