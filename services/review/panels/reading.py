"""Who reads what among given members: fewest changes, then the best fit, then the most even work; proved or with its gap.

A linear program over pairs. Each member's work costs 1 for the first application, 3 for the second, 5 for the third and so
on, which adds up to the square of its load. The levels are weights, each larger than all that stands below it can weigh.
Where there are many pairs only the promising ones are in the program; the others are priced by its duals and the ones that
could improve it are added, until none can: then the program's value is a bound for all pairs. With one quota the program is
a flow and its corners are whole; where they are not, the search for whole numbers goes over the pairs that are in it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from services.review.panels.columns import FEW_PAIRS, Columns, Weights
from services.review.panels.grid import Counts, Flags, Grid
from services.review.panels.lots import lots_of
from services.review.solver import Solution

ALL_PAIRS = FEW_PAIRS  # up to so many the lot is drawn among all optima


@dataclass(frozen=True)
class Reading:
    """`pairs`: rows of (application, expert) of the grid. `cost` and `bound` as the program weighs; 0 is a proved optimum."""

    pairs: Counts
    changes: int
    fit: int
    work: int
    bound: float
    gap: float


def read(
    grid: Grid, former: Flags, seed: str, carried: Counts, employer_max: int | None = None
) -> Reading | None:
    """The assignment of lowest cost, drawn by lot where several are; None where these members cannot read everything.

    `former`: pairs of the former plan. `employer_max`: the most readers of one employer for one application, where the
    members themselves do not keep to it.
    """
    forced = _forced(grid)
    if forced is not None:
        return _told(grid, former, carried, forced, None)
    weights = Weights.of(grid, former, carried)
    complete = employer_max is None and int(grid.free.sum()) <= ALL_PAIRS
    columns = Columns(grid, weights, seed, complete=complete, employer_max=employer_max)
    found = _solved(columns)
    if found is not None and found.solution is None and not complete:
        # In whole numbers the pairs that were priced give nothing, which proves nothing of the others: all of them are asked.
        columns = Columns(grid, weights, seed, complete=True, employer_max=employer_max, exact=False)
        found = _solved(columns)
    if found is None or found.solution is None:
        return None
    solution = found.solution
    if complete:
        solution = columns.drawn(solution, lots_of(seed, grid))
    return _told(grid, former, carried, columns.pairs(solution), found.bound, weights)


@dataclass(frozen=True)
class _Found:
    """`solution`: None where the pairs that are in the program have none in whole numbers."""

    solution: Solution | None
    bound: float


def _solved(columns: Columns) -> _Found | None:
    """None where it is proved, over all pairs, that somebody must be lacking."""
    solution = columns.optimum()
    if columns.short(solution):
        if columns.short(columns.least_shortage()):
            return None
        columns.without_shortages()
        solution = columns.optimum()
    if solution.whole():
        return _Found(solution, solution.objective)
    whole = columns.whole_optimum(solution)
    bound = solution.objective
    if whole is not None and columns.complete:
        bound = max(bound, whole.bound)
    return _Found(whole, bound)


def _forced(grid: Grid) -> Counts | None:
    """The pairs where there is no choice: exactly as many are free as must read, and each has room."""
    if not (grid.free.sum(axis=0) == grid.readers).all():
        return None
    if (grid.free.sum(axis=1) > grid.room).any():
        return None
    if any(((grid.free & q.able).sum(axis=0) < q.needed).any() for q in grid.quotas):
        return None
    return np.argwhere(grid.free.T)


def _told(
    grid: Grid,
    former: Flags,
    carried: Counts,
    pairs: Counts,
    bound: float | None,
    weights: Weights | None = None,
) -> Reading:
    applications, experts = pairs[:, 0], pairs[:, 1]
    load = np.bincount(experts, minlength=len(grid.experts))
    work = int(((carried + load) ** 2).sum())
    fit = int(grid.fit[experts, applications].sum(dtype=np.int64))
    kept = int(former[experts, applications].sum())
    changes = int(former.sum()) + len(pairs) - 2 * kept if former.any() else 0
    gap = 0.0
    if bound is not None and weights is not None:
        cost = weights.cost(kept, fit, work - int((carried**2).sum()))
        gap = 0.0 if cost - bound < 0.5 else float((cost - bound) / max(1.0, abs(bound)))
    return Reading(pairs, changes, fit, work, 0.0 if bound is None else float(bound), gap)
