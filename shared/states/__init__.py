"""State tables: from which states one can be reached, and what somebody is told whose move the table does not have. Pure.

A room keeps its states as an Enum and its moves as a table, by state (which states it may become) or by act (from which state to
which); nothing else changes a state.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import TypeVar

from shared.problems import Conflict

S = TypeVar("S", bound=StrEnum)
Words = Mapping[str, tuple[str, str]]  # by state or act, in Chinese and English


def before(moves: Mapping[S, Iterable[S]], state: S) -> tuple[str, ...]:
    """The states from which a state can be reached, for the condition of an UPDATE."""
    return tuple(old.value for old, reachable in moves.items() if state in reachable)


def after(
    moves: Mapping[str, Mapping[S, S]], act: str, state: S, *, what: tuple[str, str], states: Words, acts: Words
) -> S:  # fmt: skip
    """The state after an act. Raises Conflict, which names both, where the table has no such act from there."""
    found = moves[act].get(state)
    if found is None:
        (what_zh, what_en), (state_zh, state_en), (act_zh, act_en) = what, states[state.value], acts[act]
        raise Conflict(
            f"{what_zh}{state_zh}，不能{act_zh}",
            f"{what_en} is {state_en} and cannot {act_en}",
            code=f"cannot_{act}_{state.value}",
        )
    return found
