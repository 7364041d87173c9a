"""The one place that asks the optimiser: to draw a panel, to check one, to find a replacement. Pure.

What comes back is in the names of the problem: pseudonyms where a draw is recorded, ids where a panel that stands is looked at.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
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
from services.review.panels.model import FIELDS, LANGUAGES, fit
from services.review.panels.replacing import HAD_IT
from shared.identifiers import Reason

__all__ = ["Draft", "Fault", "NoPanelError", "Seats", "check", "drawn", "figures", "replacement"]

_GAP = "{:.6f}"  # a share


@dataclass(frozen=True)
class Seats:
    """Who sits on a panel, in the order of the draw, who reviews which application, and who leads."""

    members: tuple[str, ...]
    assignments: tuple[Assignment, ...]
    leader: str | None = None


@dataclass(frozen=True)
class Draft:
    """A drawn panel: its seats, with the leader that the draw proposes, the share of industry experts (two places), what was
    reached level by level, and by what means.
    """

    seats: Seats
    industry_share: str
    objective: Mapping[str, Any]
    method: str
    solver: str


@dataclass(frozen=True)
class Fault:
    """A rule that a panel breaks: its name, and how, in words."""

    rule: str
    reason: Reason


def drawn(problem: Problem, seed: str) -> Draft:
    """The best lawful panel, drawn by lot among the best. Raises NoPanelError with what is needed and what there is.

    Where the rule asks for no leader, the first drawn is proposed.
    """
    found = panels.form(problem, seed)
    panel, record = found.panel, found.record
    leader = panel.leader or panel.members[0]
    reached = asdict(record.objective)
    objective = {**reached, "gap": _GAP.format(record.objective.gap), "proved": record.objective.gap == 0}
    return Draft(
        Seats(panel.members, panel.assignments, leader),
        str(panel.industry_share),
        objective,
        record.method,
        record.solver,
    )


def needs(none: NoPanelError) -> list[dict[str, Any]]:
    """The rules that cannot be met together, with the numbers, as plain values."""
    conflicts = none.explanation.conflicts if none.explanation else ()
    return [asdict(need) for conflict in conflicts for need in conflict]


def notes(problem: Problem) -> tuple[Reason, ...]:
    """What the panel was not held to because nobody knows it, with numbers."""
    return tuple(_notes(problem))


def _notes(problem: Problem) -> Iterator[Reason]:
    rule, experts, applications = problem.rule, len(problem.experts), len(problem.applications)
    for asked, what, zh, en in (
        (rule.field_readers_min, FIELDS, "领域和行业", "fields and industries"),
        (rule.language_readers_min, LANGUAGES, "语言", "languages"),
    ):
        unknown = sum(what in e.untold for e in problem.experts)
        if asked and unknown:
            yield Reason(
                f"专家 {experts} 名中有 {unknown} 名的{zh}无记载：此项要求不据以排除他们",
                f"of {unknown} of {experts} experts no {en} are known: this rule keeps none of them out",
            )
    unnamed = sum(not (a.fields or a.industries) for a in problem.applications)
    if rule.field_readers_min and unnamed:
        yield Reason(
            f"申报 {applications} 份中有 {unnamed} 份未载领域和行业：对其不作熟悉领域的要求",
            f"{unnamed} of {applications} applications name no field or industry: nobody need know one for them",
        )
    unwritten = sum(not a.languages for a in problem.applications)
    if rule.language_readers_min and unwritten:
        yield Reason(
            f"申报 {applications} 份中有 {unwritten} 份未载所用语言：对其不作语言要求",
            f"{unwritten} of {applications} applications do not say their language: no language is asked for them",
        )
    free = sum(not e.employer for e in problem.experts)
    if rule.employer_max is not None and free:
        yield Reason(
            f"专家 {experts} 名中有 {free} 名的单位无记载：同一单位人数的限制对其不适用",
            f"of {free} of {experts} experts no employer is known: the limit for one employer does not hold for them",
        )


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
    broken before: whom the optimiser puts first, else any of the pool. `unwilling`: who had it before, or declined it.
    Raises NoPanelError where nobody can, which counts the members and the others of the pool who fail at each rule.
    """
    handed_on = {
        line.application_id
        for line in seats.assignments
        if line.expert_id == leaving and application in (None, line.application_id)
    }
    reading = {line.expert_id for line in seats.assignments if line.application_id in handed_on}
    out = ({*unwilling} & {*problem.by_id}) - reading
    away = {name: problem.barred(problem.by_id[name]) | handed_on for name in out}
    asked = replace(problem, kept={**problem.kept, **away})
    first: list[str] = []
    with suppress(NoReplacementError):
        first = [panels.replacement(_panel(problem, seats), asked, leaving, application).expert_id]
    before = set(check(problem, seats))
    failing = dict.fromkeys(out, HAD_IT)
    failing |= {e.expert_id: "kept_from" for e in problem.experts if handed_on & problem.barred(e)}
    for name in (*first, *_others(asked, handed_on, {*reading, leaving, *first})):
        after = led(problem, taken_over(seats, application, leaving, name))
        broken = [fault for fault in check(problem, after) if fault not in before]
        if not broken:
            return name
        failing[name] = broken[0].rule
    members = {*seats.members} - {leaving}
    inside = Counter(code for name, code in failing.items() if name in members - reading)
    outside = Counter(code for name, code in failing.items() if name not in {*members, *reading, leaving})
    raise _nobody(inside, outside, len(reading - {leaving}), one=application is not None)


