"""The work of forming: who sits, who leads, who reads what. Loads the arrays and the solver; forming.py calls it when needed."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from services.review.panels.explaining import explain
from services.review.panels.grid import Flags, Grid, grid_of
from services.review.panels.members import Seats, seated
from services.review.panels.model import Assigned, NoPanelError, Panel, Problem, placed, share_of
from services.review.panels.reading import Reading, read
from services.review.panels.record import Objective
from services.review.time_limit import NotSolvedError


def readings(
    problem: Problem, members: Sequence[str] | None, seed: str, employer_max: int | None
) -> Assigned:
    """What forming.assign gives."""
    chosen = problem.experts if members is None else [problem.by_id[name] for name in members]
    grid = grid_of(problem, chosen)
    reading = _read(grid, problem, seed, employer_max)
    if reading is None:
        raise NoPanelError(
            f"这 {len(chosen)} 名评审员无法按规定读完 {len(grid.applications)} 份申报",
            f"these {len(chosen)} reviewers cannot lawfully read the {len(grid.applications)} applications",
        )
    names = [expert.expert_id for expert in chosen]
    pairs = _named(grid, reading)
    return Assigned(
        placed(problem, names, pairs), reading.changes, reading.fit, reading.work, reading.bound, reading.gap
    )


def planned(problem: Problem, seed: str) -> tuple[Panel, Objective]:
    """The panel and what was reached. Raises NoPanelError."""
    seats = seated(problem, seed)
    if seats is None:
        explanation = explain(problem)
        raise NoPanelError(explanation.zh, explanation.en, explanation)
    grid = grid_of(problem, seats.members)
    reading = _read(grid, problem, seed)
    if reading is None:
        raise NotSolvedError("the members can read everything, but no assignment was found")
    names = tuple(member.expert_id for member in seats.members)
    industry = sum(member.industry_expert for member in seats.members)
    panel = Panel(
        members=names,
        industry_share=share_of(industry, len(names)),
        assignments=placed(problem, names, _named(grid, reading)),
        seed=seed,
        leader=_leader(problem, seats),
    )
    return panel, _objective(problem, seats, reading)


def _objective(problem: Problem, seats: Seats, reading: Reading) -> Objective:
    former = problem.former
    changes = len(seats.members) + len(former.members) - 2 * seats.kept if former else 0
    return Objective(
        size=len(seats.members),
        seats_changed=changes,
        knowledge=seats.fit,
        interests=seats.interests,
        assignments_changed=reading.changes,
        fit=reading.fit,
        work=reading.work,
        gap=reading.gap,
    )


def _leader(problem: Problem, seats: Seats) -> str | None:
    """The former leader where it still sits and may lead, else the first in the order of the lot who may."""
    if not problem.rule.leader:
        return None
    able = [member.expert_id for member in seats.members if member.may_lead]
    if problem.former and problem.former.leader in able:
        return problem.former.leader
    return able[0]


def _read(grid: Grid, problem: Problem, seed: str, employer_max: int | None = None) -> Reading | None:
    carried = np.array([expert.burden for expert in grid.experts], dtype=np.int64)
    return read(grid, _former_pairs(grid, problem), seed, carried, employer_max)


def _former_pairs(grid: Grid, problem: Problem) -> Flags:
    former = np.zeros(grid.free.shape, dtype=bool)
    if problem.former is not None:
        rows = {expert.expert_id: row for row, expert in enumerate(grid.experts)}
        columns = {a.application_id: column for column, a in enumerate(grid.applications)}
        for application_id, expert_id in problem.former.assignments:
            if application_id in columns and expert_id in rows:
                former[rows[expert_id], columns[application_id]] = True
    return former


def _named(grid: Grid, reading: Reading) -> list[tuple[str, str]]:
    return [
        (grid.applications[application].application_id, grid.experts[expert].expert_id)
        for application, expert in reading.pairs
    ]
