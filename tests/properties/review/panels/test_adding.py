"""Applications that come after the draw: readers for them, and nothing that stands is changed."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.review.panels import (
    Application,
    Expert,
    Fault,
    NoPanelError,
    Panel,
    Problem,
    added,
    check,
    form,
)
from shared.rulebooks import PanelRule
from tests.properties.review.panels.cases import panel_of, problems, readings


def drawn(problem: Problem, late: int) -> Panel | None:
    """A panel for all applications but the last ones."""
    first = sorted(problem.applications, key=lambda a: a.sequence)[: len(problem.applications) - late]
    try:
        return form(replace(problem, applications=tuple(first), former=None), "seed").panel
    except NoPanelError:
        return None


@settings(max_examples=150, deadline=None)
@given(problems(applications=3), st.integers(1, 2))
def test_what_stands_stays_and_no_rule_is_broken_that_was_not(problem: Problem, late: int) -> None:
    """Every application has its readers then. Members and their readings are as they were, and so is the leader."""
    if late >= len(problem.applications):
        return
    panel = drawn(problem, late)
    if panel is None:
        return
    before = faults(panel, problem)
    try:
        after = added(panel, problem)
    except NoPanelError:
        assert not _possible(problem, panel)
        return
    assert set(panel.assignments) <= set(after.assignments)
    assert after.members[: len(panel.members)] == panel.members
    assert after.leader == panel.leader
    assert set(check(after, problem)) <= before
    read = Counter(a.application_id for a in after.assignments)
    assert set(read.values()) == {problem.rule.reviewers_per_application}
    if after.members != panel.members:
        assert not _possible(problem, panel, joining=0)


def faults(panel: Panel, problem: Problem) -> set[Fault]:
    """Of what stands: of the late ones nothing is excused."""
    read = {a.application_id for a in panel.assignments}
    first = tuple(a for a in problem.applications if a.application_id in read)
    return set(check(panel, replace(problem, applications=first)))


def _possible(problem: Problem, panel: Panel, joining: int = 1) -> bool:
    """By trying everything: whether readers can be added lawfully by the members and so many more."""
    stands = {(a.application_id, a.expert_id) for a in panel.assignments}
    before = faults(panel, problem)
    others = sorted(set(problem.by_id) - set(panel.members))
    for many in range(joining + 1):
        for more in combinations(others, many):
            members = (*panel.members, *more)
            for pairs in readings(problem, members):
                if not stands <= pairs:
                    continue
                proposed = panel_of(problem, members, pairs, panel.leader)
                if all(fault in before for fault in check(replace(proposed, seed=panel.seed), problem)):
                    return True
    return False


def test_members_do_it_where_they_can_and_the_one_with_the_least_does_most() -> None:
    """Nobody joins, and the work is as even as it can be."""
    rule = PanelRule(reviewers_per_application=1, size_min=2)
    experts = (Expert("E1", carried=3), Expert("E2"), Expert("E3"))
    problem = Problem(rule, tuple(Application(f"a{n}", n) for n in range(1, 6)), experts)
    panel = Panel(("E1", "E2"), form(problem, "seed").panel.industry_share, (), "seed")
    after = added(panel, problem)
    assert after.members == ("E1", "E2")
    assert Counter(a.expert_id for a in after.assignments) == {"E1": 1, "E2": 4}


def test_where_nobody_can_the_reason_has_the_numbers() -> None:
    """Of the pool and of what is needed."""
    rule = PanelRule(reviewers_per_application=2)
    problem = Problem(
        rule,
        (Application("a1", 1), Application("a2", 2)),
        tuple(Expert(f"E{n}") for n in range(1, 5)),
        {f"E{n}": frozenset({"a2"}) for n in range(1, 4)},
    )
    panel = drawn(problem, 1)
    assert panel is not None
    with pytest.raises(NoPanelError, match="2 reviewers without an interest, 1 available"):
        added(panel, problem)
    assert added(panel, replace(problem, applications=problem.applications[:1])) == panel
