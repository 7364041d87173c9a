"""How a finding is told to whom it is about: its article, its words once, what it rests on, and no other application."""

from __future__ import annotations

from dataclasses import replace

import pytest

from shared.rulebooks import Outcome, Rulebook
from shared.rulebooks.evaluator import findings_of
from shared.rulebooks.explained import Ground, cited, explain, ground_of
from shared.rulebooks.findings import Finding
from shared.rulebooks.made_up import satisfying
from tests.unit.rulebooks.cases import CLOSES, changning, shenzhen_2020
from tests.unit.rulebooks.mutations import installed

BOOKS = installed()


@pytest.mark.parametrize("book", BOOKS, ids=lambda book: book.id)
def test_every_finding_of_every_rulebook_is_in_words(book: Rulebook) -> None:
    """The condition's words, a reason that does not repeat them, an article that is no code."""
    for condition in book.conditions:
        category = condition.categories[0] if condition.categories else None
        case = satisfying(book, condition.kinds[0], category, CLOSES)
        for finding in findings_of(book, condition, case):
            told = explain(book, finding)
            assert told.condition == condition.says
            assert finding.reason == f"{condition.says.zh}：{told.reason.zh}"
            assert finding.reason_en == f"{condition.says.en}: {told.reason.en}"
            assert not told.article.startswith("assumed:")
            assert told.as_dict()["outcome"] in set(Outcome)


def test_what_a_condition_rests_on() -> None:
    by_operator = {
        condition.operator: ground_of(book, condition)
        for book in (changning(), shenzhen_2020())
        for condition in book.conditions
    }
    assert by_operator["no_records"] is Ground.DEPARTMENTS
    assert by_operator["no_ban"] is Ground.BANS
    assert by_operator["one_per_group"] is Ground.APPLICATIONS
    assert by_operator["no_loss"] is Ground.OWN


def test_a_finding_on_other_applications_names_none() -> None:
    book = shenzhen_2020()
    condition = next(each for each in book.conditions if each.operator == "one_per_group")
    finding = Finding(
        condition.rule, condition.name, Outcome.FAIL, f"{condition.says.zh}：已有更早的申报",
        f"{condition.says.en}: an earlier one", ("第 7 号申报，某集团，仪器",),
    )  # fmt: skip
    told = explain(book, finding)
    assert (told.evidence, told.reason.zh) == ((), "已有更早的申报")


def test_one_that_no_condition_explains_is_told_with_care() -> None:
    """Of a rulebook that has lost it: its own words, and nothing that could name somebody."""
    finding = Finding("99", "gone", Outcome.FAIL, "理由", "reason", ("第 7 号申报",))
    told = explain(changning(), finding)
    assert (told.article, told.condition.zh, told.reason.zh, told.evidence) == ("99", "gone", "理由", ())


def test_a_ban_is_told_under_its_own_rule() -> None:
    book = changning()
    condition = next(each for each in book.conditions if each.operator == "no_ban")
    finding = Finding(
        "34", condition.name, Outcome.FAIL, f"{condition.says.zh}：至 2027-01-01", "x", ("依据",)
    )
    told = explain(book, replace(finding, rule="35"))
    assert (told.condition, told.article) == (condition.says, cited(book, "35"))
