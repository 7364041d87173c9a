"""代办的条件: which roles may be lent, between whom, for which days. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from enum import StrEnum

from services.gateway.roles import TITLES, Exclusion, exclusions
from shared import states
from shared.contracts.operations import CLERK, FINANCE, OFFICE, RECOMMENDER
from shared.problems import FieldError, Invalid

# Work of an office. Scores, votes, inspection and the giving of roles are personal.
LENDABLE = (RECOMMENDER, OFFICE, CLERK, FINANCE)


class State(StrEnum):
    """代办状态, as a day sees it."""

    COMING = "coming"
    RUNNING = "running"
    ENDED = "ended"  # by somebody
    OVER = "over"  # by its last day


MOVES: dict[State, frozenset[State]] = {
    State.COMING: frozenset({State.RUNNING, State.ENDED}),
    State.RUNNING: frozenset({State.ENDED, State.OVER}),
    State.ENDED: frozenset(),
    State.OVER: frozenset(),
}


def before(state: State) -> tuple[str, ...]:
    """The states from which a state can be reached."""
    return states.before(MOVES, state)


def state_on(today: date, starts_on: date, ends_on: date, *, ended: bool) -> State:
    """How it stands on a day; first and last day count in."""
    if ended:
        return State.ENDED
    if today < starts_on:
        return State.COMING
    return State.RUNNING if today <= ends_on else State.OVER


def excluded(roles: Iterable[str], role: str) -> list[Exclusion]:
    """The pairs of separation.yaml that roles would break together with one more."""
    held = frozenset(roles)
    return [pair for pair in exclusions() if role in pair.roles and pair.roles <= held | {role}]


def faults(
    *, role: str, giver_roles: Iterable[str], giver_unit: str | None, helper_roles: Iterable[str],
    helper_unit: str | None, same: bool, starts_on: date, ends_on: date, today: date, most_days: int,
) -> list[FieldError]:  # fmt: skip
    """What stands against lending a role, by field. `helper_roles`: its own and those that others lend it in these days."""
    found: list[FieldError] = []
    if role not in LENDABLE:
        found.append(
            FieldError("role", "该角色的事须由本人办理，不能代办", "what this role does is personal")
        )
    elif role not in giver_roles:
        found.append(FieldError("role", "您没有这个角色", "you do not hold this role"))
    if same:
        found.append(FieldError("helper", "不能委托自己", "nobody lends a role to oneself"))
    elif giver_unit is not None and giver_unit != helper_unit:
        found.append(FieldError("helper", "代办人须属同一单位", "the helper has to be of the same body"))
    for pair in excluded(helper_roles, role):
        (other,) = pair.roles - {role}
        zh, en = TITLES[other]
        found.append(
            FieldError("helper", f"代办人是{zh}：{pair.reason_zh}", f"the helper is {en}: {pair.reason_en}")
        )
    if starts_on < today:
        found.append(FieldError("starts_on", "不得早于今天", "not before today"))
    if ends_on < starts_on:
        found.append(FieldError("ends_on", "不得早于开始日", "not before the first day"))
    elif ends_on - starts_on >= timedelta(days=most_days):
        found.append(FieldError("ends_on", f"最多 {most_days} 天", f"{most_days} days at most"))
    return found


def require(found: list[FieldError]) -> None:
    """Raises Invalid where anything stands against it."""
    if found:
        raise Invalid(
            "；".join(each.reason_zh for each in found), "; ".join(each.reason_en for each in found),
            code="not_to_be_lent", errors=found,
        )  # fmt: skip
