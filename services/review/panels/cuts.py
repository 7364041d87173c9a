"""Whether given members can read everything lawfully; where not, a condition that every panel that can fulfils.

The condition is a cut: each expert brings a value, the members together must bring `least`. First come those that counting
finds (too few free, too few of the industry), then one from the dual of a linear program, which weighs applications and lets
each expert bring the weight of the best that it has room for. Where only whole numbers fail, no cut is known, and the
members themselves are named as insufficient.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

import numpy as np

from services.review.panels.by_hand import read_by_hand
from services.review.panels.columns import FEW_PAIRS, Columns, Weights
from services.review.panels.grid import Counts, Flags, Grid
from services.review.solver import Numbers, Solution

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
        groups: dict[bytes, list[int]] = defaultdict(list)
        for application, column in enumerate(np.packbits(quota.able, axis=0).T):
            groups[column.tobytes()].append(application)
        for _, applications in sorted(groups.items()):
            if quota.able[:, applications[0]].all() or len(applications) == 1:
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
    own = grid.of(members)
    if read_by_hand(own):
        return []
    program = priced(own)
    shortage = program.least_shortage()
    if program.short(shortage):
        return [_cut(grid, program, shortage)]
    if shortage.whole() or _whole(own, program, shortage):
        return []
    return Insufficient()


def priced(own: Grid) -> Columns:
    """The program of who reads what, in which nothing has a preference; with all pairs where they are few."""
    no_weights = Weights(0, 0, np.zeros(own.free.shape))
    complete = int(own.free.sum()) <= FEW_PAIRS
    return Columns(own, no_weights, "", complete=complete, employer_max=None, exact=False)


def _whole(own: Grid, program: Columns, shortage: Solution) -> bool:
    """Whether whole numbers do it without a shortage; if those pairs do not that are in the program, all of them are asked."""
    if program.whole_optimum(shortage) is not None:
        return True
    if program.complete:
        return False
    no_weights = Weights(0, 0, np.zeros(own.free.shape))
    every = Columns(own, no_weights, "", complete=True, employer_max=None, exact=False)
    return every.whole_optimum(every.least_shortage()) is not None


def _cut(grid: Grid, program: Columns, shortage: Solution) -> Cut:
    """The condition that the duals make: any weights make a true one, these make one that the members break."""
    applications = len(grid.applications)
    weight = np.rint(shortage.duals * _EXACT) / _EXACT
    demand = weight[:applications]
    value = np.broadcast_to(demand, grid.free.shape).copy()
    least = grid.readers * float(demand.sum())
    for number, quota in enumerate(grid.quotas, start=1):
        extra = np.maximum(weight[number * applications : (number + 1) * applications], 0.0)
        value += quota.able * extra
        least += quota.needed * float(extra.sum())
    value[~grid.free] = 0.0
    np.maximum(value, 0.0, out=value)
    return Cut(_best(value, grid.room), least)


def _best(value: Numbers, room: Counts) -> Numbers:
    """By row the sum of its largest values, as many as there is room for."""
    ordered = -np.sort(-value, axis=1)
    ordered[np.arange(value.shape[1])[None, :] >= room[:, None]] = 0.0
    total: Numbers = ordered.sum(axis=1)
    return total
