"""The sweep: what it tries lies on both sides of every threshold, and what is wrong is named with its line."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from shared.rulebooks import Case, Outcome, Rulebook
from shared.rulebooks.evaluator import evaluate, findings_of
from shared.rulebooks.made_up import hindrances, neighbours, satisfying
from shared.rulebooks.sweep import edges, overlaps, remarks, sweep
from shared.rulebooks.verdicts import OPERATORS, Decide, Parameters, Verdict, Verdicts
from tests.unit.rulebooks.cases import CLOSES, changning, organization, outcome
from tests.unit.rulebooks.mutations import city, installed, rich_city, with_value

DAY = date(2026, 3, 27)


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Rulebook:
    return city(tmp_path_factory.mktemp("city"))


@pytest.fixture(scope="module")
def rich(tmp_path_factory: pytest.TempPathFactory) -> Rulebook:
    return rich_city(tmp_path_factory.mktemp("rulebooks"))


@pytest.mark.parametrize("each", installed(), ids=lambda each: each.id)
def test_no_installed_rulebook_has_a_day_without_an_answer(each: Rulebook) -> None:
    """Nor one with two; and somebody of every kind and category could meet what it asks."""
    found = sweep(each)
    assert found.faults == ()
    assert found.remarks == ()
    assert found.cases > 20 * len(each.conditions)


def test_installed_texts_of_one_jurisdiction_follow_each_other() -> None:
    """On no day are two of them in force."""
    assert list(overlaps(installed())) == []


def test_the_city_of_the_document_passes(book: Rulebook) -> None:
    """So does whatever somebody builds after it."""
    assert sweep(book).faults == ()


# --- what is tried --------------------------------------------------------------------------------


def test_days_around_every_edge_of_the_time_in_force(book: Rulebook) -> None:
    """The first and the last day, the days beside them, the end of February in a leap year and in another."""
    days = edges(book)
    assert {date(2026, 1, 31), date(2026, 2, 1), date(2026, 2, 2)} <= set(days)
    assert {date(2031, 1, 30), date(2031, 1, 31), date(2031, 2, 1)} <= set(days)
    assert {date(2028, 2, 29), date(2028, 3, 1), date(2029, 2, 28), date(2029, 12, 31)} <= set(days)


@pytest.mark.parametrize("which", ["document", "operators", "published"])
def test_neighbours_lie_on_both_sides_of_every_threshold(which: str, book: Rulebook, rich: Rulebook) -> None:
    """For each condition that the program decides, some neighbour passes and another does not."""
    chosen = {"document": book, "operators": rich, "published": changning()}[which]
    by_person = {"judgement", "similar_business"}
    bases = [
        satisfying(chosen, kind, category, DAY)
        for kind in chosen.kinds
        for category in chosen.categories or (None,)
    ]
    for condition in chosen.conditions:
        if condition.operator in by_person or not set(condition.kinds) & set(chosen.kinds):
            continue
        outcomes = {
            finding.outcome
            for case in bases
            if condition.addresses(case.kind, case.category)
            for neighbour in neighbours(chosen, condition, case)
            for finding in findings_of(chosen, condition, neighbour)
        }
        assert Outcome.PASS in outcomes, condition
        if condition.operator != "kind_is":  # the kind is what the case is made for
            assert outcomes & {Outcome.FAIL, Outcome.MISSING}, condition
        if condition.operator not in {"kind_is", "fact_is"}:  # that a fact is given may be all that is asked
            assert Outcome.FAIL in outcomes, condition


def test_a_case_that_meets_everything_is_found(book: Rulebook, rich: Rulebook) -> None:
    """Through guards, alternatives and thresholds: nothing fails, nothing is missing, but what cannot be had together."""
    for each in (book, changning()):
        for kind in each.kinds:
            assert hindrances(each, satisfying(each, kind, None, DAY)) == []
    case = satisfying(rich, "organization", "economic", DAY)
    asked = [c for c in rich.conditions if c.addresses("organization", "economic")]
    assert len(asked) > 30
    assert hindrances(rich, case) == [
        "16.1/registered_in_region"
    ]  # of another city, from the text that it extends


def test_what_hinders_a_case_is_named() -> None:
    """By rule and condition, whether it fails or is missing."""
    assert hindrances(changning(), organization(region=None, chief_quality_officer=False)) == [
        "16.1/registered_in_region",
        "16.5/chief_quality_officer",
    ]


# --- what is found --------------------------------------------------------------------------------


def _line(book: Rulebook, *path: str) -> int:
    return book.document.mark(path).line


def test_two_conditions_that_nobody_can_meet_are_named(book: Rulebook) -> None:
    """A region cannot begin with two names; organizations and projects alike are told of."""
    given = {**book.raw["conditions"]["4.1"], "elsewhere": _elsewhere()}
    found = sweep(with_value(book, ("conditions", "4.1"), given)).faults
    assert [fault.path for fault in found] == [("conditions",)] * 2
    for fault, kind in zip(found, ("organization", "project"), strict=True):
        assert kind in fault.zh
        assert kind in fault.en
        assert re.search("4.1/(registered_here|elsewhere)", fault.en)


def _elsewhere() -> dict[str, Any]:
    return {
        "operator": "fact_is",
        "with": {"fact": "region", "begins_with": "别处"},
        "kinds": "all",
        "says": {"zh": "在别处登记", "en": "registered elsewhere"},
    }


def test_a_condition_that_cannot_be_decided_is_named_with_its_line(
    book: Rulebook, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever makes the evaluator raise, on whatever day: told once, in both languages, and the sweep goes on."""
    real = OPERATORS["years_since"]

    def raises_on_a_leap_day(rulebook: Rulebook, given: Parameters) -> Decide:
        decide = real(rulebook, given)

        def decide_or_raise(case: Case) -> Verdicts:
            start = case.fact(given["fact"])
            if start is not None and (start.month, start.day) == (2, 29):
                raise ZeroDivisionError("a leap day")
            return decide(case)

        return decide_or_raise

    monkeypatch.setitem(OPERATORS, "years_since", raises_on_a_leap_day)
    found = sweep(replace(book)).faults  # another object: what was worked out for the other is kept with it
    assert [fault.path for fault in found] == [
        ("conditions", "4.1", "operating_years"),
        ("conditions", "4.1", "completed_years"),
    ]
    assert found[0].mark.line == _line(book, "conditions", "4.1", "operating_years")
    assert "ZeroDivisionError: a leap day" in found[0].zh
    assert "cannot be decided" in found[0].en


