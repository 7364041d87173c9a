"""Who is kept from whom."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.review.conflicts.recusals import Applicant, Reviewer, find_recusals, kept_from
from shared.rulebooks import library

pytestmark = pytest.mark.unit

RULEBOOK = library().get("changning-2023")
ORGANIZATION, OTHER = "91310105MAXY50013E", "91310105MA1K300034"
APPLICANTS = [
    Applicant("whole", 1, ORGANIZATION),
    Applicant("person", 2, ORGANIZATION),
    Applicant("else", 3, OTHER),
]


def test_an_employee_is_kept_from_everything_of_the_employer() -> None:
    """The organization, its individuals and its projects share its code; 28 (3)."""
    found = find_recusals(RULEBOOK, [Reviewer("E1", employer=ORGANIZATION)], APPLICANTS)
    assert [(r.application_id, r.ground, r.rule) for r in found] == [
        ("whole", "employer", "28.3"),
        ("person", "employer", "28.3"),
    ]


def test_a_registered_adviser_is_kept_from_whatever_the_organization_hands_in() -> None:
    """15: registered by the code, before there is an application; beside one that was declared, and each once."""
    adviser = Reviewer("E1", advises=frozenset({"whole"}), advises_codes=frozenset({ORGANIZATION}))
    found = find_recusals(RULEBOOK, [adviser], APPLICANTS)
    assert [(r.application_id, r.ground, r.rule) for r in found] == [
        ("whole", "advises", "15"),
        ("person", "advises", "15"),
    ]


@pytest.mark.parametrize(("ground", "rule"), [("advises", "15"), ("kin_of", "28.3")])
def test_an_adviser_and_a_relative_are_kept_from_the_one_application(ground: str, rule: str) -> None:
    """15 and 28 (3); the reason cites the article."""
    interest = {ground: frozenset({"person"})}
    (found,) = find_recusals(RULEBOOK, [Reviewer("E1", **interest)], APPLICANTS)  # type: ignore[arg-type]
    assert (found.application_id, found.ground, found.rule) == ("person", ground, rule)
    assert rule in found.reason_zh
    assert rule in found.reason_en


def test_an_interest_counts_where_the_regulation_names_no_article() -> None:
    """A rulebook that is silent on recusal lets nobody judge its own employer."""
    silent = replace(RULEBOOK, recusal=())
    (found, _) = find_recusals(silent, [Reviewer("E1", employer=ORGANIZATION)], APPLICANTS)
    assert found.rule is None


def test_an_interest_in_an_application_that_is_not_here_is_none_here() -> None:
    """Interests are held against the entrants of the stage."""
    reviewer = Reviewer("E1", advises=frozenset({"elsewhere"}), employer="91310000MA1K35XXXX")
    assert find_recusals(RULEBOOK, [reviewer], APPLICANTS) == ()


def test_two_grounds_are_two_recusals_and_one_bar() -> None:
    """Each ground is told; the expert is kept from the application once."""
    reviewer = Reviewer("E1", employer=OTHER, kin_of=frozenset({"else"}))
    found = find_recusals(RULEBOOK, [reviewer], APPLICANTS)
    assert [r.ground for r in found] == ["employer", "kin_of"]
    assert kept_from(found) == {"E1": frozenset({"else"})}


@given(
    st.permutations(APPLICANTS),
    st.permutations([Reviewer("E1", employer=OTHER), Reviewer("E2", employer=ORGANIZATION)]),
)
def test_the_order_given_does_not_matter(applicants: list[Applicant], reviewers: list[Reviewer]) -> None:
    """The list is by expert and then by number of submission."""
    found = find_recusals(RULEBOOK, reviewers, applicants)
    assert [(r.expert_id, r.application_id) for r in found] == [
        ("E1", "else"),
        ("E2", "whole"),
        ("E2", "person"),
    ]
