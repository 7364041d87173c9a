"""States of draws, panels and assignments, and the moves between them; nothing else may change one. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from shared import states


class Assigned(StrEnum):
    """评审任务: one reviewer on one application. Only whoever accepted hands in a sheet."""

    DRAFTED = "drafted"  # nobody but the office and its watchers knows of it
    RELEASED = "released"  # offered to the reviewer, who has not answered
    ACCEPTED = "accepted"
    DECLINED = "declined"  # by the reviewer; the office looks for another one
    REPLACED = "replaced"  # another one serves instead; a sheet that is in is kept and not counted


class Drawn(StrEnum):
    """抽取: one draw of one panel."""

    PREPARED = "prepared"  # inputs are frozen, the office's share lies under seal
    WITNESSED = "witnessed"  # the witness has added its share: the outcome is settled and being computed
    DRAWN = "drawn"
    IMPOSSIBLE = "impossible"  # no lawful panel exists; the record says which rule is short of whom
    UNDECIDED = "undecided"  # the time was over: neither a panel nor a proof that there is none
    ABANDONED = "abandoned"  # another draw was prepared in its place, with a reason


class Panelled(StrEnum):
    """评审组."""

    DRAFTED = "drafted"
    RELEASED = "released"
    DISSOLVED = "dissolved"


ASSIGNMENT_MOVES: Mapping[str, Mapping[Assigned, Assigned]] = {
    "release": {Assigned.DRAFTED: Assigned.RELEASED},
    "accept": {Assigned.RELEASED: Assigned.ACCEPTED},
    "decline": {Assigned.RELEASED: Assigned.DECLINED, Assigned.ACCEPTED: Assigned.DECLINED},
    "replace": {
        Assigned.RELEASED: Assigned.REPLACED,
        Assigned.ACCEPTED: Assigned.REPLACED,
        Assigned.DECLINED: Assigned.REPLACED,
    },
}
DRAW_MOVES: Mapping[str, Mapping[Drawn, Drawn]] = {
    "witness": {Drawn.PREPARED: Drawn.WITNESSED},
    "draw": {Drawn.WITNESSED: Drawn.DRAWN},
    "fail": {Drawn.WITNESSED: Drawn.IMPOSSIBLE},
    "give_up": {Drawn.WITNESSED: Drawn.UNDECIDED},
    "abandon": {Drawn.PREPARED: Drawn.ABANDONED, Drawn.WITNESSED: Drawn.ABANDONED},
}
PANEL_MOVES: Mapping[str, Mapping[Panelled, Panelled]] = {
    "release": {Panelled.DRAFTED: Panelled.RELEASED},
    "dissolve": {Panelled.DRAFTED: Panelled.DISSOLVED, Panelled.RELEASED: Panelled.DISSOLVED},
}
ON_DUTY = (Assigned.RELEASED, Assigned.ACCEPTED)

_WORDS: Mapping[str, tuple[str, str]] = {
    "drafted": ("草拟中", "drafted"),
    "released": ("已下达", "released"),
    "accepted": ("已接受", "accepted"),
    "declined": ("已谢绝", "declined"),
    "replaced": ("已更换", "replaced"),
    "prepared": ("已备好、待见证", "prepared"),
    "witnessed": ("正在抽取", "being drawn"),
    "drawn": ("已抽取", "drawn"),
    "impossible": ("无法组成", "impossible"),
    "undecided": ("限时内未有结果", "undecided"),
    "abandoned": ("已放弃", "abandoned"),
    "dissolved": ("已解散", "dissolved"),
}
_ACTS: Mapping[str, tuple[str, str]] = {
    "release": ("下达", "be released"),
    "accept": ("接受", "be accepted"),
    "decline": ("谢绝", "be declined"),
    "replace": ("更换", "be replaced"),
    "witness": ("见证", "be witnessed"),
    "draw": ("抽取", "be drawn"),
    "fail": ("判定为无法组成", "fail"),
    "give_up": ("以限时已过结束", "end undecided"),
    "abandon": ("放弃", "be abandoned"),
    "dissolve": ("解散", "be dissolved"),
}


def assignment_after(move: str, state: str) -> Assigned:
    """The state of an assignment after a move. Raises Conflict, which names both, where the table has no such move."""
    return states.after(
        ASSIGNMENT_MOVES,
        move,
        Assigned(state),
        what=("评审任务", "the assignment"),
        states=_WORDS,
        acts=_ACTS,
    )


def draw_after(move: str, state: str) -> Drawn:
    """The same for a draw."""
    return states.after(
        DRAW_MOVES, move, Drawn(state), what=("本次抽取", "the draw"), states=_WORDS, acts=_ACTS
    )


def panel_after(move: str, state: str) -> Panelled:
    """The same for a panel."""
    return states.after(
        PANEL_MOVES, move, Panelled(state), what=("评审组", "the panel"), states=_WORDS, acts=_ACTS
    )
