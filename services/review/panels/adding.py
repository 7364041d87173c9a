"""Readers for applications that came after the draw: everything that stands stays as it is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace

from services.review.panels.checking import check
from services.review.panels.forming import assign, form
from services.review.panels.model import (
    Application,
    Expert,
    Former,
    NoPanelError,
    Panel,
    Problem,
    fit,
    share_of,
)
from shared.identifiers import digest


def added(panel: Panel, problem: Problem) -> Panel:
    """The panel with readers for every application that has none.

    The members read them as well as they can. Where they cannot, the fewest of the pool join who are needed for it, and one more
    where the number or the share of the whole panel asks for it. No rule may be broken that was not broken before.
    Raises NoPanelError.
    """
    read = {a.application_id for a in panel.assignments}
    late = tuple(a for a in problem.applications if a.application_id not in read)
    if not late:
        return panel
    asked = _asked(panel, problem, late)
    before = set(check(panel, replace(problem, applications=_others(problem, late))))
    refused: list[NoPanelError] = []
    for members in _members(panel, problem, asked):
        try:
            proposed = _read(panel, problem, asked, members)
        except NoPanelError as none:
            refused.append(none)
            continue
        faults = [fault for fault in check(proposed, problem) if fault not in before]
        if not faults:
            return proposed
        refused.append(NoPanelError(faults[0].zh, faults[0].en))
    raise refused[0]


def _others(problem: Problem, late: tuple[Application, ...]) -> tuple[Application, ...]:
    return tuple(application for application in problem.applications if application not in late)


def _asked(panel: Panel, problem: Problem, late: tuple[Application, ...]) -> Problem:
    """The late ones alone, with what everybody has already; those whose employer has no seat left are not there."""
    load = Counter(a.expert_id for a in panel.assignments)
    most = problem.rule.employer_max
    sent = Counter(e.employer for e in problem.experts if e.expert_id in panel.members and e.employer)
    busy = tuple(
        replace(expert, carried=expert.carried + load[expert.expert_id])
        for expert in problem.experts
        if expert.expert_id in panel.members
        or most is None
        or not expert.employer
        or sent[expert.employer] < most
    )
    return replace(problem, applications=late, experts=busy, former=None)


def _members(panel: Panel, problem: Problem, asked: Problem) -> Iterator[tuple[str, ...]]:
    """Who may sit then, the least change first. Raises NoPanelError where the pool cannot read the late ones."""
    here = tuple(name for name in panel.members if name in problem.by_id)
    yield here
    rule = replace(problem.rule, size_min=None, odd=False, leader=False)
    readers = replace(asked, rule=rule, former=Former(here))
    joined = tuple(name for name in form(readers, panel.seed).panel.members if name not in here)
    if joined:
        yield (*here, *joined)
    for expert in _best_first(asked, panel):
        if expert.expert_id not in (*here, *joined):
            yield (*here, *joined, expert.expert_id)


def _best_first(asked: Problem, panel: Panel) -> list[Expert]:
    """The pool by fit, interests, work, and then the lot of the panel's seed."""

    def merit(expert: Expert) -> tuple[int, int, int, str]:
        return (
            -sum(fit(expert, application) for application in asked.applications),
            len(asked.barred(expert)),
            expert.burden,
            digest([panel.seed, expert.expert_id]),
        )

    return sorted((expert for expert in asked.experts if asked.room(expert) > 0), key=merit)


def _read(panel: Panel, problem: Problem, asked: Problem, members: tuple[str, ...]) -> Panel:
    found = assign(asked, members, panel.seed)
    industry = sum(problem.by_id[name].industry_expert for name in members)
    return replace(
        panel,
        members=(*members, *(name for name in panel.members if name not in members)),
        industry_share=share_of(industry, len(members)),
        assignments=(*panel.assignments, *found.assignments),
    )
