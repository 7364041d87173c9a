"""That nobody can read everything is said only where it is proved; what is found by hand or among few pairs holds for all."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings

from services.review.panels import (
    Application,
    Expert,
    NoPanelError,
    Problem,
    assign,
    columns,
    cuts,
    form,
    reading,
)
from services.review.panels.by_hand import read_by_hand
from services.review.panels.columns import Columns
from services.review.panels.grid import grid_of
from services.review.time_limit import OutOfTimeError, within
from shared.rulebooks import PanelRule
from tests.properties.review.panels.cases import optima, problems, readings
from tests.properties.review.panels.test_forming import key


@pytest.fixture
def few_pairs(monkeypatch: pytest.MonkeyPatch) -> None:
    """Programs begin with hardly a pair, and none is added but by its price."""
    monkeypatch.setattr(reading, "ALL_PAIRS", 0)
    monkeypatch.setattr(cuts, "FEW_PAIRS", 0)
    monkeypatch.setattr(columns, "_FIRST", 0)
    monkeypatch.setattr(columns, "_ADDED", 1)


def _can(problem: Problem) -> bool:
    """Whether all experts together can read everything, by trying everything; the rules of the panel itself aside."""
    members = tuple(sorted(problem.by_id))
    for pairs in readings(problem, members):
        grid = grid_of(problem, [problem.by_id[name] for name in members])
        read = np.zeros(grid.free.shape, dtype=bool)
        for application, name in pairs:
            read[members.index(name), [a.application_id for a in grid.applications].index(application)] = True
        if (
            not (read & ~grid.free).any()
            and (read.sum(axis=1) <= grid.room).all()
            and all(((read & q.able).sum(axis=0) >= q.needed).all() for q in grid.quotas)
        ):
            return True
    return False


@settings(max_examples=150, deadline=None)
@given(problems(former=False))
def test_what_is_found_by_hand_is_there(problem: Problem) -> None:
    """Against every reading: a yes is true; a no is no claim."""
    grid = grid_of(problem, [problem.by_id[name] for name in sorted(problem.by_id)])
    if read_by_hand(grid):
        assert _can(problem)


@settings(max_examples=60, deadline=None)
@given(problems(former=False))
def test_among_few_pairs_the_verdict_is_that_of_all(problem: Problem) -> None:
    """Who says that these cannot read everything has proved it, and who finds something has found it."""
    with pytest.MonkeyPatch.context() as patch:
        for module, name, value in (
            (reading, "ALL_PAIRS", 0), (columns, "_FIRST", 0), (columns, "_ADDED", 1),
        ):  # fmt: skip
            patch.setattr(module, name, value)
        try:
            assign(problem, None, "seed")
            found = True
        except NoPanelError:
            found = False
    assert found == _can(problem)


@pytest.mark.usefixtures("few_pairs")
def test_where_the_priced_pairs_have_no_whole_numbers_all_pairs_are_asked(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """They have a solution, and it is given with its gap; the first answer is not taken for a proof."""
    asked: list[bool] = []
    solve = Columns.whole_optimum

    def none_among_few(self: Columns, fractional: object) -> object:
        asked.append(self.complete)
        return solve(self, fractional) if self.complete else None  # type: ignore[arg-type]

    monkeypatch.setattr(Columns, "whole_optimum", none_among_few)
    monkeypatch.setattr("services.review.solver.Solution.whole", lambda self: False)
    problem = Problem(
        PanelRule(reviewers_per_application=2, load_max=3),
        tuple(Application(f"a{n}", n) for n in range(1, 5)),
        tuple(Expert(f"E{n}") for n in range(1, 5)),
    )
    found = assign(problem, None, "seed")
    assert asked == [False, True]
    assert len(found.assignments) == 8
    assert found.gap == 0


def chain(length: int) -> Problem:
    """Each reads its own application or the next, and the last one is wanted at the other end: everybody has to move on."""
    applications = tuple(Application(f"a{n:03}", n, fields=frozenset({f"f{n}"})) for n in range(length + 1))
    experts = [Expert(f"E{n:03}", fields=frozenset({f"f{n}"}), load_max=1) for n in range(length)]
    experts.append(Expert("E999", load_max=1))
    every = {a.application_id for a in applications}
    kept = {
        e.expert_id: frozenset(every - {f"a{n:03}", f"a{n + 1:03}"}) for n, e in enumerate(experts[:length])
    }
    kept["E999"] = frozenset(every - {"a000"})
    return Problem(PanelRule(reviewers_per_application=1), applications, tuple(experts), kept)


@pytest.mark.parametrize("pairs", [0, 20_000])
def test_a_shortage_is_avoided_at_whatever_cost_of_fit(pairs: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Three hundred give up what they know, so that the last one is read: a shortage's price may not decide that."""
    monkeypatch.setattr(reading, "ALL_PAIRS", pairs)
    found = assign(chain(300), None, "seed")
    assert len({a.application_id for a in found.assignments}) == 301
    assert found.fit == 0


@settings(max_examples=25, deadline=None)
@given(problems())
def test_seats_are_the_best_ones_whatever_proves_them(problem: Problem) -> None:
    """With nothing found by hand and hardly a pair in any program, as with all of them."""
    best = optima(problem)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(cuts, "read_by_hand", lambda grid: False)
        for module, name, value in ((cuts, "FEW_PAIRS", 0), (columns, "_FIRST", 0), (columns, "_ADDED", 1)):
            patch.setattr(module, name, value)
        if not best:
            with pytest.raises(NoPanelError):
                form(problem, "seed")
            return
        assert key(form(problem, "seed").panel) in best


def test_out_of_time_is_no_proof() -> None:
    """Neither of a panel nor of its impossibility."""
    with within(0.0), pytest.raises(OutOfTimeError):
        form(chain(3), "seed")
    with within(0.0), pytest.raises(OutOfTimeError):
        assign(chain(3), None, "seed")
