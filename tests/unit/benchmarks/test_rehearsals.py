"""The made-up file of deploy/benchmarks/rehearsals.py is one that can be played."""

from __future__ import annotations

from deploy.benchmarks.rehearsals import made_up
from tests.unit.rehearsal.files import playable


def test_the_made_up_file_is_a_right_one() -> None:
    """The player's own checks find nothing; the same seed makes the same file, another seed another."""
    content = made_up(40, seed=1)
    assert len(playable(content).scenario.applicants) == 40
    assert made_up(40, seed=1) == content
    assert made_up(40, seed=2) != content
