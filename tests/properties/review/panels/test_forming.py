"""Held against trying everything: the best lawful panel, whichever the lot gives, and each of the best some time."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given, settings

from services.review.panels import (
    Application,
    Expert,
    Former,
    NoPanelError,
    Panel,
    Problem,
    assign,
    check,
    form,
    reading,
)
from shared.rulebooks import PanelRule
from tests.properties.review.panels.cases import Pairs, optima, problems

SEEDS = 120  # the rarest optimum of these comes within 35
_CHEMIST, _COOK = frozenset({"chemistry"}), frozenset({"food"})


def key(panel: Panel) -> tuple[frozenset[str], Pairs]:
    return frozenset(panel.members), frozenset((a.application_id, a.expert_id) for a in panel.assignments)


@settings(max_examples=40, deadline=None)
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


def two_trades() -> Problem:
    """Two of four sit, one of each trade; each application is read by one who knows it and one who does not."""
    applications = (Application("a1", 1, fields=_CHEMIST), Application("a2", 2, fields=_COOK))
    experts = tuple(Expert(f"E{n}", fields=_CHEMIST if n % 2 else _COOK, may_lead=n < 3) for n in range(1, 5))
    rule = PanelRule(reviewers_per_application=1, size_min=2, leader=True, field_readers_min=1)
    return Problem(rule, applications, experts, {"E4": frozenset({"a1"})})


def one_trade() -> Problem:
    """Three of four sit and two of them read: every choice is as good as any."""
    rule = PanelRule(reviewers_per_application=2, size_min=3)
    return Problem(rule, (Application("a1", 1),), tuple(Expert(f"E{n}") for n in range(1, 5)))


def four_houses() -> Problem:
    """Three of six sit, one of each employer, with room for two readings each."""
    rule = PanelRule(1, size_min=2, odd=True, industry_share_min=Fraction(1, 3), employer_max=1, load_max=2)
    experts = tuple(Expert(f"E{n}", industry_expert=n < 4, employer=f"u{n % 4}") for n in range(1, 7))
    return Problem(
        rule, tuple(Application(f"a{n}", n) for n in range(1, 5)), experts, {"E2": frozenset({"a1"})}
    )


def re_run() -> Problem:
    """One of the former members is kept from something by now; it may be exchanged for either of two."""
    problem = one_trade()
    former = Former(("E1", "E2", "E9"), frozenset({("a1", "E1"), ("a1", "E9")}))
    return replace(problem, kept={"E2": frozenset({"a1"})}, former=former)


@pytest.mark.parametrize("problem", [two_trades(), one_trade(), four_houses(), re_run()])
def test_many_seeds_give_the_one_best_value_and_all_that_have_it_are_drawn(problem: Problem) -> None:
    """The set of what is drawn is the set of optima: nothing else comes, and nothing of it never comes."""
    drawn = [form(problem, f"seed {n}") for n in range(SEEDS)]
    assert {key(d.panel) for d in drawn} == optima(problem)
    assert len({d.record.objective for d in drawn}) == 1


def test_every_lawful_leader_is_drawn_some_time() -> None:
    """Of two members who may lead, now one and now the other."""
    rule = PanelRule(reviewers_per_application=2, leader=True)
    problem = Problem(
        rule, (Application("a1", 1),), (Expert("E1", may_lead=True), Expert("E2", may_lead=True))
    )
    assert {form(problem, f"seed {n}").panel.leader for n in range(20)} == {"E1", "E2"}


def test_equal_experts_have_equal_chances() -> None:
    """Over many seeds each of four equal experts sits in three of four panels, and each pair reads as often as any."""
    drawn = [form(one_trade(), f"seed {n}").panel for n in range(120)]
    seats = Counter(name for panel in drawn for name in panel.members)
    reads = Counter(a.expert_id for panel in drawn for a in panel.assignments)
    assert all(70 < seats[f"E{n}"] < 110 for n in range(1, 5))
    assert all(40 < reads[f"E{n}"] < 80 for n in range(1, 5))


def test_the_order_of_giving_decides_nothing() -> None:
    """The same problem with everything turned round is the same draw."""
    problem = two_trades()
    turned = replace(problem, applications=problem.applications[::-1], experts=problem.experts[::-1])
    assert form(turned, "seed").panel == form(problem, "seed").panel


def many(applications: int, experts: int, **rule: int) -> Problem:
    """Experts of five trades and as many employers as they need, applications of the same trades."""
    trades = [frozenset({f"trade {n}"}) for n in range(5)]
    return Problem(
        PanelRule(reviewers_per_application=2, industry_share_min=Fraction(3, 10), **rule),
        tuple(Application(f"a{n}", n, fields=trades[n * 7 % 5]) for n in range(1, applications + 1)),
        tuple(
            Expert(
                f"E{n}",
                industry_expert=n % 3 == 0,
                employer=f"u{n % 7}",
                fields=trades[n % 5] | trades[n // 5 % 5],
                languages=frozenset({"en"} if n % 2 else ()),
            )
            for n in range(experts)
        ),
        {f"E{n}": frozenset({f"a{n % applications + 1}"}) for n in range(0, experts, 2)},
    )


def former_of(panel: Panel) -> Former:
    return Former(panel.members, key(panel)[1], panel.leader)


def test_formed_again_with_another_seed_nothing_changes() -> None:
    """The former plan is the best plan, whatever the new lot."""
    problem = many(12, 20, load_max=6)
    first = form(problem, "one").panel
    again = form(replace(problem, former=former_of(first)), "another")
    assert key(again.panel) == key(first)
    assert (again.record.objective.seats_changed, again.record.objective.assignments_changed) == (0, 0)


def test_when_a_member_is_lost_only_its_place_changes() -> None:
    """One out, one in: the others keep their seats and, but for what was its, their applications."""
    problem = many(12, 20, load_max=6)
    first = form(problem, "one").panel
    lost = first.members[0]
    without = replace(
        problem,
        experts=tuple(e for e in problem.experts if e.expert_id != lost),
        former=former_of(first),
    )
    again = form(without, "another")
    kept = {pair for pair in key(first)[1] if pair[1] != lost}
    assert set(first.members) - set(again.panel.members) == {lost}
    assert kept <= key(again.panel)[1]


def test_work_is_shared_by_what_each_has_already() -> None:
    """Who carries three from elsewhere is given three fewer."""
    rule = PanelRule(reviewers_per_application=1, size_min=2)
    applications = tuple(Application(f"a{n}", n) for n in range(1, 8))
    problem = Problem(rule, applications, (Expert("E1", carried=3), Expert("E2")))
    load = Counter(a.expert_id for a in form(problem, "seed").panel.assignments)
    assert load == {"E1": 2, "E2": 5}


@pytest.mark.parametrize("employer_max", [None, 1])
def test_with_few_pairs_in_the_program_the_value_is_that_of_all(
    employer_max: int | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Pairs that are priced and added as needed reach what the whole program reaches."""
    problem = many(40, 30, load_max=5)
    monkeypatch.setattr(reading, "ALL_PAIRS", 0)
    some = assign(problem, None, "seed", employer_max)
    assert some.gap == 0
    if employer_max is None:
        monkeypatch.setattr(reading, "ALL_PAIRS", 10_000)
        every = assign(problem, None, "seed")
        assert (some.fit, some.work) == (every.fit, every.work)
        return
    employers = {e.expert_id: e.employer for e in problem.experts}
    read = Counter((a.application_id, employers[a.expert_id]) for a in some.assignments)
    assert set(read.values()) == {1}


def test_members_who_cannot_read_everything_are_refused() -> None:
    """Two readers are asked, and one member is kept from an application."""
    problem = many(3, 4)
    with pytest.raises(NoPanelError, match="2 reviewers cannot lawfully read the 3 applications"):
        assign(problem, ["E0", "E3"], "seed")


def test_the_solver_is_loaded_when_a_panel_is_formed_and_not_before() -> None:
    """A service that has formed none yet has neither the solver nor its arrays in memory."""
    program = "import sys, services.review.panels; print({'numpy', 'highspy'} & set(sys.modules))"
    said = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert said.stdout.strip() == "set()"