def _nobody(
    inside: Mapping[str, int], outside: Mapping[str, int], reading: int, *, one: bool
) -> NoPanelError:
    """How many fail at what. A member's whole place is taken by somebody from outside: then nothing is said of the members."""
    beyond_zh, beyond_en = panels.why_nobody(outside)
    if not one:
        return NoPanelError(beyond_zh, beyond_en)
    of_panel_zh, of_panel_en = panels.why_nobody(inside, reading)
    return NoPanelError(
        f"组内其他成员：{of_panel_zh}。组外专家：{beyond_zh}",
        f"of the other members, {of_panel_en}. Outside the panel, {beyond_en}",
    )


def _others(problem: Problem, handed_on: set[str], out: set[str]) -> list[str]:
    """Those of the pool who are kept from nothing of it: by fit, then by work."""
    applications = [problem.applications_by_id[a] for a in sorted(handed_on & problem.here)]
    free = [e for e in problem.experts if e.expert_id not in out and not handed_on & problem.barred(e)]
    free.sort(key=lambda e: (-sum(fit(e, a) for a in applications), e.burden, e.expert_id))
    return [expert.expert_id for expert in free]


def late(problem: Problem, seats: Seats) -> list[str]:
    """The applications of the problem that nobody was ever given to review, by number."""
    known = {line.application_id for line in seats.assignments}
    return [
        a.application_id
        for a in sorted(problem.applications, key=lambda a: a.sequence)
        if a.application_id not in known
    ]


def barring(problem: Problem, experts: Iterable[str], applications: Iterable[str]) -> Problem:
    """The problem with these applications out of reach for these experts."""
    out = frozenset(applications)
    more = {name: problem.kept.get(name, frozenset()) | out for name in {*experts} & {*problem.by_id}}
    return replace(problem, kept={**problem.kept, **more})


def added(problem: Problem, seats: Seats, seed: str) -> Seats:
    """The seats with reviewers for the late applications; whatever stands stays. Raises NoPanelError."""
    panel = panels.added(replace(_panel(problem, seats), seed=seed), problem)
    known = {(line.application_id, line.expert_id) for line in seats.assignments}
    new = tuple(line for line in panel.assignments if (line.application_id, line.expert_id) not in known)
    return Seats(panel.members, (*seats.assignments, *new), seats.leader)


def led(problem: Problem, seats: Seats) -> Seats:
    """The seats with another leader where the one they have may not lead and somebody else may."""
    able = able_to_lead(problem, seats)
    fit_to_lead = not problem.rule.leader or (
        seats.leader in problem.by_id and problem.by_id[seats.leader].may_lead
    )
    return seats if fit_to_lead or not able else replace(seats, leader=able[0])


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
    """Who may lead, in the order of the draw: those free of interests, or all where nobody is."""
    members = in_line(problem, seats)
    return [member for member in members if not problem.kept.get(member)] or members


def in_line(problem: Problem, seats: Seats) -> list[str]:
    """The members on duty who may lead, in the order of the draw."""
    on_duty = {line.expert_id for line in seats.assignments}
    members = [member for member in seats.members if member in on_duty]
    if problem.rule.leader:
        members = [member for member in members if problem.by_id[member].may_lead]
    return members


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
