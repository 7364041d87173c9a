"""A draw is repeated from its record, and a record that was changed is found out."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import assume, given, settings

from services.review.panels import (
    Application,
    Expert,
    Problem,
    Record,
    form,
    repeat,
    verify,
)
from services.review.panels.members import seatable
from shared.rulebooks import PanelRule
from tests.properties.review.panels.cases import problems


@settings(max_examples=15, deadline=None)
@given(problems())
def test_the_record_repeats_the_draw(problem: Problem) -> None:
    """By way of JSON, as it is kept."""
    assume(seatable(problem))
    drawn = form(problem, "seed", "王某")
    record = Record.from_dict(json.loads(json.dumps(drawn.record.to_dict())))
    assert record == drawn.record
    assert repeat(record, problem) == drawn.panel
    assert verify(record, problem) == ()


def drawn() -> tuple[Record, Problem]:
    rule = PanelRule(reviewers_per_application=2, size_min=3, leader=True)
    applications = (Application("a1", 1), Application("a2", 2))
    problem = Problem(rule, applications, tuple(Expert(f"E{n}", may_lead=True) for n in range(6)))
    return form(problem, "seed", "王某").record, problem


def test_the_record_says_who_was_there_and_by_what_means() -> None:
    """Witness, seed, solver with its version, digest of the inputs."""
    record, problem = drawn()
    assert (record.witness, record.seed, record.inputs) == ("王某", "seed", problem.digest())
    assert record.solver.startswith("HiGHS 1.")


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda r: replace(r, members=r.members[::-1]), "members"),
        (lambda r: replace(r, leader=r.members[-1]), "leader"),
        (lambda r: replace(r, seed="another"), "members"),
        (lambda r: replace(r, assignments=r.assignments[:-1]), "reviewers_per_application"),
        (lambda r: replace(r, objective=replace(r.objective, work=r.objective.work + 1)), "objective"),
        (lambda r: replace(r, rule={**r.rule, "size_min": 5}), "rule"),
        (lambda r: replace(r, inputs="sha256:0"), "inputs"),
        (lambda r: replace(r, method="other/1"), "method"),
        (lambda r: replace(r, members=(*r.members, "E9")), "unknown_expert"),
        (lambda r: replace(r, members=r.members[1:]), "not_a_member"),
    ],
)
def test_what_was_changed_is_named(change: object, code: str) -> None:
    """Each part of a record, changed after the draw."""
    record, problem = drawn()
    changed = change(record)  # type: ignore[operator]
    assert code in {fault.code for fault in verify(changed, problem)}


def test_other_inputs_are_no_repetition() -> None:
    """One more interest, one expert fewer: refused, not drawn again."""
    record, problem = drawn()
    others = (
        replace(problem, kept={"E1": frozenset({"a1"})}),
        replace(problem, experts=problem.experts[1:]),
        replace(problem, rule=replace(problem.rule, leader=False)),
    )
    for other in others:
        with pytest.raises(ValueError, match="not the inputs"):
            repeat(record, other)
        assert verify(record, other)
