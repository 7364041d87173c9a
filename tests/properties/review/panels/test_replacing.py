"""One reviewer in the place of another, everything else unchanged, and by the same check."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import assume, given, settings

from services.review.panels import (
    Application,
    Expert,
    NoReplacementError,
    Panel,
    Problem,
    check,
    form,
    replacement,
)
from services.review.panels.members import seatable
from services.review.panels.model import fit, share_of
from shared.rulebooks import PanelRule
from tests.properties.review.panels.cases import problems

_FOOD = frozenset({"food"})


def formed(problem: Problem) -> Panel:
    assume(seatable(problem))
    return form(problem, "seed").panel


def seats(panel: Panel, name: str) -> list[tuple[str, int]]:
    return [(a.application_id, a.position) for a in panel.assignments if a.expert_id == name]


@settings(max_examples=15, deadline=None)
@given(problems(former=False))
def test_whoever_is_best_and_lawful_takes_the_place_or_nobody_can(problem: Problem) -> None:
    """Against trying everybody of the pool."""
    panel = formed(problem)
    old = panel.members[0]
    taken = [problem.applications_by_id[a] for a, _ in seats(panel, old)]
    able = {
        name: sum(fit(problem.by_id[name], application) for application in taken)
        for name in sorted(problem.by_id.keys() - set(panel.members))
        if not check(_by_hand(panel, problem, old, name), problem)
    }
    if not able:
        with pytest.raises(NoReplacementError):
            replacement(panel, problem, old)
        return
    found = replacement(panel, problem, old)
    assert able[found.expert_id] == max(able.values())
    assert found.panel == _by_hand(panel, problem, old, found.expert_id)


def _by_hand(panel: Panel, problem: Problem, old: str, new: str) -> Panel:
    members = tuple(new if name == old else name for name in panel.members)
    industry = sum(problem.by_id[name].industry_expert for name in members)
    return replace(
        panel,
        members=members,
        industry_share=share_of(industry, len(members)),
        assignments=tuple(replace(a, expert_id=new) if a.expert_id == old else a for a in panel.assignments),
        leader=new if panel.leader == old else panel.leader,
    )


def three_of_five() -> Problem:
    """Each application needs two; E4 knows what E5 does not."""
    experts = (
        *(Expert(f"E{n}", employer=f"u{n}") for n in range(1, 4)),
        Expert("E4", fields=_FOOD),
        Expert("E5"),
    )
    applications = tuple(Application(f"a{n}", n, fields=_FOOD) for n in range(1, 4))
    rule = PanelRule(reviewers_per_application=2, size_min=3, employer_max=1)
    return Problem(rule, applications, experts)


def test_another_member_can_take_over_one_application() -> None:
    """The one who does not read it yet; the members stay who they are."""
    problem = three_of_five()
    panel = form(problem, "seed").panel
    old = next(a.expert_id for a in panel.assignments if a.application_id == "a1")
    (new,) = set(panel.members) - {a.expert_id for a in panel.assignments if a.application_id == "a1"}
    found = replacement(panel, problem, old, "a1")
    assert (found.expert_id, found.panel.members) == (new, panel.members)
    assert check(found.panel, problem) == ()


def test_who_is_newly_kept_away_is_replaced_though_the_panel_breaks_a_rule_by_now() -> None:
    """An interest became known after the draw: the panel is unlawful until the replacement, and lawful after it."""
    problem = three_of_five()
    panel = form(problem, "seed").panel
    old = panel.members[0]
    known = replace(problem, kept={old: frozenset(problem.here)})
    assert check(panel, known)
    assert check(replacement(panel, known, old).panel, known) == ()


def test_where_nobody_will_do_it_is_said_how_many_fail_at_what() -> None:
    """Two others: one is kept away, one is of another member's employer."""
    problem = three_of_five()
    panel = form(replace(problem, experts=problem.experts[:3]), "seed").panel
    others = (Expert("E4"), Expert("E5", employer="u2"))
    here = replace(problem, experts=problem.experts[:3] + others, kept={"E4": frozenset({"a1", "a2", "a3"})})
    with pytest.raises(NoReplacementError) as refused:
        replacement(panel, here, "E1")
    assert "2 名候选人均不合规定" in refused.value.reason_zh
    assert "1 名与其他成员同一单位" in refused.value.reason_zh
    assert "1 are from another member's employer" in refused.value.reason_en


def test_where_all_members_read_it_the_refusal_says_how_many() -> None:
    """Nobody of the panel is left to ask: the two others have it already."""
    problem = three_of_five()
    problem = replace(
        problem, rule=replace(problem.rule, reviewers_per_application=3), experts=problem.experts[:3]
    )
    panel = form(problem, "seed").panel
    with pytest.raises(NoReplacementError) as refused:
        replacement(panel, problem, panel.members[0], "a1")
    assert "2 already read it" in refused.value.reason_en
    assert "2 名已在评审该申报" in refused.value.reason_zh


def test_who_is_not_there_cannot_be_replaced() -> None:
    """Neither a stranger, nor a member on what it does not read."""
    problem = three_of_five()
    panel = form(problem, "seed").panel
    (idle,) = set(panel.members) - {a.expert_id for a in panel.assignments if a.application_id == "a1"}
    for expert, application in (("E9", None), (idle, "a1")):
        with pytest.raises(KeyError):
            replacement(panel, problem, expert, application)
