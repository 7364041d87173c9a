"""A problem as arrays: experts in the rows, applications by number of submission in the columns."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from services.review.panels.model import FIELDS, LANGUAGES, Application, Expert, Problem
from services.review.panels.rules import industry_needed

Flags = np.ndarray[Any, np.dtype[np.bool_]]
Points = np.ndarray[Any, np.dtype[np.int8]]
Counts = np.ndarray[Any, np.dtype[np.int64]]


@dataclass(frozen=True)
class Quota:
    """Of those who read an application, at least `needed` belong to `able` (experts × applications)."""

    parameter: str
    needed: int
    able: Flags


@dataclass(frozen=True)
class Grid:
    """`free`: not kept from it. `fit`: 0 to 2. `room`: how many applications each expert can take here."""

    problem: Problem
    experts: tuple[Expert, ...]
    applications: tuple[Application, ...]
    free: Flags
    fit: Points
    room: Counts
    quotas: tuple[Quota, ...]

    @property
    def readers(self) -> int:
        """How many read each application."""
        return self.problem.rule.reviewers_per_application

    def of(self, rows: Counts) -> Grid:
        """The same for some of the experts."""
        quotas = tuple(Quota(q.parameter, q.needed, q.able[rows]) for q in self.quotas)
        experts = tuple(self.experts[row] for row in rows)
        return Grid(
            self.problem, experts, self.applications, self.free[rows], self.fit[rows], self.room[rows], quotas
        )

    @property
    def overlapping(self) -> bool:
        """Whether counting alone does not decide if readers can be found: limits of load, or quotas that cross."""
        return self.problem.limited or len(self.quotas) > 1


def grid_of(problem: Problem, experts: Sequence[Expert]) -> Grid:
    """The arrays of a problem, for these experts in this order."""
    applications = tuple(sorted(problem.applications, key=lambda a: a.sequence))
    column = {a.application_id: number for number, a in enumerate(applications)}
    free = np.ones((len(experts), len(applications)), dtype=bool)
    for row, expert in enumerate(experts):
        barred = problem.kept.get(expert.expert_id)
        if barred:
            free[row, [column[a] for a in barred if a in column]] = False
    fields = _shared(experts, applications, lambda thing: thing.fields)
    industries = _shared(experts, applications, lambda thing: thing.industries)
    fit = fields.astype(np.int8) + industries.astype(np.int8)
    room = np.array([problem.room(expert) for expert in experts], dtype=np.int64)
    quotas = tuple(_quotas(problem, experts, applications, fit))
    return Grid(problem, tuple(experts), applications, free, fit, room, quotas)


def _quotas(
    problem: Problem, experts: Sequence[Expert], applications: Sequence[Application], fit: Points
) -> list[Quota]:
    rule, shape = problem.rule, fit.shape
    found: list[Quota] = []
    needed = industry_needed(rule, rule.reviewers_per_application)
    if needed:
        industry = np.array([e.industry_expert for e in experts], dtype=bool)
        found.append(Quota("industry_share_min", needed, np.broadcast_to(industry[:, None], shape)))
    if rule.field_readers_min:
        names_none = np.array([not (a.fields or a.industries) for a in applications], dtype=bool)
        able = (fit > 0) | names_none[None, :] | _untold(experts, FIELDS)
        found.append(Quota("field_readers_min", rule.field_readers_min, able))
    if rule.language_readers_min:
        able = _speaks(experts, applications) | _untold(experts, LANGUAGES)
        found.append(Quota("language_readers_min", rule.language_readers_min, able))
    return [quota for quota in found if not (quota.able.size and quota.able.all())]


def _untold(experts: Sequence[Expert], what: str) -> Flags:
    return np.array([[what in e.untold] for e in experts], dtype=bool).reshape(len(experts), 1)


def _shared(
    experts: Sequence[Expert],
    applications: Sequence[Application],
    keys: Callable[[Expert | Application], frozenset[str]],
) -> Flags:
    """Whether expert and application have one of these keys in common."""
    known = sorted(set().union(*(keys(a) for a in applications))) if applications else []
    if not known or not experts:
        return np.zeros((len(experts), len(applications)), dtype=bool)
    return (_marks(known, [keys(e) for e in experts]) @ _marks(known, [keys(a) for a in applications]).T) > 0


def _speaks(experts: Sequence[Expert], applications: Sequence[Application]) -> Flags:
    known = sorted(set().union(*(a.languages for a in applications))) if applications else []
    if not known or not experts:
        return np.ones((len(experts), len(applications)), dtype=bool)
    lacking = 1 - _marks(known, [e.languages for e in experts])
    spoken: Flags = (lacking @ _marks(known, [a.languages for a in applications]).T) == 0
    return spoken


def _marks(known: Sequence[str], sets: Sequence[frozenset[str]]) -> np.ndarray[Any, np.dtype[np.float32]]:
    place = {key: number for number, key in enumerate(known)}
    marks = np.zeros((len(sets), len(known)), dtype=np.float32)
    for row, keys in enumerate(sets):
        for key in keys:
            if key in place:
                marks[row, place[key]] = 1
    return marks
