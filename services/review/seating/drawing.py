"""The one place that asks the optimiser: to draw a panel, to check one, to find a replacement. Pure.

What comes back is in the names of the problem: pseudonyms where a draw is recorded, ids where a panel that stands is looked at.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from services.review.panels import Assignment, NoPanelError, draw, industry_needed
from services.review.seating.problems import Problem
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
    """One of the lawful panels, the same one for the same seed. Raises NoPanelError with what is needed and what there is.

    The first drawn is proposed to lead.
    """
    panel = draw(problem.rule, problem.experts, problem.applications, problem.kept, seed)
    return Draft(Seats(panel.members, panel.assignments, panel.members[0]), str(panel.industry_share))


def check(problem: Problem, seats: Seats) -> tuple[Fault, ...]:
    """Every rule that these seats break; none where they are lawful."""
    pool = {reviewer.expert_id: reviewer for reviewer in problem.experts}
    strangers = [name for name in seats.members if name not in pool]
    if strangers:
        return (_fault("pool", f"{_few(strangers)} 不在专家库中", f"not in the pool: {_few(strangers)}"),)
    return (*_of_the_panel(problem, seats), *_of_each_application(problem, seats))


def _of_the_panel(problem: Problem, seats: Seats) -> Iterable[Fault]:
    rule, size = problem.rule, len(seats.members)
    industry = {r.expert_id for r in problem.experts if r.industry_expert}
    if len(set(seats.members)) < size:
        yield _fault("twice", "同一专家不得占两席", "an expert holds two seats")
    least = max(rule.reviewers_per_application, rule.size_min or 1)
    if size < least:
        yield _fault(
            "size", f"需要 {least} 人，现有 {size} 人", f"{least} members are needed, there are {size}"
        )
    if rule.odd and size % 2 == 0:
        yield _fault("odd", f"人数须为单数，现有 {size} 人", f"the number must be odd, it is {size}")
    seated = len(industry & set(seats.members))
    if seated < industry_needed(rule, size):
        needed = industry_needed(rule, size)
        yield _fault(
            "industry_share", f"需要 {needed} 名行业专家，现有 {seated} 名",
            f"{needed} industry experts are needed, there are {seated}",
        )  # fmt: skip


def _of_each_application(problem: Problem, seats: Seats) -> Iterable[Fault]:
    rule = problem.rule
    industry = {r.expert_id for r in problem.experts if r.industry_expert}
    reading: dict[str, list[str]] = {a.application_id: [] for a in problem.applications}
    for line in seats.assignments:
        reading.setdefault(line.application_id, []).append(line.expert_id)
    needed, of_industry = (
        rule.reviewers_per_application,
        industry_needed(rule, rule.reviewers_per_application),
    )
    for application, names in sorted(reading.items()):
        kept = [name for name in names if application in problem.kept.get(name, ())]
        if kept:
            yield _fault(
                "conflict", f"{_few(kept)} 应当回避 {application}", f"{_few(kept)} is kept from {application}"
            )
        if len(set(names)) < needed:
            yield _fault(
                "reviewers", f"{application} 需要 {needed} 名评审员，现有 {len(set(names))} 名",
                f"{application} needs {needed} reviewers and has {len(set(names))}",
            )  # fmt: skip
        if len(industry & set(names)) < of_industry:
            yield _fault(
                "industry_reviewers", f"{application} 需要 {of_industry} 名行业专家",
                f"{application} needs {of_industry} industry experts",
            )  # fmt: skip
        if not set(names) <= set(seats.members):
            yield _fault(
                "member", f"{application} 的评审员不在组内", f"{application} is read by a non-member"
            )


def replacement(
    problem: Problem, seats: Seats, application: str | None, leaving: str, unwilling: Iterable[str] = ()
) -> str:
    """Who takes over one application, or (None) all that the one who leaves has: the member with the least to do, else
    somebody of the pool, such that no rule is broken that was not broken before.

    `unwilling`: who had it before, or declined it. Raises NoPanelError where nobody can.
    """
    load = Counter(line.expert_id for line in seats.assignments)
    handed_on = {
        line.application_id
        for line in seats.assignments
        if line.expert_id == leaving and application in (None, line.application_id)
    }
    reading = {line.expert_id for line in seats.assignments if line.application_id in handed_on}
    out = {leaving, *unwilling, *reading}
    place = {name: number for number, name in enumerate(seats.members)}
    free = [
        r.expert_id
        for r in problem.experts
        if r.expert_id not in out and not handed_on & problem.kept.get(r.expert_id, frozenset())
    ]
    before = set(check(problem, seats))
    for name in sorted(free, key=lambda n: (n not in place, load[n], place.get(n, 0), n)):
        if set(check(problem, taken_over(seats, application, leaving, name))) <= before:
            return name
    raise NoPanelError(
        f"没有可以接替的评审员：{len(free)} 名无利害关系的专家均不合规定",
        f"nobody can take over: of {len(free)} experts without an interest none is lawful",
    )


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
    return [member for member in members if not problem.kept.get(member)] or members


def figures(problem: Problem, seats: Seats) -> dict[str, Any]:
    """What an officer looks at before a release: size and share against the rule, and how the work is spread."""
    rule, size = problem.rule, len(seats.members)
    industry = {r.expert_id for r in problem.experts if r.industry_expert} & set(seats.members)
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


def _few(names: Sequence[str]) -> str:
    return "、".join(names[:5]) + (f" … ({len(names)})" if len(names) > 5 else "")


def _fault(rule: str, zh: str, en: str) -> Fault:
    return Fault(rule, Reason(zh, en))
