"""销毁清册: the states of a destruction list, and who may sign it next. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from shared import states
from shared.contracts.operations import AUDITOR, DISCIPLINE, OFFICE


class State(StrEnum):
    """Where a destruction list stands."""

    DRAFTED = "drafted"
    SIGNED_ONCE = "signed_once"
    SIGNED = "signed"
    EXECUTED = "executed"
    WITHDRAWN = "withdrawn"


MOVES: dict[State, frozenset[State]] = {
    State.DRAFTED: frozenset({State.SIGNED_ONCE, State.WITHDRAWN}),
    State.SIGNED_ONCE: frozenset({State.SIGNED, State.WITHDRAWN}),
    State.SIGNED: frozenset({State.EXECUTED, State.WITHDRAWN}),
    State.EXECUTED: frozenset(),
    State.WITHDRAWN: frozenset(),
}
OPEN = frozenset(state for state, onward in MOVES.items() if onward)
SUPERVISORS = (DISCIPLINE, AUDITOR)
SIGNERS = (OFFICE, *SUPERVISORS)


def before(state: State) -> tuple[str, ...]:
    """The states from which a list may come to this one, for the condition of an UPDATE."""
    return states.before(MOVES, state)


def after_signature(state: State) -> State | None:
    """Where one more signature takes a list; None where it takes none."""
    return {State.DRAFTED: State.SIGNED_ONCE, State.SIGNED_ONCE: State.SIGNED}.get(state)


@dataclass(frozen=True)
class Signature:
    """Who signed in which role."""

    by: str
    role: str


@dataclass(frozen=True)
class Refusal:
    """Why somebody may not sign."""

    code: str
    reason_zh: str
    reason_en: str


def refusal(prepared_by: str, signed: Sequence[Signature], by: str, role: str) -> Refusal | None:
    """Why this person in this role may not sign now, None where it may.

    Two people sign, neither of whom prepared the list: one for the office, one of those who supervise it.
    """
    if by == prepared_by:
        return Refusal("own_list", "编制清册的人不能签字", "whoever prepared the list does not sign it")
    if any(each.by == by for each in signed):
        return Refusal("signed_already", "同一人不能签两次", "nobody signs twice")
    sides = [each.role in SUPERVISORS for each in signed]
    if (role in SUPERVISORS) in sides:
        return Refusal(
            "same_side",
            "须由评审办公室和监督（纪检或审计）各一人签字",
            "one signature is the office's, the other that of discipline inspection or the auditor",
        )
    return None
