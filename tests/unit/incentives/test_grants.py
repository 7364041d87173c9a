"""Amounts and their explanation."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.incentives.grants import Payment, award_grant, over_budget, pool_grant
from services.incentives.statuses import MOVES, Status, before
from shared.rulebooks import GrantRule, Rulebook, library
from shared.rulebooks.model import GrantException

pytestmark = pytest.mark.unit

PUBLISHED = library().get("changning-2023")
LEVEL, TRACK = PUBLISHED.levels[0].name, PUBLISHED.tracks[0].name
CAP = 60_000_000
ON = date(2023, 5, 1)


def rulebook(
    *, up_to: bool = False, once: bool = False, exceptions: tuple[GrantException, ...] = ()
) -> Rulebook:
    """One grant for an award and one for the pool, up to a cap of 600,000 yuan."""
    award = GrantRule(
        "award",
        "award",
        LEVEL,
        TRACK,
        CAP,
        up_to,
        "project_cost_yuan" if up_to else None,
        once,
        exceptions,
        "26",
    )
    pool = GrantRule("pool", "pool", None, None, 20_000_000, True, None, True, (), "4.5")
    return replace(PUBLISHED, grants=(award, pool))


def dossier(facts: dict[str, Any] | None = None) -> dict[str, Any]:
    return {"kind": "organization", "facts": facts or {}}


def amount(book: Rulebook, facts: dict[str, Any] | None = None, paid: tuple[Payment, ...] = ()) -> int:
    grant = award_grant(book, LEVEL, TRACK, dossier(facts), (), paid)
    assert grant is not None
    return grant.amount_fen


@pytest.mark.parametrize(
    ("level", "track", "fen"), [(0, 0, 50_000_000), (0, 1, 2_000_000), (1, 0, 10_000_000), (1, 1, 1_000_000)]
)
def test_the_published_amounts(level: int, track: int, fen: int) -> None:
    """26: 50 and 10 万元 for a model, 2 and 1 万元 for a result; no other amount and no condition."""
    grant = award_grant(
        PUBLISHED, PUBLISHED.levels[level].name, PUBLISHED.tracks[track].name, dossier(), (), ()
    )
    assert grant is not None
    assert (grant.amount_fen, grant.rule, grant.once_key) == (fen, "26", None)


def test_no_rule_no_grant() -> None:
    """A level without money has no grant at all."""
    book = replace(PUBLISHED, grants=())
    assert award_grant(book, LEVEL, TRACK, dossier(), (), ()) is None
    assert pool_grant(book, 1, ()) is None


@pytest.mark.parametrize(
    ("yuan", "fen"), [(599_999, 59_999_900), (600_000, CAP), (600_001, CAP), (0, 0), (None, 0)]
)
def test_up_to_is_the_smaller_of_cap_and_approved_cost(yuan: int | None, fen: int) -> None:
    """Just below the cap, at it, above it; no approved cost, nothing payable yet."""
    facts = {} if yuan is None else {"project_cost_yuan": yuan}
    assert amount(rulebook(up_to=True), facts) == fen


def test_without_an_approved_cost_the_explanation_says_so() -> None:
    """Nothing yet is not nothing ever."""
    grant = award_grant(rulebook(up_to=True, once=True), LEVEL, TRACK, dossier(), (), ())
    assert grant is not None
    assert "尚无核定费用" in grant.explanation_zh
    assert "no approved cost yet" in grant.explanation_en
    assert grant.once_key is None


@pytest.mark.parametrize(
    ("paid", "fen"),
    [
        (Payment("award", LEVEL, 1, ON), 0),
        (Payment("award", "长宁区" + LEVEL, 1, ON), 0),
        (Payment("award", None, 1, ON), 0),
        (Payment("award", PUBLISHED.levels[1].name, 1, ON), CAP),
        (Payment("pool", None, 1, ON), CAP),
    ],
)
def test_what_is_paid_once_is_not_paid_again(paid: Payment, fen: int) -> None:
    """The same purpose and level, under whatever name; another level or purpose adds up."""
    assert amount(rulebook(once=True), paid=(paid,)) == fen
    assert amount(rulebook(once=False), paid=(paid,)) == CAP


def test_an_exception_by_fact_and_one_by_an_earlier_win_bring_no_money() -> None:
    """Certificate and title only; the exception's own rule is cited."""
    state = GrantException("state", "3.1", "state_budget_funded")
    again = GrantException("again", "3.3", None, (LEVEL,), uses_quota=False)
    book = rulebook(exceptions=(state, again))
    assert amount(book) == CAP
    assert amount(book, {"state_budget_funded": False}) == CAP
    for facts, won, rule in [({"state_budget_funded": True}, (), "3.1"), ({}, (LEVEL,), "3.3")]:
        grant = award_grant(book, LEVEL, TRACK, dossier(facts), won, ())
        assert grant is not None
        assert (grant.amount_fen, grant.rule) == (0, rule)
        assert "不发放奖金" in grant.explanation_zh