@pytest.mark.parametrize("count", [0, 2])
def test_a_condition_with_no_finding_or_two_is_named(
    book: Rulebook, monkeypatch: pytest.MonkeyPatch, count: int
) -> None:
    """One is due, whatever the case."""
    there = (Verdict(Outcome.PASS, "有", "there"),) * count
    monkeypatch.setitem(OPERATORS, "material", lambda rulebook, given: lambda case: there)
    found = sweep(replace(book)).faults
    assert [fault.path[-1] for fault in found] == ["application_form", "self_assessment"]
    assert all(f"{count} findings where 1 are due" in fault.en for fault in found)


def test_two_conditions_that_speak_of_one_ban_are_named(book: Rulebook) -> None:
    """Under two rules with one name, both answer for the ban of the other: an officer could not tell which."""
    ban = book.raw["conditions"]["12"]["no_ban"]
    found = sweep(with_value(book, ("conditions", "5", "no_ban"), ban)).faults
    (fault,) = found
    assert "12/no_ban" in fault.en
    assert "5/no_ban and 12/no_ban" in fault.en or "12/no_ban and 5/no_ban" in fault.en


def test_a_time_in_force_that_contradicts_itself_is_named(book: Rulebook) -> None:
    """A text that says of its own days something else than its dates do."""

    class Odd(Rulebook):
        def in_force_on(self, day: date) -> None:
            return None

    odd = Odd(**{name: getattr(book, name) for name in book.__dataclass_fields__})
    assert [fault.path for fault in sweep(odd).faults] == [("in_force",)]


def test_a_ban_that_no_condition_looks_at_is_remarked(book: Rulebook) -> None:
    """It is no fault of form: but the years of the ban would pass unseen."""
    without = replace(book, conditions=tuple(c for c in book.conditions if c.operator != "no_ban"))
    (remark,) = remarks(without)
    assert remark.path == ("sanctions", "fraud")
    assert "4 年" in remark.zh
    assert "organization, project" in remark.en


def test_a_condition_that_addresses_nobody_is_remarked(book: Rulebook) -> None:
    """A kind that cannot apply here."""
    other = with_value(book, ("conditions", "4.4", "won_before", "kinds"), ["individual"])
    (remark,) = remarks(other)
    assert remark.path == ("conditions", "4.4", "won_before")
    assert remark.mark.line == _line(book, "conditions", "4.4", "won_before")


@pytest.mark.parametrize(
    ("jurisdiction", "since", "until", "told"),
    [
        ("yunting", date(2031, 1, 31), None, 1),
        ("yunting", date(2031, 2, 1), None, 0),
        ("elsewhere", date(2026, 2, 1), None, 0),
        ("yunting", None, None, 0),
        ("yunting", date(2020, 1, 1), date(2026, 2, 1), 1),
        ("yunting", date(2020, 1, 1), date(2026, 1, 31), 0),
    ],
)
def test_two_texts_in_force_at_once_are_remarked(
    book: Rulebook, jurisdiction: str, since: date | None, until: date | None, told: int
) -> None:
    """Of one jurisdiction, and both published: to the day."""
    other = replace(book, id="other-1", jurisdiction=jurisdiction, in_force_from=since, in_force_to=until)
    assert len(list(overlaps([book, other]))) == told


def test_one_of_several_that_are_all_not_applicable_is_not_applicable(book: Rulebook) -> None:
    """Neither passed nor failed, and no fault of the program."""
    same = {"operator": "similar_business", "with": {"group": "group", "business": "business"}}
    condition = {
        "operator": "any_of",
        "with": {"conditions": [same, same]},
        "kinds": "all",
        "says": {"zh": "业务不相似", "en": "no similar business"},
    }
    other = with_value(book, ("conditions", "4.4", "similar"), condition)
    assert outcome(organization(), "4.4/similar", other) is Outcome.NOT_APPLICABLE
    assert sweep(other).faults == ()


def test_the_sweep_decides_as_the_evaluator_does() -> None:
    """One condition after the other gives what a whole evaluation gives."""
    case, rulebook = organization(), changning()
    alone = [
        finding
        for condition in rulebook.conditions
        if condition.addresses(case.kind, case.category)
        for finding in findings_of(rulebook, condition, case)
    ]
    assert tuple(alone) == evaluate(rulebook, case).findings
    assert case.closes_on == CLOSES
