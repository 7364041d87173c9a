"""Each illegal panel is proposed, and refused by the name of the rule that it breaks, and by no other."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import pytest

from services.review.panels import Application, Assignment, Expert, Panel, Problem, check
from shared.rulebooks import PanelRule

_EN, _FOOD = frozenset({"en"}), frozenset({"food"})
_RULE = {
    "reviewers_per_application": 2, "size_min": 3, "odd": True, "industry_share_min": Fraction(1, 3), "employer_max": 1,
    "load_max": 4, "leader": True, "field_readers_min": 1, "language_readers_min": 1,
}  # fmt: skip


def lawful() -> tuple[Panel, Problem]:
    """Three members, two applications, and four more experts who are wrong in one way each."""
    problem = Problem(
        PanelRule(**_RULE),  # type: ignore[arg-type]
        (Application("a1", 1, fields=_FOOD, languages=_EN), Application("a2", 2)),
        (
            Expert("E1", True, "u1", fields=_FOOD, languages=_EN, may_lead=True),
            Expert("E2", True, "u2"),
            Expert("E3", False, "u3", carried=2),
            Expert("same-employer", True, "u2"),
            Expert("full", True, "u4", carried=4),
            Expert("outsider", True, "u5", fields=_FOOD, languages=_EN),
        ),
        {"E3": frozenset({"a1"})},
    )
    assignments = (
        Assignment("a1", "E1", 1), Assignment("a1", "E2", 2),
        Assignment("a2", "E1", 1), Assignment("a2", "E3", 2),
    )  # fmt: skip
    return Panel(("E1", "E2", "E3"), Decimal("0.67"), assignments, "seed", "E1"), problem


def test_the_lawful_panel_is_lawful() -> None:
    """What the others differ from."""
    assert check(*lawful()) == ()


def members(panel: Panel, *names: str, share: str = "0.67") -> Panel:
    return replace(panel, members=names, industry_share=Decimal(share))


def reads(panel: Panel, *pairs: tuple[str, str]) -> Panel:
    return replace(panel, assignments=tuple(Assignment(a, e, 1) for a, e in pairs))


@pytest.mark.parametrize(
    ("wrong", "codes"),
    [
        (lambda p: members(p, "E1", share="1.00"), {"size_min", "not_a_member"}),
        (lambda p: members(p, "E1", "E2", "E3", "outsider", share="0.75"), {"odd"}),
        (lambda p: members(p, "E1", "E2", "same-employer", "E3", "outsider", share="0.80"), {"employer_max"}),
        (lambda p: members(p, "E1", "E2", "E3", "outsider", "full", share="0.80"), {"idle_member"}),
        (lambda p: members(p, "E1", "E1", "E2", "E3"), {"member_twice"}),
        (lambda p: members(p, "E1", "E2", "E3", "nobody"), {"unknown_expert"}),
        (lambda p: replace(p, industry_share=Decimal("0.50")), {"industry_share"}),
        (lambda p: replace(p, leader=None), {"leader"}),
        (lambda p: replace(p, leader="E2"), {"leader"}),
        (lambda p: replace(p, leader="outsider"), {"leader"}),
        (lambda p: reads(p, ("a1", "E1"), ("a1", "E2"), ("a2", "E1")), {"reviewers_per_application"}),
        (
            lambda p: reads(p, ("a1", "E1"), ("a1", "E2"), ("a2", "E1"), ("a2", "E2"), ("a2", "E3")),
            {"reviewers_per_application"},
        ),
        (lambda p: reads(p, ("a1", "E1"), ("a1", "E3"), ("a2", "E1"), ("a2", "E2")), {"kept_from"}),
        (lambda p: reads(p, ("a1", "E1"), ("a1", "outsider"), ("a2", "E1"), ("a2", "E3")), {"not_a_member"}),
        (lambda p: reads(p, ("a1", "E1"), ("a1", "E1"), ("a2", "E1"), ("a2", "E3")), {"assigned_twice"}),
        (lambda p: reads(p, ("a1", "E1"), ("a1", "E2"), ("a9", "E1")), {"unknown_application"}),
    ],
)
def test_each_illegal_panel_is_refused_by_name(wrong: Callable[[Panel], Panel], codes: set[str]) -> None:
    """One change of the lawful panel, and what it breaks."""
    panel, problem = lawful()
    faults = check(wrong(panel), problem)
    assert {fault.code for fault in faults} == codes
    assert all(fault.zh and fault.en for fault in faults)


@pytest.mark.parametrize(
    ("changes", "experts", "codes"),
    [
        ({"industry_share_min": Fraction(1, 1)}, {}, {"industry_share_min", "industry_readers"}),
        ({"load_max": 2}, {}, {"load_max", "idle_member"}),
        ({}, {"E3": {"load_max": 2}}, {"load_own", "idle_member"}),
        ({}, {"E1": {"fields": frozenset()}}, {"field_readers_min"}),
        ({}, {"E1": {"languages": frozenset()}}, {"language_readers_min"}),
        (
            {"industry_share_min": Fraction(1, 2)},
            {"E1": {"industry_expert": False}},
            {"industry_readers", "industry_share_min"},
        ),
    ],
)
def test_the_same_panel_is_illegal_where_rule_or_experts_are_others(
    changes: dict[str, object], experts: dict[str, dict[str, object]], codes: set[str]
) -> None:
    """What a panel made before runs into."""
    panel, problem = lawful()
    pool = tuple(replace(e, **experts.get(e.expert_id, {})) for e in problem.experts)  # type: ignore[arg-type]
    other = replace(problem, rule=replace(problem.rule, **changes), experts=pool)  # type: ignore[arg-type]
    industry = sum(other.by_id[name].industry_expert for name in panel.members)
    stated = replace(panel, industry_share=Decimal(industry) / 3 // Decimal("0.01") * Decimal("0.01"))
    found = {fault.code for fault in check(stated, other)} - {"industry_share"}
    assert found == codes


def test_a_fault_says_whom_it_concerns() -> None:
    """By id, for the office; the words themselves name nobody."""
    panel, problem = lawful()
    wrong = reads(panel, ("a1", "E1"), ("a1", "E3"), ("a2", "E1"), ("a2", "E2"))
    (fault,) = check(wrong, problem)
    assert (fault.experts, fault.applications) == (("E3",), ("a1",))
    assert "E3" not in fault.zh + fault.en
