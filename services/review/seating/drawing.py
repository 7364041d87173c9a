"""The one place that asks the optimiser: to draw a panel, to check one, to find a replacement. Pure.

What comes back is in the names of the problem: pseudonyms where a draw is recorded, ids where a panel that stands is looked at.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from services.review import panels
from services.review.panels import (
    Assignment,
    NoPanelError,
    NoReplacementError,
    Panel,
    Problem,
    industry_needed,
)
from shared.identifiers import Reason

__all__ = ["Draft", "Fault", "NoPanelError", "Seats", "check", "drawn", "figures", "replacement"]


@dataclass(frozen=True)
class Seats:
    """Who sits on a panel, in the order of the draw, who reviews which application, and who leads."""

    members: tuple[str, ...]
    assignments: tuple[Assignment, ...]
    leader: str | None = None


@dataclass(frozen=True)
class Draft:
    """A drawn panel: its seats, with the leader that the draw proposes, and the share of industry experts (two places)."""

    seats: Seats
    industry_share: str


@dataclass(frozen=True)
class Fault:
    """A rule that a panel breaks: its name, and how, in words."""

    rule: str
    reason: Reason


def drawn(problem: Problem, seed: str) -> Draft:
    """The best lawful panel, drawn by lot among the best. Raises NoPanelError with what is needed and what there is.

    Where the rule asks for no leader, the first drawn is proposed.
    """
    panel = panels.form(problem, seed).panel
    leader = panel.leader or panel.members[0]
    return Draft(Seats(panel.members, panel.assignments, leader), str(panel.industry_share))


def check(problem: Problem, seats: Seats) -> tuple[Fault, ...]:
    """Every rule that these seats break; none where they are lawful. What has left the stage is looked past."""
    faults = panels.check(_panel(problem, seats), problem)
    return tuple(Fault(fault.code, Reason(fault.zh, fault.en)) for fault in faults)


def _panel(problem: Problem, seats: Seats) -> Panel:
    here = problem.here
    lines = tuple(line for line in seats.assignments if line.application_id in here)
    industry = {e.expert_id for e in problem.experts if e.industry_expert} & set(seats.members)
    leader = seats.leader if problem.rule.leader else None
    return Panel(seats.members, Decimal(share(len(industry), len(seats.members))), lines, "", leader)


def replacement(
    problem: Problem, seats: Seats, application: str | None, leaving: str, unwilling: Iterable[str] = ()
) -> str:
    """Who takes over one application, or (None) all that the one who leaves has, such that no rule is broken that was not
    broken before. `unwilling`: who had it before, or declined it. Raises NoPanelError where nobody can.
    """
    handed_on = {
        line.application_id
        for line in seats.assignments
        if line.expert_id == leaving and application in (None, line.application_id)
    }
    reading = {line.expert_id for line in seats.assignments if line.application_id in handed_on}
    away = {
        name: problem.kept.get(name, frozenset()) | handed_on for name in set(unwilling) - reading - {leaving}
    }
    asked = replace(problem, kept={**problem.kept, **away})
    try:
        return panels.replacement(_panel(problem, seats), asked, leaving, application).expert_id
    except NoReplacementError as nobody:
        outsider = _from_outside(asked, seats, application, leaving) if application else None
        if outsider is None:
            raise NoPanelError(nobody.reason_zh, nobody.reason_en) from None
        return outsider


def _from_outside(problem: Problem, seats: Seats, application: str, leaving: str) -> str | None:
    """Where no member can take an application over: one of the pool who can, as a further member."""
    before = set(check(problem, seats))
    free = [
        e
        for e in problem.experts
        if e.expert_id not in seats.members and application not in problem.kept.get(e.expert_id, ())
    ]
    for expert in sorted(free, key=lambda e: (e.carried, e.expert_id)):
        if set(check(problem, taken_over(seats, application, leaving, expert.expert_id))) <= before:
            return expert.expert_id
    return None


def taken_over(seats: Seats, application: str | None, leaving: str, coming: str) -> Seats:
    """The seats after one takes over an application from another, or (None) all of them.

    Who has nothing left to review leaves the panel; the one who comes sits where the other sat, and leads if it led.
    """
    lines = tuple(
        Assignment(line.application_id, coming, line.position)
        if line.expert_id == leaving and application in (None, line.application_id)
        else line
        for line in seats.assignments
    )
    stays = any(line.expert_id == leaving for line in lines)
    members = [coming if name == leaving and not stays else name for name in seats.members]
    if coming not in members:
        members.append(coming)
    leader = coming if seats.leader == leaving and not stays else seats.leader
    return Seats(tuple(dict.fromkeys(members)), lines, leader)


def able_to_lead(problem: Problem, seats: Seats) -> list[str]:
    """The members on duty who may lead, in the order of the draw: those free of interests, or all where nobody is."""
    on_duty = {line.expert_id for line in seats.assignments}
    members = [member for member in seats.members if member in on_duty]
    if problem.rule.leader:
        members = [member for member in members if problem.by_id[member].may_lead]
    return [member for member in members if not problem.kept.get(member)] or members


def figures(problem: Problem, seats: Seats) -> dict[str, Any]:
    """What an officer looks at before a release: size and share against the rule, and how the work is spread."""
    rule, size = problem.rule, len(seats.members)
    industry = {e.expert_id for e in problem.experts if e.industry_expert} & set(seats.members)
    load = Counter(line.expert_id for line in seats.assignments)
    counts = [load[name] for name in seats.members]
    return {
        "size": size,
        "size_needed": max(rule.reviewers_per_application, rule.size_min or 1),
        "industry": len(industry),
        "industry_needed": industry_needed(rule, size),
        "industry_share": share(len(industry), size),
        "load_least": min(counts, default=0),
        "load_most": max(counts, default=0),
    }


def share(part: int, whole: int) -> str:
    """A share with two places; nothing of nothing is 0.00."""
    return str((Decimal(part) / max(whole, 1)).quantize(Decimal("0.01"), ROUND_HALF_UP))


def by_member(seats: Seats) -> Mapping[str, Sequence[str]]:
    """Each member's applications, in the order of the seats."""
    found: dict[str, list[str]] = {name: [] for name in seats.members}
    for line in seats.assignments:
        found.setdefault(line.expert_id, []).append(line.application_id)
    return found
