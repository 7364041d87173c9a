"""What the solver's face promises: quiet, one caller, and no answer that the clock decided."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from services.review.placing import Job, place
from services.review.solver import Program
from services.review.time_limit import NotSolvedError, OutOfTimeError, time_left, within

_REVIEW = Path(__file__).parents[3] / "services" / "review"
_BOTH = """
import os
from services.review.panels import Application, Expert, Problem, form
from services.review.placing import Job, place
from services.review.solver import Program, version
from shared.rulebooks import PanelRule
os.write(1, b"before ")
form(Problem(PanelRule(1), (Application("a1", 1),), (Expert("E1"),)), "seed")
place([Job("a", {1: frozenset({"x"}), 2: frozenset()}), Job("b", {1: frozenset({"x"})})])
version()
print("after")
"""


def test_nothing_of_the_solver_comes_to_standard_output_and_nothing_else_is_lost() -> None:
    """Neither when panels are formed nor when jobs are placed, and not at the end of the process either."""
    said = subprocess.run([sys.executable, "-c", _BOTH], capture_output=True, text=True, check=True)
    assert (said.stdout, said.stderr) == ("before after\n", "")


def test_without_standard_output_it_works_too() -> None:
    """A daemon may have closed it."""
    program = "import os; os.close(1); from services.review.solver import Program; Program(); os._exit(7)"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 7


def test_one_module_calls_the_library() -> None:
    """Panels, timetables and routes go through it."""
    callers = [path.name for path in _REVIEW.rglob("*.py") if "highspy" in path.read_text(encoding="utf-8")]
    assert callers == ["solver.py"]


def hard() -> Program:
    """Packing that no search ends soon: thirty items into twelve knapsacks of odd sizes."""
    pick = np.random.default_rng(1)
    program = Program()
    program.add_columns(-pick.integers(50, 99, 80).astype(float), np.ones(80))
    for _ in range(30):
        weights = pick.integers(50, 99, 80).astype(float)
        program.add_row(np.arange(80), weights, most=float(weights.sum() // 2))
    return program


def test_who_runs_out_of_time_has_no_answer_unless_it_asked_for_the_best_so_far() -> None:
    """And that one does not say that it is proved."""
    with within(0.3), pytest.raises(OutOfTimeError):
        hard().solve()
    with within(0.3):
        found = hard().solve(unproved=True)
    assert found is not None
    assert not found.proved
    assert found.bound < found.objective


def test_a_limit_of_nodes_is_no_proof_either() -> None:
    """The same for searches that are counted."""
    program = hard()
    program.limit_nodes(1)
    with pytest.raises(NotSolvedError):
        program.solve()


def test_the_time_is_that_of_all_programs_together_and_ends_with_its_block() -> None:
    """Outside there is no limit."""
    with within(0.0), pytest.raises(OutOfTimeError):
        time_left()
    assert time_left() == float("inf")
    with within(1000.0):
        assert 0 < time_left() <= 1000.0


def test_jobs_for_which_no_time_is_left_are_not_said_to_have_no_place() -> None:
    """What is missing is not proved to be impossible."""
    jobs = [Job("a", {1: frozenset({"x"})}), Job("b", {1: frozenset({"x"}), 2: frozenset({"x"})})]
    with within(0.0):
        placed = place(jobs)
    assert (placed.starts, placed.missing, placed.proved) == ({}, ("a", "b"), False)
    assert place(jobs).proved
