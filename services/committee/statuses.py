"""The states of a meeting and of a ballot, and the moves between them; nothing else may change one. Pure."""

from __future__ import annotations

from enum import StrEnum


class Meeting(StrEnum):
    """评审会."""

    CONVENED = "convened"
    VOTING = "voting"
    FINISHED = "finished"


class Ballot(StrEnum):
    """一轮表决."""

    OPEN = "open"
    COUNTED = "counted"


MOVES: dict[StrEnum, frozenset[StrEnum]] = {
    Meeting.CONVENED: frozenset({Meeting.VOTING, Meeting.FINISHED}),
    Meeting.VOTING: frozenset({Meeting.FINISHED}),
    Meeting.FINISHED: frozenset(),
    Ballot.OPEN: frozenset({Ballot.COUNTED}),
    Ballot.COUNTED: frozenset(),
}


def before(state: StrEnum) -> tuple[str, ...]:
    """The states from which a state can be reached, for the condition of an UPDATE."""
    return tuple(old.value for old, reachable in MOVES.items() if state in reachable)
