"""Why no lawful panel exists: which rules conflict, and by how much.

Rule after rule is given up; one that changes nothing by that has no part in the conflict and stays given up. What is left is
a set of rules that cannot be met together, though they could without any one of them. For each of them the nearest value is
sought with which the others of the set could be met. Recusal is never given up. Where the rules left out conflict by
themselves, that is another set.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from fractions import Fraction
from typing import Any

from services.review.panels import need_words
from services.review.panels.model import Explanation, Need, Problem
from services.review.panels.rules import industry_needed, least_size
from shared.rulebooks import PanelRule

# In the order in which they are given up: what comes last is named where there is a choice.
_PARAMETERS = (
    "leader", "language_readers_min", "field_readers_min", "employer_max", "load_own", "load_max", "odd",
    "industry_share_min", "size_min", "reviewers_per_application",
)  # fmt: skip


def explain(problem: Problem) -> Explanation:
    """The sets of rules that conflict; empty where a lawful panel exists. Nobody at all is said in the same way."""
    left = problem
    conflicts: list[tuple[Need, ...]] = []
    while not seatable(left):
        conflict = _conflict(left)
        if not conflict:  # nothing is left to give up: there is nobody
            return Explanation((*conflicts, tuple(_needs(left, ("reviewers_per_application",)))))
        conflicts.append(tuple(_needs(left, conflict)))
        for parameter in conflict:
            left = without(left, parameter)
    return Explanation(tuple(conflicts))


def without(problem: Problem, parameter: str) -> Problem:
    """The problem with one rule given up."""
    rule = problem.rule
    if parameter == "load_own":
        return replace(problem, experts=tuple(replace(e, load_max=None) for e in problem.experts))
    if parameter == "reviewers_per_application":
        return replace(problem, rule=_with_readers(rule, 0))
    given_up: dict[str, Any] = {parameter: False if parameter in ("odd", "leader") else None}
    return replace(problem, rule=replace(rule, **given_up))


def _with_readers(rule: PanelRule, readers: int) -> PanelRule:
    """Fewer readers; of whom no more can be of a kind than there are."""
    fewer: dict[str, Any] = {
        name: min(value, readers)
        for name in ("field_readers_min", "language_readers_min")
        if (value := getattr(rule, name)) is not None
    }
    return replace(rule, reviewers_per_application=readers, **fewer)


def _in_force(problem: Problem) -> Iterator[str]:
    for parameter in _PARAMETERS:
        if parameter == "load_own":
            if any(e.load_max is not None for e in problem.experts):
                yield parameter
        elif getattr(problem.rule, parameter):
            yield parameter


def _conflict(problem: Problem) -> tuple[str, ...]:
    """A set of rules that cannot be met together, and none of which is one too many; empty where none is to blame."""
    left, conflict = problem, []
    for parameter in _in_force(problem):
        fewer = without(left, parameter)
        if seatable(fewer):
            conflict.append(parameter)
        else:
            left = fewer
    return tuple(conflict)


def _needs(problem: Problem, conflict: tuple[str, ...]) -> Iterator[Need]:
    """Each rule of the set in words, the first of the rulebook's order first."""
    alone = problem
    for parameter in _in_force(problem):
        if parameter not in conflict:
            alone = without(alone, parameter)
    for parameter in reversed(_PARAMETERS):
        if parameter in conflict:
            needed = _needed(alone, parameter)
            possible = _possible(alone, parameter, needed)
            zh, en = need_words.told(alone, conflict, parameter, needed, possible, odd=problem.rule.odd)
            yield Need(parameter, needed, possible, zh, en)


def _needed(problem: Problem, parameter: str) -> int:
    rule = problem.rule
    if parameter == "size_min":
        return least_size(rule)
    if parameter == "industry_share_min":
        return industry_needed(rule, least_size(rule))
    if parameter in ("odd", "leader", "load_own"):
        return 1
    value = getattr(rule, parameter)
    assert isinstance(value, int)
    return value


def _possible(problem: Problem, parameter: str, needed: int) -> int | None:
    """The nearest value with which the others can be met; None where the rule has no number."""
    if parameter in ("odd", "leader", "load_own"):
        return None
    if parameter in ("employer_max", "load_max"):
        most = len(problem.experts) if parameter == "employer_max" else _largest_load(problem)
        return _nearest(lambda value: with_value(problem, parameter, value), needed, most)
    return _nearest(lambda value: with_value(problem, parameter, value), needed, 0)


def _largest_load(problem: Problem) -> int:
    return len(problem.applications) + max((e.carried for e in problem.experts), default=0)


def with_value(problem: Problem, parameter: str, value: int) -> Problem:
    """The problem with another number in one rule; of the share, so many in the smallest panel."""
    rule = problem.rule
    if parameter == "reviewers_per_application":
        return replace(problem, rule=_with_readers(rule, value))
    if parameter == "industry_share_min":
        return replace(
            problem, rule=replace(rule, industry_share_min=Fraction(value, least_size(rule)) or None)
        )
    other: dict[str, Any] = {parameter: value or None}
    return replace(problem, rule=replace(rule, **other))


def _nearest(variant: Callable[[int], Problem], bad: int, good: int) -> int:
    """Between a value that is impossible and one that is possible, the possible one next to an impossible one."""
    while abs(good - bad) > 1:
        middle = (good + bad) // 2
        if seatable(variant(middle)):
            good = middle
        else:
            bad = middle
    return good


def seatable(problem: Problem) -> bool:
    """Whether a lawful panel exists."""
    from services.review.panels import members  # the solver, which a start of the service need not wait for

    return members.seatable(problem)
