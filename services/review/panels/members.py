"""Who sits: the best lawful members by level after level, and of those equally good the ones that the lot puts first.

A level is an objective of which the best value is proved and then kept: the smallest size, the most members of the former
panel, the most knowledge of the applications, the fewest interests. Experts between whom no rule and no level tells are one
kind, and the program chooses how many of each kind. Whether members can read everything is not in the program from the
start; what a proposal lacks is added as cuts, until one lacks nothing.

The lot orders all experts. One after the other is seated if there is a best lawful panel with it and all who were seated
before. So the members are the first best panel in the order of the lot, whatever solver looks for it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Sequence
from dataclasses import dataclass, field

import numpy as np

from services.review.panels.cuts import Cut, Insufficient, cuts_against, cuts_by_group
from services.review.panels.grid import Counts, Grid, grid_of
from services.review.panels.model import Expert, Problem, lot_order
from services.review.panels.rules import least_size
from services.review.solver import Numbers, Program

_MANY = 60  # kinds; where there are more, those that are in no best panel are sought out first
_TOGETHER = 12  # experts whom one program asks about in the order of the lot: weights up to 2 ** 11


@dataclass(frozen=True)
class Seats:
    """`members` in the order of the lot. The levels' values: `kept` of the former panel, `fit`, `interests`."""

    members: tuple[Expert, ...]
    kept: int
    fit: int
    interests: int


def seated(problem: Problem, seed: str) -> Seats | None:
    """The drawn members; None where no lawful panel exists."""
    try:
        return _Seating(problem, seed, apart=False).run()
    except _TooAlikeError:
        return _Seating(problem, seed, apart=True).run()


def seatable(problem: Problem) -> bool:
    """Whether a lawful panel exists."""
    try:
        return _Seating(problem, None, apart=False).first() is not None
    except _TooAlikeError:
        return _Seating(problem, None, apart=True).first() is not None


class _TooAlikeError(Exception):
    """A condition tells experts of one kind apart."""


@dataclass
class _Kind:
    """Experts of one kind, by their rows in the grid, in the order of the lot."""

    rows: list[int] = field(default_factory=list)
    seated: int = 0
    refused: bool = False


