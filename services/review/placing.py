"""Puts jobs into units of time so that nobody is in two places: the one program behind timetables and routes. Pure.

Panels share experts, experts are away, rooms are few: which jobs may lie side by side is a graph to be coloured, for which no
plain construction is known to be exact. So it is an integer program (services/review/solver.py): the same jobs give the same
plan, unless the time was over first. As many jobs as possible are placed; then as many as possible stay where they were; then the
costs are least.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from services.review.time_limit import NotSolvedError
from shared.identifiers import Reason

NODES = 20_000  # of the search; a plan not proved to be the best by then, or when the time is over, is taken as it is


# Said where something is missing from a plan that was not proved to be the best: it is no proof that there is none.
UNPROVED = Reason(
    "在规定的求解时间内没有找到，也没有证明其不存在；可放宽条件或延长求解时间后再试",
    "none was found within the time, and it is not proved that none exists; ease the terms or allow more time",
)


@dataclass(frozen=True)
class Job:
    """One hearing or one visit. `starts`: by unit in which it may begin, who is then there. `length` in units.

    Jobs of one `group` are never side by side; one with a `turn` comes after those of its group with a lower one. `kept` is the
    unit where it was before. `costs` are whole numbers by start, 0 where none is given.
    """

    key: str
    starts: Mapping[int, frozenset[str]]
    group: str = ""
    turn: int | None = None
    length: int = 1
    kept: int | None = None
    costs: Mapping[int, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Placed:
    """Where each job begins, by key; those missing could not be placed. `proved`: nothing better exists."""

    starts: Mapping[str, int]
    missing: tuple[str, ...]
    proved: bool


def place(jobs: Sequence[Job], capacity: Mapping[int, int] | None = None, nodes: int = NODES) -> Placed:
    """The best plan. `capacity`: by unit, how many jobs may lie side by side; None where nothing limits them."""
    possible = [job for job in jobs if job.starts]
    if not possible:
        return Placed({}, tuple(job.key for job in jobs), proved=True)
    program = _Program(_alike(possible))
    program.as_many_as_there_are()
    program.nobody_twice(capacity)
    program.in_turn()
    chosen, proved = program.solve(nodes)
    missing = tuple(job.key for job in jobs if job.key not in chosen)
    return Placed(chosen, missing, proved)


def _alike(jobs: Sequence[Job]) -> list[tuple[Job, ...]]:
    """Jobs that only their turn tells apart stand for each other, as long as no other of their group has a turn between
    them: the program then chooses their times, and the turns share those out. It is what makes a timetable quick.
    """
    several: dict[object, list[Job]] = defaultdict(list)
    for number, job in enumerate(jobs):
        same = (frozenset(job.starts.items()), job.length, frozenset(job.costs.items()), job.turn is None)
        alone = job.kept is not None or not job.group
        several[number if alone else (job.group, same)].append(job)
    in_turn = Counter(group[0].group for group in several.values() if group[0].turn is not None)
    found: list[tuple[Job, ...]] = []
    for group in several.values():
        if group[0].turn is not None and in_turn[group[0].group] > 1:
            found += [(job,) for job in group]
        else:
            found.append(tuple(sorted(group, key=lambda job: (job.turn or 0, job.key))))
    return found


class _Program:
    """One column for each sort of job and unit in which one may begin."""

    def __init__(self, sorts: Sequence[tuple[Job, ...]]) -> None:
        self.sorts = sorts
        self.jobs = [sort[0] for sort in sorts]  # one of each
        self.columns = [
            (number, start) for number, job in enumerate(self.jobs) for start in sorted(job.starts)
        ]
        self.of: dict[int, dict[int, int]] = defaultdict(dict)
        for column, (number, start) in enumerate(self.columns):
            self.of[number][start] = column
        self.rows: list[tuple[dict[int, float], float]] = []  # coefficients, and what they are at most

    def as_many_as_there_are(self) -> None:
        for number, sort in enumerate(self.sorts):
            self.rows.append((dict.fromkeys(self.of[number].values(), 1.0), float(len(sort))))

    def nobody_twice(self, capacity: Mapping[int, int] | None) -> None:
        """Neither a person nor a group, and no more jobs at once than fit; equal rows are given once."""
        by_what: dict[tuple[int, str, str], set[int]] = defaultdict(set)
        for column, (number, start) in enumerate(self.columns):
            job = self.jobs[number]
            for unit in range(start, start + job.length):
                if job.group:
                    by_what[unit, "group", job.group].add(column)
                for person in job.starts[start]:
                    by_what[unit, "person", person].add(column)
                by_what[unit, "all", ""].add(column)
        least: dict[frozenset[int], float] = {}
        for (unit, what, _), columns in by_what.items():
            most = 1.0 if what != "all" else float((capacity or {}).get(unit, len(columns)))
            if len(columns) > most:
                key = frozenset(columns)
                least[key] = min(most, least.get(key, most))
        self.rows += [(dict.fromkeys(sorted(columns), 1.0), most) for columns, most in least.items()]

    def in_turn(self) -> None:
        """By the end of any unit the next has begun only if the one before began earlier, or is not placed at all."""
        chains: dict[str, list[int]] = defaultdict(list)
        for number, job in enumerate(self.jobs):
            if job.turn is not None:
                chains[job.group].append(number)
        for chain in chains.values():
            chain.sort(key=lambda number: (self.jobs[number].turn or 0, number))
            for before, after in pairwise(chain):
                self._after(before, after)

    def _after(self, before: int, after: int) -> None:
        for start in self.of[after]:
            row = {column: 1.0 for unit, column in self.of[after].items() if unit <= start}
            # begun earlier, or never: one minus those that begin at the same time or later
            row |= {column: 1.0 for unit, column in self.of[before].items() if unit >= start}
            self.rows.append((row, 1.0))

    def solve(self, nodes: int) -> tuple[dict[str, int], bool]:
        """The times, and whether they are proved to be the best; none where nothing was found by then."""
        import numpy as np  # takes a while to load, as the solver does, and few ask for it

        from services.review.solver import Program

        program = Program()
        program.limit_nodes(nodes)
        program.add_columns(np.array(self._costs(), dtype=float), np.ones(len(self.columns)))
        starts = np.cumsum([0] + [len(row) for row, _ in self.rows[:-1]])
        program.add_rows(
            np.full(len(self.rows), -np.inf), np.array([most for _, most in self.rows]), starts.astype(np.int32),
            np.array([column for row, _ in self.rows for column in row], dtype=np.int32),
            np.array([value for row, _ in self.rows for value in row.values()]),
        )  # fmt: skip
        try:
            found = program.solve(unproved=True)
        except NotSolvedError:
            return {}, False
        return ({}, False) if found is None else (self._shared_out(found.values.tolist()), found.proved)

    def _shared_out(self, values: Sequence[float]) -> dict[str, int]:
        """The times of each sort of job in the order of their turns."""
        times: dict[int, list[int]] = defaultdict(list)
        for column, (number, start) in enumerate(self.columns):
            if values[column] > 0.5:
                times[number].append(start)
        return {
            job.key: start
            for number, starts in times.items()
            for job, start in zip(self.sorts[number], sorted(starts), strict=False)
        }

    def _costs(self) -> list[int]:
        """To be placed weighs more than all that is kept, and one that is kept more than all costs together."""
        keeping = 1 + sum(max(job.costs.values(), default=0) for sort in self.sorts for job in sort)
        placing = keeping * (1 + sum(job.kept is not None for job in self.jobs))
        found = []
        for number, start in self.columns:
            job = self.jobs[number]
            found.append(job.costs.get(start, 0) - placing - (keeping if job.kept == start else 0))
        return found
