"""The comparison of deploy/benchmarks/decisions.py stays an honest one: what is measured against each other decides alike."""

from __future__ import annotations

from collections import defaultdict

import pytest

from deploy.benchmarks.decisions import by_hand, cases, outcomes
from deploy.benchmarks.decisions_applicants import Cycle, cycles
from shared.rulebooks import Library, Outcome, evaluate, standing

BOOK = Library.load().get("shenzhen-2020")


@pytest.fixture(scope="module")
def drawn() -> list[Cycle]:
    """The benchmark's first applicants."""
    return list(cycles(1_200, 20, seed=1))


def test_the_conditions_by_hand_decide_as_the_rulebook_does(drawn: list[Cycle]) -> None:
    """Every condition of every applicant, by rule and name."""
    for cycle in drawn:
        for case, decided in zip(cases(cycle), by_hand(cycle), strict=True):
            assert outcomes(decided) == outcomes(evaluate(BOOK, case))


def test_the_applicants_come_to_every_condition_and_standing(drawn: list[Cycle]) -> None:
    """A condition that all of them pass would compare nothing; judgements have no other outcome to come to."""
    found: dict[str, set[Outcome]] = defaultdict(set)
    standings = set()
    for case in (case for cycle in drawn for case in cases(cycle)):
        evaluation = evaluate(BOOK, case)
        standings.add(standing(evaluation.findings, {}).value)
        for finding in evaluation.findings:
            found[finding.key].add(finding.outcome)
    assert set(found) == {f"{condition.rule}/{condition.name}" for condition in BOOK.conditions}
    alike = {key for key, seen in found.items() if len(seen) < 2}
    assert alike <= {"1.5/category", "1.6.2.2/value"}
    assert standings == {"qualified", "awaiting_judgement", "awaiting_records", "ineligible"}


def test_one_seed_draws_the_same_applicants(drawn: list[Cycle]) -> None:
    """Another seed draws others."""
    assert list(cycles(60, 20, seed=1)) == drawn[:3]
    assert list(cycles(60, 20, seed=2)) != drawn[:3]