class _Seating:
    def __init__(self, problem: Problem, seed: str | None, *, apart: bool) -> None:
        """Without a seed no lot is drawn. `apart`: each expert is a kind of its own."""
        self.problem, self.rule, self.apart = problem, problem.rule, apart
        pool = problem.experts if seed is None else lot_order(seed, problem.experts)
        order = [expert for expert in pool if problem.room(expert) > 0]
        self.grid: Grid = grid_of(problem, order)
        self.former = frozenset(problem.former.members) if problem.former else frozenset()
        kinds: dict[Hashable, _Kind] = defaultdict(_Kind)
        self.kind_of: list[_Kind] = []
        for row, expert in enumerate(order):
            kind = kinds[row if apart else self._signature(row, expert)]
            kind.rows.append(row)
            self.kind_of.append(kind)
        self.kinds = list(kinds.values())
        self.lead = np.array([kind.rows[0] for kind in self.kinds], dtype=np.int64)
        self.number = {id(kind): number for number, kind in enumerate(self.kinds)}
        self.sufficient: set[bytes] = set()  # members of whom it is known that they can read everything
        self.program = Program()
        self._state_rules()

    def _signature(self, row: int, expert: Expert) -> Hashable:
        """What rules and levels see of an expert."""
        parts: list[Hashable] = [
            expert.industry_expert,
            self.grid.free[row].tobytes(),
            int((self.grid.fit[row] * self.grid.free[row]).sum(dtype=np.int64)),
            int(self.grid.room[row]),
            expert.expert_id in self.former,
        ]
        parts += [quota.able[row].tobytes() for quota in self.grid.quotas]
        if self.rule.employer_max is not None:
            parts.append(expert.employer)
        if self.rule.leader:
            parts.append(expert.may_lead)
        return tuple(parts)

    def _of_each(self, values: Sequence[float] | Numbers) -> Numbers:
        """By kind, the value that each of its experts has."""
        return np.asarray(values, dtype=float)[self.lead] if len(self.lead) else np.zeros(0)

    def _state_rules(self) -> None:
        count = len(self.kinds)
        self.program.add_columns(np.zeros(count), [len(kind.rows) for kind in self.kinds])
        self.size = self.program.add_columns([0.0], [float(len(self.grid.experts))])
        self.program.bound_column(
            self.size, least_size(self.rule), float(max(len(self.grid.experts), least_size(self.rule)))
        )
        everybody = np.arange(count)
        self.program.add_row([*everybody, self.size], [*np.ones(count), -1.0], 0, 0)
        if self.rule.odd:
            half = self.program.add_columns([0.0], [np.inf])
            self.program.add_row([self.size, half], [1.0, -2.0], 1, 1)
        experts = self.grid.experts
        industry = self._of_each([e.industry_expert for e in experts])
        share = self.rule.industry_share_min
        if share:
            self._add_row(industry * share.denominator, -share.numerator, 0)
        if self.rule.leader:
            self._add_row(self._of_each([e.may_lead for e in experts]), 0, 1)
        if self.rule.employer_max is not None:
            by_employer: dict[str, list[int]] = defaultdict(list)
            for number, row in enumerate(self.lead):
                employer = experts[row].employer
                if employer:
                    by_employer[employer].append(number)
            for numbers in by_employer.values():
                self.program.add_row(numbers, np.ones(len(numbers)), most=self.rule.employer_max)
        for cut in cuts_by_group(self.grid):
            self._add_row(self._of_each(cut.value), 0, cut.least)

    def _add_row(self, values: Numbers, of_size: float, least: float, most: float = np.inf) -> int:
        """A row over the kinds, and the size where it has a part in it."""
        columns = np.flatnonzero(values)
        weights = values[columns]
        if of_size:
            columns, weights = np.append(columns, self.size), np.append(weights, of_size)
        return self.program.add_row(columns, weights, least, most)

    # --- solutions ------------------------------------------------------------------------------------------------

    def _members(self, values: Numbers) -> Counts:
        chosen = np.rint(values[: len(self.kinds)]).astype(int)
        return np.array(
            [row for kind, many in zip(self.kinds, chosen, strict=True) for row in kind.rows[:many]],
            dtype=np.int64,
        )

    def _solve(self) -> Numbers | None:
        """The best for the present costs whose members can read everything."""
        while True:
            solution = self.program.solve()
            if solution is None:
                return None
            members = self._members(solution.values)
            if members.tobytes() in self.sufficient:
                return solution.values
            against = cuts_against(self.grid, members)
            if not against:
                self.sufficient.add(members.tobytes())
                return solution.values
            self._add_cuts(members, against)

    def _add_cuts(self, members: Counts, against: list[Cut] | Insufficient) -> None:
        if isinstance(against, Insufficient):
            if not self.apart:
                raise _TooAlikeError
            others = np.ones(len(self.kinds))
            others[[self.number[id(self.kind_of[row])] for row in members]] = 0.0
            self._add_row(others, 0, 1)
            return
        for cut in against:
            self._add_row(self._of_each(cut.value), 0, cut.least - 1e-6)

    def first(self) -> Numbers | None:
        """A lawful panel of the smallest size; among those one that knows the applications well, which cuts seldom refuse."""
        knowledge = self._levels()["fit"]
        costs = np.zeros(self.program.columns)
        costs[: len(knowledge)] = -knowledge
        costs[self.size] = 1.0 + 2.0 * len(self.grid.applications) * len(self.grid.experts)
        self.program.set_costs(costs)
        return self._solve()

    def _levels(self) -> dict[str, Numbers]:
        """By level, what an expert of each kind brings."""
        free, fit = self.grid.free, self.grid.fit
        return {
            "kept": self._of_each([e.expert_id in self.former for e in self.grid.experts]),
            "fit": self._of_each((fit * free).sum(axis=1, dtype=np.int64).astype(float)),
            "interests": self._of_each(-(~free).sum(axis=1).astype(float)),
        }

    def run(self) -> Seats | None:
        """The drawn members; None where no lawful panel exists."""
        found = self.first()
        if found is None:
            return None
        size = round(found[self.size])
        self.program.bound_column(self.size, size, size)
        reached: dict[str, int] = {}
        for name, values in self._levels().items():
            found = self._level(values, found)
            reached[name] = round(float(values @ found[: len(values)]))
        if len(self.kinds) > _MANY:
            self._refuse_hopeless(found)
        members = self._drawn(found)
        return Seats(members, reached["kept"], reached["fit"], -reached["interests"])

    def _refuse_hopeless(self, found: Numbers) -> None:
        """Refuse at once all kinds that are in no best panel: as many others as can be are sought until there are none."""
        seen = found[: len(self.kinds)] > 0.5
        while not seen.all():
            self._maximize((~seen).astype(float))
            other = self._solve()
            assert other is not None, "what was found before is still there"
            fresh = (other[: len(self.kinds)] > 0.5) & ~seen
            if not fresh.any():
                break
            seen |= fresh
        for number in np.flatnonzero(~seen):
            self.kinds[number].refused = True
            self.program.bound_column(int(number), 0, 0)

    def _level(self, values: Numbers, found: Numbers) -> Numbers:
        """The most of a level, which from now on every panel has."""
        if np.ptp(values) == 0:
            return found  # the size decides it
        self._maximize(values)
        best = self._solve()
        assert best is not None, "what was found before is still there"
        reached = round(float(values @ best[: len(values)]))
        self._add_row(values, 0, reached, reached)
        return best

    def _maximize(self, values: Numbers) -> None:
        costs = np.zeros(self.program.columns)
        costs[: len(values)] = -values
        self.program.set_costs(costs)

    # --- the lot --------------------------------------------------------------------------------------------------

    def _drawn(self, found: Numbers) -> tuple[Expert, ...]:
        """The members that come first in the order of the lot."""
        drawn: list[int] = []
        told: tuple[int, ...] = ()  # kinds about which the last answer has spoken
        for row, kind in enumerate(self.kind_of):
            number = self.number[id(kind)]
            if len(drawn) == round(found[self.size]):
                break
            if kind.refused:
                continue
            if round(found[number]) <= kind.seated and number not in told:
                told = self._asked(row)
                better = self._with(row, told)
                found = found if better is None else better
            if round(found[number]) <= kind.seated:
                kind.refused = True
                self.program.bound_column(number, kind.seated, kind.seated)
                continue
            kind.seated += 1
            self.program.bound_column(number, kind.seated, len(kind.rows))
            drawn.append(row)
        return tuple(self.grid.experts[row] for row in drawn)

    def _asked(self, row: int) -> tuple[int, ...]:
        """The kinds that are asked about together from here on: one expert each, all different."""
        asked: list[int] = []
        for kind in self.kind_of[row : row + _TOGETHER]:
            if kind.refused or len(kind.rows) > 1:
                break
            asked.append(self.number[id(kind)])
        return tuple(asked)

    def _with(self, row: int, asked: tuple[int, ...]) -> Numbers | None:
        """The best for these, the earlier one weighing more than all later ones; or the one in this row, or None."""
        if asked:
            values = np.zeros(len(self.kinds))
            values[list(asked)] = 2.0 ** np.arange(len(asked) - 1, -1, -1)
            self._maximize(values)
            return self._solve()
        kind = self.kind_of[row]
        number = self.number[id(kind)]
        self.program.bound_column(number, kind.seated + 1, len(kind.rows))
        found = self._solve()
        self.program.bound_column(number, kind.seated, len(kind.rows))
        return found
