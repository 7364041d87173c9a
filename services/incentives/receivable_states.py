"""追缴应收款: its states, what is due by a day, and instalments that fit. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

from shared import states
from shared.problems import invalid_field


class State(StrEnum):
    """应收款状态."""

    OPEN = "open"
    PARTLY = "partly"
    SETTLED = "settled"
    WRITTEN_OFF = "written_off"


MOVES: dict[State, frozenset[State]] = {
    State.OPEN: frozenset({State.PARTLY, State.SETTLED, State.WRITTEN_OFF}),
    State.PARTLY: frozenset({State.PARTLY, State.SETTLED, State.WRITTEN_OFF}),
    State.SETTLED: frozenset({State.PARTLY}),  # a line thought failed turned out paid: more is owed
    State.WRITTEN_OFF: frozenset(),
}
OWED = (State.OPEN, State.PARTLY)
Instalment = Mapping[str, Any]


def before(state: State) -> tuple[str, ...]:
    """The states from which a state can be reached, for the condition of an UPDATE."""
    return states.before(MOVES, state)


def after_receipt(amount_fen: int, received_fen: int) -> State:
    """The state once so much of it is received."""
    if received_fen >= amount_fen:
        return State.SETTLED
    return State.PARTLY if received_fen else State.OPEN


def owed(
    amount_fen: int, received_fen: int, due_on: date, instalments: Sequence[Instalment], on: date
) -> int:
    """What should have been received by the end of a day and was not, in fen."""
    if instalments:
        due = sum(each["amount_fen"] for each in instalments if date.fromisoformat(each["due_on"]) < on)
        due += amount_fen - sum(each["amount_fen"] for each in instalments) if due_on < on else 0
    else:
        due = amount_fen if due_on < on else 0
    return int(max(0, min(due, amount_fen) - received_fen))


def next_due(received_fen: int, due_on: date, instalments: Sequence[Instalment]) -> date:
    """The day by which the next part has to be there."""
    reached = 0
    for each in instalments:
        reached += each["amount_fen"]
        if reached > received_fen:
            return date.fromisoformat(each["due_on"])
    return due_on


def next_reminder(next_due_on: date, days: Sequence[int], today: date) -> date | None:
    """The next day after today on which to remind: so many days after what is due, earliest first; None where all have been."""
    coming = (next_due_on + timedelta(days=number) for number in sorted(days))
    return next((day for day in coming if day > today), None)


def require_plan(instalments: Sequence[Instalment], outstanding_fen: int, today: date) -> None:
    """Raises Invalid where the parts are not exactly what is owed, or not in the order of days to come."""
    if sum(each["amount_fen"] for each in instalments) != outstanding_fen:
        raise invalid_field("instalments", "分期之和应等于未收金额", "the parts do not make up what is owed")
    days = [each["due_on"] for each in instalments]
    if days != sorted(set(days)) or days[0] <= today:
        raise invalid_field(
            "instalments", "日期应依次在今日之后", "the days are not one after another, all still to come"
        )
    if any(each["amount_fen"] <= 0 for each in instalments):
        raise invalid_field("instalments", "每期金额须大于零", "each part is more than nothing")
