"""Why there is no panel: giving up what is named makes it possible, giving up less does not, and the numbers are right."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given, settings

from services.review.panels import Application, Expert, NoPanelError, Problem, explain, form
from services.review.panels.explaining import with_value, without
from shared.rulebooks import PanelRule
from tests.properties.review.panels.cases import lawful, problems


def possible(problem: Problem) -> bool:
    """Whether a lawful panel exists, found by trying everything."""
    return bool(lawful(problem))


def alone(problem: Problem, parameters: set[str]) -> Problem:
    """The problem with these rules and no others."""
    every = {
        "reviewers_per_application", "size_min", "odd", "industry_share_min", "employer_max", "load_max", "load_own",
        "leader", "field_readers_min", "language_readers_min",
    }  # fmt: skip
    for parameter in sorted(every - parameters):
        problem = without(problem, parameter)
    return problem


@settings(max_examples=15, deadline=None)
@given(problems(experts=4, applications=2, former=False))
def test_each_set_conflicts_and_none_has_a_rule_too_many(problem: Problem) -> None:
    """Against trying everything: impossible together, possible without any one; with all given up there is a panel."""
    conflicts = explain(problem).conflicts
    assert bool(conflicts) != possible(problem)
    left = problem
    for conflict in conflicts:
        named = {need.parameter for need in conflict}
        assert not possible(alone(problem, named))
        for parameter in named:
            if any(problem.room(e) for e in problem.experts) and parameter != "reviewers_per_application":
                assert possible(alone(problem, named - {parameter}))
            left = without(left, parameter)
    if any(left.room(e) for e in left.experts) and conflicts:
        assert explain(left).conflicts == ()


@settings(max_examples=15, deadline=None)
@given(problems(experts=4, applications=2, former=False))
def test_the_numbers_are_the_nearest_that_can_be_met(problem: Problem) -> None:
    """With the number named the others of the set can be met; with the next one towards the rule they cannot."""
    conflicts = explain(problem).conflicts
    for conflict in conflicts[:1]:
        own = alone(problem, {need.parameter for need in conflict})
        for need in conflict:
            if need.possible is None or need.parameter == "reviewers_per_application":
                continue
            towards = 1 if need.possible < need.needed else -1
            if need.possible or need.parameter != "size_min":
                assert possible(with_value(own, need.parameter, need.possible))
            assert not possible(with_value(own, need.parameter, need.possible + towards))


def pool(many: int, industry: int, **more: object) -> tuple[Expert, ...]:
    return tuple(Expert(f"E{n}", industry_expert=n <= industry, **more) for n in range(1, many + 1))  # type: ignore[arg-type]


HEARING = PanelRule(reviewers_per_application=13, size_min=13, odd=True, industry_share_min=Fraction(3, 10))
TWO = (Application("a1", 1), Application("a2", 2))


def test_too_few_of_the_industry() -> None:
    """13 of 60 are of the industry, 18 are needed: both numbers are told."""
    rule = replace(HEARING, size_min=59, reviewers_per_application=3)
    (conflict,) = explain(Problem(rule, TWO, pool(60, 13))).conflicts
    share = next(need for need in conflict if need.parameter == "industry_share_min")
    assert (share.needed, share.possible) == (18, 13)
    assert "需要 18 名行业专家，可用 13 名（可用评审员共 60 名）" in share.zh
    assert "needs 18 industry experts, 13 available (of 60 reviewers)" in share.en


def test_rules_that_conflict_only_together_are_told_together() -> None:
    """Five of the industry, two of them kept from the same applicant: only three of the four readers that it needs are left."""
    kept = {"E1": frozenset({"a1"}), "E2": frozenset({"a1"})}
    with pytest.raises(NoPanelError) as refused:
        form(Problem(HEARING, TWO, pool(20, 5), kept), "seed")
    explanation = refused.value.explanation
    assert explanation is not None
    (conflict,) = explanation.conflicts
    assert {need.parameter for need in conflict} == {"industry_share_min", "reviewers_per_application"}
    share = next(need for need in conflict if need.parameter == "industry_share_min")
    assert (share.needed, share.possible) == (4, 3)
    assert "至多可有 3" in refused.value.reason_zh


def test_too_little_room() -> None:
    """Four reviewers of at most five applications each cannot read eleven twice over."""
    rule = PanelRule(reviewers_per_application=2, load_max=5)
    applications = tuple(Application(f"a{n}", n) for n in range(1, 12))
    (conflict,) = explain(Problem(rule, applications, pool(4, 0))).conflicts
    load = next(need for need in conflict if need.parameter == "load_max")
    assert (load.needed, load.possible) == (5, 6)
    assert "合计可承担 20 份次，共需 22 份次" in load.zh


def test_one_employer_sends_too_many() -> None:
    """Four reviewers from two employers are a panel of two at most."""
    experts = tuple(Expert(f"E{n}", employer=f"u{n % 2}") for n in range(4))
    problem = Problem(PanelRule(reviewers_per_application=3, employer_max=1), TWO, experts)
    (conflict,) = explain(problem).conflicts
    assert {(n.parameter, n.needed, n.possible) for n in conflict} == {
        ("employer_max", 1, 2),
        ("reviewers_per_application", 3, 2),
    }


@pytest.mark.parametrize(
    ("parameter", "rule", "said"),
    [
        ("leader", {"leader": True}, "需要 1 名可任组长的成员，可用评审员中有 0 名"),
        (
            "field_readers_min",
            {"field_readers_min": 1},
            "第 2 号申报需要 1 名熟悉其领域或行业的评审员，可用 0 名",
        ),
        (
            "language_readers_min",
            {"language_readers_min": 1},
            "第 2 号申报需要 1 名通晓其所用语言的评审员，可用 0 名",
        ),
    ],
)
def test_what_nobody_can_do_is_told_with_the_application(
    parameter: str, rule: dict[str, int], said: str
) -> None:
    """One rule that stands in the way by itself."""
    applications = (
        Application("a1", 1),
        Application("a2", 2, fields=frozenset({"food"}), languages=frozenset({"en"})),
    )
    problem = Problem(PanelRule(reviewers_per_application=1, **rule), applications, pool(3, 0))  # type: ignore[arg-type]
    (conflict,) = explain(problem).conflicts
    assert [need.parameter for need in conflict if said in need.zh] == [parameter]
    assert said in explain(problem).zh


def test_two_conflicts_are_told_both() -> None:
    """No leader, and too few: each is a reason of its own."""
    problem = Problem(PanelRule(reviewers_per_application=3, leader=True), TWO, pool(2, 0))
    assert [{need.parameter for need in c} for c in explain(problem).conflicts] == [
        {"reviewers_per_application"},
        {"leader"},
    ]
