"""The states of a meeting, of a member's presence, of a ballot and of minutes, and the moves between them. Pure."""

from __future__ import annotations

from enum import StrEnum

from shared import states


class Meeting(StrEnum):
    """评审会."""

    CONVENED = "convened"
    VOTING = "voting"
    FINISHED = "finished"


class Presence(StrEnum):
    """到会: whether a member is in the meeting."""

    AWAY = "away"
    HERE = "here"


class Ballot(StrEnum):
    """一轮表决. `void`: the quorum was lost before it could be counted."""

    OPEN = "open"
    COUNTED = "counted"
    VOID = "void"


class Minutes(StrEnum):
    """会议纪要, one version. `replaced`: a newer version took its place."""

    DRAFT = "draft"
    CONFIRMED = "confirmed"
    RETURNED = "returned"
    REPLACED = "replaced"


MOVES: dict[StrEnum, frozenset[StrEnum]] = {
    Meeting.CONVENED: frozenset({Meeting.VOTING, Meeting.FINISHED}),
    Meeting.VOTING: frozenset({Meeting.FINISHED}),
    Meeting.FINISHED: frozenset(),
    Presence.AWAY: frozenset({Presence.HERE}),
    Presence.HERE: frozenset({Presence.AWAY}),
    Ballot.OPEN: frozenset({Ballot.COUNTED, Ballot.VOID}),
    Ballot.COUNTED: frozenset(),
    Ballot.VOID: frozenset(),
    Minutes.DRAFT: frozenset({Minutes.CONFIRMED, Minutes.RETURNED, Minutes.REPLACED}),
    Minutes.CONFIRMED: frozenset({Minutes.REPLACED}),
    Minutes.RETURNED: frozenset({Minutes.REPLACED}),
    Minutes.REPLACED: frozenset(),
}


def before(state: StrEnum) -> tuple[str, ...]:
    """The states from which a state can be reached, for the condition of an UPDATE."""
    return states.before(MOVES, state)
