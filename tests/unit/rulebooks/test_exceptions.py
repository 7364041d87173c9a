"""Exceptions of grants: which hold, and what becomes of two that hold at once."""

from __future__ import annotations

import pytest

from shared.rulebooks import GrantRule
from shared.rulebooks.exceptions import ConflictingExceptions, Winner, live_exceptions
from shared.rulebooks.model import GrantException

LEVEL = "一等"
BROKE = GrantException("state_budget", "3.1", "state_budget_funded")
AGAIN = GrantException("again", "3.3", None, (LEVEL,), uses_quota=False)
HALF = GrantException("half", "3.5", "innovative_sme", amount_fen=500)
PLACED = GrantException("placed", "3.6", "innovative_sme", uses_quota=True)


def rule(*exceptions: GrantException) -> GrantRule:
    return GrantRule("g", "award", LEVEL, "甲类", 1000, False, None, False, exceptions, "3")


@pytest.mark.parametrize(
    ("exception", "winner", "holds"),
    [
        (BROKE, Winner.of("organization", {"state_budget_funded": True}, ()), True),
        (BROKE, Winner.of("organization", {"state_budget_funded": False}, ()), False),
        (BROKE, Winner.of("organization", {}, ()), False),
        (AGAIN, Winner.of("organization", {}, (LEVEL,)), True),
        (AGAIN, Winner.of("organization", {}, ("二等",)), False),
    ],
)
def test_a_fact_or_an_earlier_win_makes_an_exception_hold(
    exception: GrantException, winner: Winner, holds: bool
) -> None:
    """A fact that is absent or false makes none hold; another level won before does not either."""
    assert live_exceptions(rule(exception), winner) == ((exception,) if holds else ())


def test_an_exception_for_organizations_does_not_speak_of_projects() -> None:
    """The text's own words: what is said of organizations is said of nobody else."""
    for_organizations = GrantException("x", "3.1", "state_budget_funded", kinds=("organization",))
    facts = {"state_budget_funded": True}
    assert live_exceptions(rule(for_organizations), Winner.of("organization", facts, ()))
    assert not live_exceptions(rule(for_organizations), Winner.of("project", facts, ()))


def test_two_that_say_the_same_or_speak_of_different_things_hold_together() -> None:
    """No money by both; of places only one of them speaks."""
    winner = Winner.of("organization", {"state_budget_funded": True}, (LEVEL,))
    assert live_exceptions(rule(BROKE, AGAIN), winner) == (BROKE, AGAIN)


@pytest.mark.parametrize("other", [HALF, PLACED])
def test_two_live_exceptions_that_contradict_each_other_are_an_error_naming_both(
    other: GrantException,
) -> None:
    """Other money, or a place both taken and not taken: nobody guesses which goes first."""
    both = Winner.of("organization", {"innovative_sme": True}, (LEVEL,))
    with pytest.raises(ConflictingExceptions) as caught:
        live_exceptions(rule(AGAIN, other), both)
    for language in (caught.value.detail_zh, caught.value.detail_en):
        for words in (AGAIN.id, AGAIN.rule, other.id, other.rule):
            assert words in language
    assert live_exceptions(rule(AGAIN, other), Winner.of("organization", {}, (LEVEL,))) == (AGAIN,)
