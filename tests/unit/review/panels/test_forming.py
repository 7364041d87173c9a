"""Held against trying everything: the best lawful panel, whichever the lot gives, and each of the best some time."""

from __future__ import annotations

import pytest
from hypothesis import given, settings

from services.review.panels import NoPanelError, Panel, Problem, check, form
from tests.unit.review.panels.cases import optima, problems


def key(panel: Panel) -> tuple[frozenset[str], frozenset[tuple[str, str]]]:
    return frozenset(panel.members), frozenset((a.application_id, a.expert_id) for a in panel.assignments)


@settings(max_examples=60, deadline=None)
@given(problems())
def test_what_is_formed_is_one_of_the_best_and_what_is_refused_is_impossible(problem: Problem) -> None:
    """Size, former plan, knowledge, interests, fit, work: against every panel and every reading."""
    best = optima(problem)
    if not best:
        with pytest.raises(NoPanelError):
            form(problem, "seed")
        return
    drawn = form(problem, "seed")
    assert check(drawn.panel, problem) == ()
    assert key(drawn.panel) in best
    assert drawn.record.objective.gap == 0
