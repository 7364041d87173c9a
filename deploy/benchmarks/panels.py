"""Who reads what at scale: ours, the plain integer program and the plain flow in the same solver, in one run.

    python -m deploy.benchmarks.panels [--sizes 300x600x6 4000x1000x20] [--panel 300x600x30 4000x1000x50] [--limit 60]

A size is applications x experts x most applications each. All use HiGHS on one thread; the plain ones have all pairs.
"""

from __future__ import annotations

import argparse
import os
import platform
import random
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction

import highspy
import numpy as np

from services.review.panels import Application, Expert, Problem, assign, check, form
from services.review.panels.columns import Weights
from services.review.panels.grid import Grid, grid_of
from services.review.panels.model import knows_field, speaks
from services.review.solver import version
from shared.rulebooks import PanelRule

_SEED = 20_231


def made_up(applications: int, experts: int, load: int) -> Problem:
    """Twenty industries, twenty-four fields; 35 % of the industry; three of an employer; two conflicts each on average."""
    pick = random.Random(_SEED)
    industries, fields = [f"i{n}" for n in range(20)], [f"f{n}" for n in range(24)]

    def some(keys: list[str], least: int, most: int) -> frozenset[str]:
        return frozenset(pick.sample(keys, pick.randint(least, most)))

    asked = tuple(
        Application(
            f"a{n}", n, fields=some(fields, 1, 2), industries=some(industries, 1, 1),
            languages=frozenset({"en"} if pick.random() < 0.05 else ()),
        )
        for n in range(1, applications + 1)
    )  # fmt: skip
    ids = [a.application_id for a in asked]
    pool = tuple(
        Expert(
            f"E{n}", pick.random() < 0.35, f"w{pick.randrange(experts // 3)}", some(fields, 1, 4), some(industries, 1, 2),
            frozenset({"en"} if pick.random() < 0.3 else ()), pick.random() < 0.2,
            pick.choice([None, None, None, None, load // 2]), pick.choice([0, 0, 0, 1, 2]),
        )
        for n in range(1, experts + 1)
    )  # fmt: skip
    kept = {e.expert_id: some(ids, 0, 4) for e in pool}
    rule = PanelRule(3, None, True, Fraction(3, 10), 1, load, True, 1, 3)
    return Problem(rule, asked, pool, kept)


def ours(problem: Problem) -> str:
    """By pairs as they are needed, with the gap that it proves."""
    found = assign(problem, None, "seed", employer_max=1)
    load = Counter(a.expert_id for a in found.assignments)
    broken = _broken(problem, [(a.application_id, a.expert_id) for a in found.assignments])
    return f"fit {found.fit}, work {found.work}, gap {found.gap:.4%}, most {max(load.values())}, {broken}"


def panel(problem: Problem) -> str:
    """A whole panel: size, seats and readers."""
    drawn = form(problem, "seed")
    reached = drawn.record.objective
    faults = len(check(drawn.panel, problem))
    return f"size {reached.size}, knowledge {reached.knowledge}, fit {reached.fit}, gap {reached.gap:.4%}, faults {faults}"


def plain(problem: Problem, limit: float, *, whole: bool) -> str:
    """All pairs in one program: with every constraint in whole numbers, or as the flow that knows only readers and loads."""
    grid = grid_of(problem, problem.experts)
    highs, pairs = _program(grid, problem, whole=whole)
    highs.setOptionValue("time_limit", limit)
    highs.run()
    info, solution = highs.getInfo(), highs.getSolution()
    if not solution.value_valid or (
        not whole and highs.getModelStatus() != highspy.HighsModelStatus.kOptimal
    ):
        return f"nothing within {limit:.0f} s"
    read = np.asarray(solution.col_value)[: len(pairs)] > 0.5
    chosen = [(grid.applications[a].application_id, grid.experts[e].expert_id) for e, a in pairs[read]]
    fit = int(grid.fit[pairs[read][:, 0], pairs[read][:, 1]].sum(dtype=int))
    load = Counter(name for _, name in chosen)
    work = sum((e.carried + load[e.expert_id]) ** 2 for e in problem.experts)
    gap = f", gap {info.mip_gap:.4%}" if whole else ""
    return f"fit {fit}, work {work}{gap}, {_broken(problem, chosen)}"


def _program(grid: Grid, problem: Problem, *, whole: bool) -> tuple[highspy.Highs, np.ndarray]:
    """Columns: pairs, then steps of work. Rows: readers and loads, and for the whole program quotas and employers."""
    carried = np.array([e.carried for e in grid.experts])
    weights = Weights.of(grid, np.zeros(grid.free.shape, dtype=bool), carried)
    pairs = np.argwhere(grid.free)
    experts, applications = pairs[:, 0], pairs[:, 1]
    count, many, pool = len(pairs), len(grid.applications), len(grid.experts)
    owners = np.repeat(np.arange(pool), grid.room)
    steps = np.concatenate(
        [2.0 * (c + np.arange(1, r + 1)) - 1 for c, r in zip(carried, grid.room, strict=True)]
    )
    cost = np.concatenate([weights.by_pair[experts, applications], steps])
    rows, columns = (
        [applications, many + experts, many + owners],
        [np.arange(count), np.arange(count), count + np.arange(len(owners))],
    )
    values = [np.ones(count), np.ones(count), -np.ones(len(owners))]
    least = [np.full(many, grid.readers), np.zeros(pool)]
    most = [np.full(many, grid.readers), np.zeros(pool)]
    if whole:
        begin = many + pool
        for quota in grid.quotas:
            able = np.flatnonzero(quota.able[experts, applications])
            rows.append(begin + applications[able])
            columns.append(able)
            values.append(np.ones(len(able)))
            least.append(np.full(many, quota.needed))
            most.append(np.full(many, np.inf))
            begin += many
        names = np.unique([e.employer for e in grid.experts], return_inverse=True)[1]
        key, row_of = np.unique(names[experts] * many + applications, return_inverse=True)
        rows.append(begin + row_of)
        columns.append(np.arange(count))
        values.append(np.ones(count))
        least.append(np.full(len(key), -np.inf))
        most.append(np.ones(len(key)))
    return _passed(
        cost, rows, columns, values, np.concatenate(least), np.concatenate(most), count if whole else 0
    ), pairs


def _passed(cost, rows, columns, values, least, most, whole):  # type: ignore[no-untyped-def]
    row, column, value = np.concatenate(rows), np.concatenate(columns), np.concatenate(values)
    order = np.lexsort((column, row))
    lp = highspy.HighsLp()
    lp.num_col_, lp.num_row_ = len(cost), len(least)
    lp.col_cost_, lp.col_lower_, lp.col_upper_ = cost, np.zeros(len(cost)), np.ones(len(cost))
    lp.row_lower_, lp.row_upper_ = least, most
    lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    lp.a_matrix_.start_ = np.searchsorted(row[order], np.arange(len(least) + 1))
    lp.a_matrix_.index_, lp.a_matrix_.value_ = column[order], value[order]
    if whole:
        kind = highspy.HighsVarType
        lp.integrality_ = [kind.kInteger] * whole + [kind.kContinuous] * (len(cost) - whole)
    highs = highspy.Highs()
    highs.setOptionValue("output_flag", False)
    highs.setOptionValue("threads", 1)
    highs.passModel(lp)
    return highs


def _broken(problem: Problem, pairs: list[tuple[str, str]]) -> str:
    """How many applications lack something that the rule asks of their readers."""
    readers: dict[str, list[Expert]] = {a.application_id: [] for a in problem.applications}
    for application_id, expert_id in pairs:
        readers[application_id].append(problem.by_id[expert_id])
    broken: Counter[str] = Counter()
    for application in problem.applications:
        own = readers[application.application_id]
        broken["industry"] += not any(e.industry_expert for e in own)
        broken["field"] += not any(knows_field(e, application) for e in own)
        broken["language"] += not all(speaks(e, application) for e in own)
        broken["employer"] += len({e.employer for e in own}) < len(own)
        broken["readers"] += len(own) != 3
    found = ", ".join(f"{many} {name}" for name, many in broken.items() if many)
    return f"broken: {found}" if found else "nothing broken"


def _measured(name: str, work: Callable[[], str]) -> None:
    wall, cpu = time.perf_counter(), time.process_time()
    said = work()
    print(
        f"{name:28} {time.perf_counter() - wall:8.1f} s  {time.process_time() - cpu:8.1f} CPU s  {said}",
        flush=True,
    )


def main() -> None:
    arguments = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    arguments.add_argument("--sizes", nargs="*", default=["300x600x6", "4000x1000x20"])
    arguments.add_argument("--panel", nargs="*", default=["300x600x30", "4000x1000x50"])
    arguments.add_argument("--limit", type=float, default=60.0, help="seconds for each of the plain ones")
    given = arguments.parse_args()
    load = ", ".join(f"{value:.1f}" for value in os.getloadavg())
    print(
        f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}, {version()}, load {load}"
    )
    for size in given.sizes:
        problem = made_up(*map(int, size.split("x")))
        _measured(f"{size} ours", lambda problem=problem: ours(problem))
        _measured(f"{size} plain flow", lambda problem=problem: plain(problem, given.limit, whole=False))
        _measured(f"{size} plain integer", lambda problem=problem: plain(problem, given.limit, whole=True))
    for size in given.panel:
        problem = made_up(*map(int, size.split("x")))
        _measured(f"{size} ours, a panel", lambda problem=problem: panel(replace(problem)))
    print(f"load at the end {', '.join(f'{value:.1f}' for value in os.getloadavg())}")


if __name__ == "__main__":
    main()
