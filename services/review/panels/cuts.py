"""Whether given members can read everything lawfully; where not, a condition that every panel that can fulfils.

The condition is a cut: each expert brings a value, the members together must bring `least`. First come those that counting
finds (too few free, too few of the industry), then one from the dual of a linear program, which weighs applications and lets
each expert bring the weight of the best that it has room for. Where only whole numbers fail, no cut is known, and the
members themselves are named as insufficient.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from services.review.panels.grid import Counts, Flags, Grid
from services.review.solver import Numbers, Program, Solution

_AT_ONCE = 60  # cuts by counting that are added before the program is solved again
_EXACT = 1e6  # weights are rounded to millionths: any weights give a true condition


@dataclass(frozen=True)
class Cut:
    """Σ `value` over the members is at least `least`. `value` for every expert of the grid."""

    value: Numbers
    least: float


@dataclass(frozen=True)
class Insufficient:
    """These members cannot read everything, nor can any part of them."""


def cuts_by_group(grid: Grid) -> list[Cut]:
    """What limits of load ask of any panel, group by group of applications that the same experts may count for.

    The members together must have room for every reader, and those who count for a quota for the readers that it asks.
    """
    if not grid.problem.limited:
        return []
    found = [Cut(grid.room.astype(float), grid.readers * len(grid.applications))]
    for quota in grid.quotas:
        columns, group_of = np.unique(quota.able, axis=1, return_inverse=True)
        for group in range(columns.shape[1]):
            applications = np.flatnonzero(group_of.reshape(-1) == group)
            if columns[:, group].all() or len(applications) == 1:
                continue
            possible = (grid.free & quota.able)[:, applications].sum(axis=1)
            value = np.minimum(possible, grid.room).astype(float)
            found.append(Cut(value, quota.needed * len(applications)))
    return found


def cuts_against(grid: Grid, members: Counts) -> list[Cut] | Insufficient:
    """Conditions that these members (rows of the grid) break; empty where they can read everything."""
    found = _by_counting(grid, members)
    if found or not grid.overlapping:
        return found
    return _by_program(grid, members)


def _by_counting(grid: Grid, members: Counts) -> list[Cut]:
    found: list[tuple[int, Flags, int]] = []
    for able, needed in ((None, grid.readers), *((q.able, q.needed) for q in grid.quotas)):
        can = grid.free if able is None else grid.free & able
        missing = needed - can[members].sum(axis=0)
        for application in np.flatnonzero(missing > 0):
            found.append((int(missing[application]), can[:, application], needed))
    found.sort(key=lambda short: -short[0])
    distinct: dict[bytes, Cut] = {}
    for _, can, needed in found:
        distinct.setdefault(can.tobytes() + bytes([needed]), Cut(can.astype(float), needed))
        if len(distinct) == _AT_ONCE:
            break
    return list(distinct.values())


def _by_program(grid: Grid, members: Counts) -> list[Cut] | Insufficient:
    program = _Shortage(grid, members)
    solution = program.solve()
    if solution.objective > 1e-6:
        return [program.cut(solution)]
    if solution.whole() or program.solve_whole():
        return []
    return Insufficient()


class _Shortage:
    """The least shortage of readers with which the members could do it."""

    def __init__(self, grid: Grid, members: Counts) -> None:
        self.grid, self.members = grid, members
        self.program = Program()
        rows, columns = np.nonzero(grid.free[members])
        self.rows, self.columns = members[rows], columns
        self.pairs = self.program.add_columns(np.zeros(len(rows)), np.ones(len(rows)), whole=False)
        applications = len(grid.applications)
        short = self.program.add_columns(np.ones(applications), np.full(applications, np.inf), whole=False)
        self.demand_rows = [
            self._row(np.flatnonzero(columns == a), short + a, grid.readers, grid.readers)
            for a in range(applications)
        ]
        self.quota_rows = [
            [self._quota_row(number, a) for a in range(applications)] for number in range(len(grid.quotas))
        ]
        for row, member in enumerate(members):
            own = np.flatnonzero(rows == row).astype(np.int32)
            self.program.add_row(own, np.ones(len(own)), most=float(grid.room[member]))

    def _row(self, own: Counts, short: int, least: int, most: float) -> int:
        entries = np.append(own, short).astype(np.int32)
        return self.program.add_row(entries, np.ones(len(entries)), least, most)

    def _quota_row(self, number: int, application: int) -> int:
        quota = self.grid.quotas[number]
        able = quota.able[self.rows, self.columns]
        own = np.flatnonzero((self.columns == application) & able)
        short = self.program.add_columns([1.0], [np.inf], whole=False)
        return self._row(own, short, quota.needed, np.inf)

    def solve(self) -> Solution:
        solution = self.program.solve()
        assert solution is not None, "with shortages everything can be met"
        return solution

    def solve_whole(self) -> bool:
        """Whether whole numbers do it without a shortage."""
        self.program.require_whole(np.arange(len(self.rows), dtype=np.int32))
        return self.solve().objective < 0.5

    def cut(self, solution: Solution) -> Cut:
        weight = np.rint(solution.duals * _EXACT) / _EXACT
        demand = weight[self.demand_rows]
        value = np.broadcast_to(demand, self.grid.free.shape).copy()
        least = self.grid.readers * float(demand.sum())
        for quota, rows in zip(self.grid.quotas, self.quota_rows, strict=True):
            extra = np.maximum(weight[rows], 0.0)
            value += quota.able * extra
            least += quota.needed * float(extra.sum())
        value[~self.grid.free] = 0.0
        np.maximum(value, 0.0, out=value)
        return Cut(_best(value, self.grid.room), least)


def _best(value: Numbers, room: Counts) -> Numbers:
    """By row the sum of its largest values, as many as there is room for."""
    ordered = -np.sort(-value, axis=1)
    ordered[np.arange(value.shape[1])[None, :] >= room[:, None]] = 0.0
    total: Numbers = ordered.sum(axis=1)
    return total