def test_an_exception_may_bring_other_money() -> None:
    """Paid instead of the grant, and said so."""
    half = GrantException("half", "3.5", "innovative_sme", amount_fen=5_000_000)
    grant = award_grant(rulebook(exceptions=(half,)), LEVEL, TRACK, dossier({"innovative_sme": True}), (), ())
    assert grant is not None
    assert (grant.amount_fen, grant.rule) == (5_000_000, "3.5")
    assert "改发 50,000 元" in grant.explanation_zh


def test_every_line_stands_in_both_languages() -> None:
    """Rule, cap, cost and result, line by line, with the article as people cite it."""
    grant = award_grant(rulebook(up_to=True), LEVEL, TRACK, dossier({"project_cost_yuan": 350_000}), (), ())
    assert grant is not None
    zh, en = grant.explanation_zh.splitlines(), grant.explanation_en.splitlines()
    assert len(zh) == len(en) == 3
    assert zh[0].startswith("第二十六条：")
    assert "600,000 元" in zh[0]
    assert "350,000 元" in zh[1]
    assert zh[2] == "应发 350,000 元"


def test_the_pools_grant_is_made_once_per_organization_ever() -> None:
    """The pool's project has a cost of its own; an earlier pool grant ends it, an award's does not."""
    book = rulebook()
    grant = pool_grant(book, 15_000_000, ())
    assert grant is not None
    assert (grant.amount_fen, grant.once_key, grant.level) == (15_000_000, "pool:", None)
    for payment, fen in [(Payment("pool", None, 5, ON), 0), (Payment("award", LEVEL, 5, ON), 15_000_000)]:
        again = pool_grant(book, 15_000_000, (payment,))
        assert again is not None
        assert again.amount_fen == fen


@given(st.none() | st.integers(0, 10**9), st.booleans(), st.booleans(), st.booleans())
def test_a_grant_is_never_above_its_rule_nor_above_the_cost(
    yuan: int | None, up_to: bool, once: bool, before: bool
) -> None:
    """Whatever is known: between 0 and the cap, at most the cost, and payable once only where something is payable."""
    facts = {} if yuan is None else {"project_cost_yuan": yuan}
    paid = (Payment("award", LEVEL, 1, ON),) if before else ()
    grant = award_grant(rulebook(up_to=up_to, once=once), LEVEL, TRACK, dossier(facts), (), paid)
    assert grant is not None
    assert 0 <= grant.amount_fen <= CAP
    assert not up_to or grant.amount_fen <= (yuan or 0) * 100
    assert (grant.once_key is not None) == (once and grant.amount_fen > 0)
    assert not (once and before) or grant.amount_fen == 0


@pytest.mark.parametrize(
    ("granted", "budget", "over"), [(100, 100, 0), (101, 100, 1), (99, 100, 0), (5, None, 0), (5, 0, 5)]
)
def test_over_budget_is_never_below_nothing(granted: int, budget: int | None, over: int) -> None:
    """At the budget nothing is over; without a budget nothing ever is."""
    assert over_budget(granted, budget) == over


def test_states_move_both_ways_until_one_is_stopped() -> None:
    """Held while something holds it, computed again when nothing does; from where an officer has stopped it nothing leads on."""
    assert set(MOVES) == set(Status)
    assert before(Status.HELD) == ("computed",)
    assert before(Status.COMPUTED) == ("held",)
    assert before(Status.STOPPED) == ("computed", "held")
