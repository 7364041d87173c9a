"""The linear program of an assignment, with as many of its pairs as it needs.

Rows: for each application its readers, then each quota; for each expert, what it reads less what its steps of work allow.
Columns: pairs, steps of work, and shortages, which are dear. Whether they can be avoided is decided by a first program in which
nothing else costs anything.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from services.review.panels.grid import Counts, Flags, Grid
from services.review.panels.lots import Lots
from services.review.solver import Indices, Numbers, Program, Solution

_TOLERANCE = 1e-6
_COSTS = 1e-4  # a reduced cost or dual above this is one
_FIRST = 3  # pairs of each application, and of each of its quotas, that are in the program from the start
_GAP = (
    0.01  # of the search for whole numbers over all pairs that are in the program; a hundredth of it over few
)
_ADDED = 8  # of each application that are added at once
FEW_PAIRS = 20_000  # up to so many there is no use in leaving any out
_SLACK = 2.0  # steps of work that are there from the start, as a multiple of an even share


@dataclass(frozen=True)
class Weights:
    """What a point of fit and a pair of the former plan weigh against the sum of squared loads."""

    fit: int
    kept: int
    by_pair: Numbers  # experts × applications: the cost of each pair, never above 0

    @classmethod
    def of(cls, grid: Grid, former: Flags, carried: Counts) -> Weights:
        """Weights of which each is larger than everything below it together."""
        demand = grid.readers * len(grid.applications)
        most = min(int(grid.room.max(initial=0)), len(grid.applications)) + int(carried.max(initial=0))
        fit = demand * (2 * most + 1) + 1
        kept = fit * (2 * demand + 1) if former.any() else 0
        return cls(fit, kept, -(kept * former.astype(float) + fit * grid.fit.astype(float)))

    def cost(self, kept: int, fit: int, work: int) -> float:
        """What an assignment costs. `work`: its squared loads less those that were there before."""
        return float(work - self.fit * fit - self.kept * kept)


class Columns:
    """The program and which pairs its columns stand for."""

    def __init__(
        self,
        grid: Grid,
        weights: Weights,
        seed: str,
        *,
        complete: bool,
        employer_max: int | None,
        exact: bool = True,
    ) -> None:
        """`complete`: with all pairs from the start. `exact`: whole numbers over all pairs are sought to their optimum."""
        self.grid, self.weights, self.complete = grid, weights, complete
        self.exact = exact
        self.employer_max = employer_max
        self.order = np.random.default_rng(list(seed.encode())) if not complete else None
        self.carried = np.array([e.burden for e in grid.experts], dtype=np.int64)
        self.program = Program()
        self.costs = np.zeros(0)  # of every column
        self.shortages_alone = False  # whether nothing but shortages costs anything
        self.there = np.zeros(grid.free.shape, dtype=bool)
        self.pair_experts = np.zeros(0, dtype=np.int64)
        self.pair_applications = np.zeros(0, dtype=np.int64)
        self.pair_columns = np.zeros(0, dtype=np.int64)
        self.steps = np.zeros(len(grid.experts), dtype=np.int64)
        self.last_step = np.zeros(len(grid.experts), dtype=np.int64)  # the column of each expert's last step
        self.employers: dict[tuple[str, int], int] = {}
        self.by_employer: dict[str, Counts] = self._by_employer()
        self._state_rows()
        self._add_steps(np.minimum(grid.room, self._even_share()))
        self._add_pairs(grid.free if complete else self._promising())

    def _add(self, costs: Numbers, upper: Numbers, starts: Indices, rows: Indices, values: Numbers) -> int:
        self.costs = np.append(self.costs, costs)
        now = np.zeros(len(costs)) if self.shortages_alone else costs
        return self.program.add_sparse_columns(now, upper, starts, rows, values)

    def _by_employer(self) -> dict[str, Counts]:
        names = sorted({e.employer for e in self.grid.experts if e.employer})
        employers = np.array([e.employer or "" for e in self.grid.experts])
        found = {name: np.flatnonzero(employers == name) for name in names}
        return {name: rows for name, rows in found.items() if len(rows) > (self.employer_max or 0)}

    def _even_share(self) -> int:
        demand = self.grid.readers * len(self.grid.applications)
        return int(np.ceil(_SLACK * demand / max(1, len(self.grid.experts)))) + 1

    def _state_rows(self) -> None:
        applications, quotas = len(self.grid.applications), self.grid.quotas
        experts = len(self.grid.experts)
        least = [float(self.grid.readers)] * applications
        most = list(least)
        for quota in quotas:
            least += [float(quota.needed)] * applications
            most += [np.inf] * applications
        starts = np.zeros(len(least) + experts, dtype=np.int32)
        none = np.zeros(0, dtype=np.int32)
        bounds = np.array(least + [0.0] * experts), np.array(most + [0.0] * experts)
        self.program.add_rows(*bounds, starts, none, np.zeros(0))
        self.expert_rows = len(least)
        short = np.arange(len(least), dtype=np.int32)
        dear = 100.0 * (self.weights.fit + self.weights.kept)
        self.shortages = self._add(
            np.full(len(least), dear), np.full(len(least), np.inf), short, short, np.ones(len(least))
        )
        self.shortage_count = len(least)

    def _add_steps(self, many: Counts) -> None:
        """More steps of work for each expert: the (c+k)-th application costs 2(c+k) - 1."""
        rows: list[int] = []
        costs: list[float] = []
        first = self.program.columns
        for row in np.flatnonzero(many):
            begun = int(self.carried[row] + self.steps[row])
            costs += [2.0 * (begun + k) - 1 for k in range(1, int(many[row]) + 1)]
            rows += [self.expert_rows + int(row)] * int(many[row])
            self.last_step[row] = first + len(rows) - 1
        self.steps += many
        count = len(rows)
        self._add(
            np.array(costs), np.ones(count), np.arange(count, dtype=np.int32),
            np.array(rows, dtype=np.int32), np.full(count, -1.0),
        )  # fmt: skip

    def _promising(self) -> Flags:
        """For each application, and for each quota of it, the pairs of least cost, in an order that the seed gives."""
        assert self.order is not None
        cost = self.weights.by_pair + self.order.random(self.weights.by_pair.shape)
        chosen = np.zeros(cost.shape, dtype=bool)
        for able in (None, *(quota.able for quota in self.grid.quotas)):
            can = self.grid.free if able is None else self.grid.free & able
            worth = np.where(can, cost, np.inf)
            many = min(_FIRST + self.grid.readers, len(worth))
            best = np.argpartition(worth, many - 1, axis=0)[:many]
            np.put_along_axis(chosen, best, True, axis=0)
        return chosen & self.grid.free

    def _add_pairs(self, which: Flags) -> None:
        experts, applications = np.nonzero(which & ~self.there)
        self.there[experts, applications] = True
        applications_count = len(self.grid.applications)
        rows = [applications, self.expert_rows + experts]
        owners = [np.arange(len(experts)), np.arange(len(experts))]
        for number, quota in enumerate(self.grid.quotas):
            able = np.flatnonzero(quota.able[experts, applications])
            rows.append((number + 1) * applications_count + applications[able])
            owners.append(able)
        for (name, application), row in self.employers.items():
            own = np.flatnonzero((applications == application) & np.isin(experts, self.by_employer[name]))
            rows.append(np.full(len(own), row))
            owners.append(own)
        owner, row_of = np.concatenate(owners), np.concatenate(rows)
        by_owner = np.argsort(owner, kind="stable")
        starts: Indices = np.searchsorted(owner[by_owner], np.arange(len(experts))).astype(np.int32)
        first = self._add(
            self.weights.by_pair[experts, applications], np.ones(len(experts)), starts,
            row_of[by_owner].astype(np.int32), np.ones(len(owner)),
        )  # fmt: skip
        self.pair_experts = np.append(self.pair_experts, experts)
        self.pair_applications = np.append(self.pair_applications, applications)
        self.pair_columns = np.append(self.pair_columns, np.arange(first, first + len(experts)))

    # --- solutions ------------------------------------------------------------------------------------------------

    def optimum(self) -> Solution:
        """The optimum of the linear program over all pairs, those included that are not in it."""
        grown = False
        while True:
            solution = self.program.solve(grown=grown)
            assert solution is not None, "with shortages everything can be met"
            before = self.program.columns
            more = self._more_steps(solution) or self._more_employers(solution) or self._more_pairs(solution)
            if not more:
                return solution
            grown = self.program.columns > before

    def _more_steps(self, solution: Solution) -> bool:
        """Whether an expert worked up to its last step and has room for more."""
        full = (
            (solution.values[self.last_step] > 1 - _TOLERANCE)
            & (self.steps > 0)
            & (self.steps < self.grid.room)
        )
        if not full.any():
            return False
        self._add_steps(np.where(full, np.minimum(self.grid.room - self.steps, self._even_share()), 0))
        return True

    def _more_employers(self, solution: Solution) -> bool:
        """Whether an application had more readers of one employer than may be: a row for each such case is added."""
        if self.employer_max is None:
            return False
        read = solution.values[self.pair_columns]
        grown = False
        for name, members in self.by_employer.items():
            own = np.flatnonzero(np.isin(self.pair_experts, members))
            total = np.bincount(self.pair_applications[own], read[own], minlength=len(self.grid.applications))
            for application in np.flatnonzero(total > self.employer_max + _TOLERANCE):
                columns = self.pair_columns[own[self.pair_applications[own] == application]]
                row = self.program.add_row(columns, np.ones(len(columns)), most=self.employer_max)
                self.employers[name, int(application)] = row
                grown = True
        return grown

    def _more_pairs(self, solution: Solution) -> bool:
        """Whether a pair that is not in the program could improve it: the best of each application are added."""
        if self.complete:
            return False
        worth = self._reduced(solution.duals)
        worth[self.there | ~self.grid.free] = np.inf
        many = min(_ADDED, len(worth))
        best = np.argpartition(worth, many - 1, axis=0)[:many]
        chosen = np.zeros(worth.shape, dtype=bool)
        np.put_along_axis(chosen, best, True, axis=0)
        chosen &= worth < -_TOLERANCE * (
            1.0 if self.shortages_alone else max(1.0, float(self.weights.fit) * 1e-3)
        )
        if not chosen.any():
            return False
        self._add_pairs(chosen)
        return True

    def _reduced(self, duals: Numbers) -> Numbers:
        """The reduced costs of all pairs."""
        applications, experts = len(self.grid.applications), len(self.grid.experts)
        worth = (0.0 if self.shortages_alone else self.weights.by_pair) - duals[:applications][None, :]
        worth = worth - duals[self.expert_rows : self.expert_rows + experts][:, None]
        for number, quota in enumerate(self.grid.quotas):
            begin = (number + 1) * applications
            worth -= quota.able * duals[begin : begin + applications][None, :]
        for (name, application), row in self.employers.items():
            worth[self.by_employer[name], application] -= duals[row]
        return worth

    def least_shortage(self) -> Solution:
        """The least that must be lacking, whatever else it costs, over all pairs; a proof where it is more than nothing."""
        self.shortages_alone = True
        alone = np.zeros(self.program.columns)
        alone[self.shortages : self.shortages + self.shortage_count] = 1.0
        self.program.set_costs(alone)
        return self.optimum()

    def without_shortages(self) -> None:
        """From now on nothing may be lacking, and everything costs what it costs."""
        self.shortages_alone = False
        self.program.set_costs(self.costs)
        self._forbid_shortages()

    def _forbid_shortages(self) -> None:
        count = self.shortage_count
        columns = np.arange(self.shortages, self.shortages + count)
        self.program.bound_columns(columns, np.zeros(count), np.zeros(count))

    def short(self, solution: Solution) -> bool:
        """Whether an application lacks readers."""
        lacking = solution.values[self.shortages : self.shortages + self.shortage_count]
        return bool(lacking.sum() > _TOLERANCE)

    def whole_optimum(self, fractional: Solution) -> Solution | None:
        """The best in whole numbers over the pairs that are in the program; None where there is none.

        Where not all pairs are in it, those of applications whose readers were whole already stay as they are if they can. That
        there is none is a proof where all pairs are in it, and nowhere else.
        """
        self._forbid_shortages()
        self.program.require_whole(self.pair_columns.astype(np.int32))
        if self.complete:
            self.program.allow_gap(0.0 if self.exact else _GAP)
            return self._whole_with_employers()
        self.program.allow_gap(_GAP / 100)
        read = fractional.values[self.pair_columns]
        split = np.abs(read - np.rint(read)) > _TOLERANCE
        settled = ~np.isin(self.pair_applications, np.unique(self.pair_applications[split]))
        whole = np.rint(read[settled])
        self.program.bound_columns(self.pair_columns[settled], whole, whole)
        found = self._whole_with_employers()
        if found is None:
            self.program.bound_columns(self.pair_columns, np.zeros(len(read)), np.ones(len(read)))
            self.program.allow_gap(_GAP)
            found = self._whole_with_employers()
        return found

    def _whole_with_employers(self) -> Solution | None:
        """In whole numbers, with a row for every employer that sends too many."""
        while True:
            found = self.program.solve()
            if found is None or not self._more_employers(found):
                return found

    def drawn(self, solution: Solution, lots: Lots) -> Solution:
        """Of all optima the one with the smallest sum of lots."""
        if len(solution.reduced):
            self._hold_face(solution)
        else:
            self._hold_cost(solution)
        costs = np.zeros(self.program.columns)
        costs[self.pair_columns] = lots[self.pair_experts, self.pair_applications]
        self.program.set_costs(costs)
        drawn = self.program.solve()
        assert drawn is not None, "the optimum itself is still there"
        if not drawn.whole():
            self.program.require_whole(self.pair_columns.astype(np.int32))
            drawn = self.program.solve()
            assert drawn is not None, "the optimum itself is still there"
        return drawn

    def _hold_face(self, solution: Solution) -> None:
        """What has a cost in the duals' eyes stays where it is: what is left are the optima, and they alone."""
        for column in np.flatnonzero(np.abs(solution.reduced) > _COSTS):
            value = float(np.rint(solution.values[column]))
            self.program.bound_column(int(column), value, value)
        applications = len(self.grid.applications)
        for number, quota in enumerate(self.grid.quotas):
            rows = np.arange((number + 1) * applications, (number + 2) * applications)
            for row in rows[np.abs(solution.duals[rows]) > _COSTS]:
                self.program.bound_row(int(row), quota.needed, quota.needed)

    def _hold_cost(self, solution: Solution) -> None:
        costs = self.program.costs()
        columns = np.flatnonzero(costs)
        reached = float(np.rint(solution.objective))
        self.program.add_row(columns, costs[columns], reached - 0.5, reached + 0.5)

    def pairs(self, solution: Solution) -> Counts:
        """The pairs (application, expert) that are read, by application."""
        chosen = solution.values[self.pair_columns] > 0.5
        found = np.stack([self.pair_applications[chosen], self.pair_experts[chosen]], axis=1)
        return found[np.lexsort((found[:, 1], found[:, 0]))]
