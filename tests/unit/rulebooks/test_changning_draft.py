"""《上海市长宁区政府质量奖管理办法（草案）》 of May 2023: where it differs from the final text, and nowhere else."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from shared.rulebooks import NeverInForce, Outcome, evaluate, failing_rules
from shared.rulebooks.library import read_lock
from tests.unit.rulebooks.cases import changning, changning_draft, decide, organization, outcome, person

BOOK, FINAL = changning_draft(), changning()
PASS, FAIL = Outcome.PASS, Outcome.FAIL
HIGHER = "18/no_higher_award"


def test_it_was_never_in_force() -> None:
    """Its days are blank (39); it is kept to rehearse and compare, and not locked."""
    assert (BOOK.status, BOOK.in_force_from, BOOK.in_force_to) == ("draft", None, None)
    for day in (date(2023, 5, 6), date(2023, 11, 15), date(2026, 1, 1)):
        with pytest.raises(NeverInForce):
            BOOK.in_force_on(day)
    assert BOOK.id not in read_lock()
    assert BOOK.jurisdiction == FINAL.jurisdiction


def test_every_part_but_article_18_is_the_final_texts() -> None:
    """Levels, places, grants, stages, sanctions, terms: compared part by part."""
    for part in (
        "kinds", "tracks", "levels", "quotas", "period", "nominations", "departments", "all_materials", "procedure", "votes",
        "approval", "score_rule", "grants", "sanctions", "objections", "recusal", "retention", "tracking", "readings",
    ):  # fmt: skip
        assert getattr(BOOK, part) == getattr(FINAL, part), part
    assert [c for c in BOOK.conditions if c not in FINAL.conditions] == [
        c for c in BOOK.conditions if f"{c.rule}/{c.name}" == HIGHER
    ]
    assert [c for c in FINAL.conditions if c not in BOOK.conditions] == []


def test_articles_bear_the_same_numbers_and_nearly_the_same_titles() -> None:
    """Thirty-nine with the same items; 37 alone is titled otherwise."""
    assert list(BOOK.articles) == list(FINAL.articles)
    assert {r: a.label for r, a in BOOK.articles.items()} == {r: a.label for r, a in FINAL.articles.items()}
    titled = {r for r, a in BOOK.articles.items() if a.title != FINAL.articles[r].title}
    assert titled == {"37"}
    told = {r for r, a in BOOK.articles.items() if a.gist != FINAL.articles[r].gist}
    assert told == {"3", "5", "6", "9", "18", "39"}


def test_what_it_has_beside_is_listed_with_its_reason() -> None:
    """3: the city's approval; 6: rewards without an amount; 26: superior papers; 39: blank days."""

    def listed(book: Any) -> dict[str, list[str | None]]:
        found: dict[str, list[str | None]] = {}
        for entry in book.not_encoded:
            found.setdefault(entry.rule, []).append(entry.reason.zh)
        return found

    draft, final = listed(BOOK), listed(FINAL)
    assert {rule for rule in draft if draft[rule] != final.get(rule)} == {"3", "6", "26", "39"}
    assert set(final) <= set(draft)
    assert len(draft["6"]) == 2
    reasons = {entry.part: entry.reason for entry in BOOK.not_encoded if entry.rule == "6"}
    (rewards,) = [reason for part, reason in reasons.items() if part and "奖励" in part]
    assert "未写金额" in rewards.zh
    assert "no amount" in rewards.en


def test_no_money_of_its_own() -> None:
    """The rewards of article 6 name no amount, so there are four grants, the final text's."""
    assert [grant.amount_fen for grant in BOOK.grants] == [50_000_000, 2_000_000, 10_000_000, 1_000_000]
    assert [quota.places for quota in BOOK.quotas] == [2, 2, 10]


def test_where_its_words_are_read_the_reading_is_noted() -> None:
    """The 2 places are the top award's; the office without a name is the award office."""
    for path in (("quotas", "top_models"), ("quotas", "top_results"), ("recusal", "advises"), ("criteria",)):
        draft, final = BOOK.raw, FINAL.raw
        for step in path:
            draft, final = draft[step], final[step]
        assert set(draft) - set(final) == {"note"}, path
    assert [a.path for a in BOOK.assumed()] == [a.path for a in FINAL.assumed()]


@pytest.mark.parametrize(("level", "expected"), [("city", FAIL), ("nation", FAIL), ("district", PASS)])
@pytest.mark.parametrize("year", [1995, 2012, 2024])
@pytest.mark.parametrize("who", [organization, person])
def test_winners_of_a_higher_award_may_never_apply(
    level: str, expected: Outcome, year: int, who: Any
) -> None:
    """18, third sentence: no limit in time, whosever award it was; the final text lets them apply."""
    for more in ({}, {"jurisdiction": "shanghai"}, {"on": date(year, 12, 31)}):
        won = {"award": "上海市政府质量奖", "level": level, "year": year, **more}
        case = who(prior_awards=[won])
        assert outcome(case, HIGHER, BOOK) is expected
        assert failing_rules(decide(case, BOOK).findings, {}) == (("18",) if expected is FAIL else ())
        assert failing_rules(decide(case, FINAL).findings, {}) == ()


def test_without_a_higher_award_both_texts_decide_alike() -> None:
    """Absent means none; every other finding is the same."""
    for case in (organization(), person(), organization(region=None), person(quality_work_since=None)):
        draft = [f for f in evaluate(BOOK, case).findings if f.key != HIGHER]
        assert draft == list(evaluate(FINAL, case).findings)
        assert outcome(case, HIGHER, BOOK) is PASS


@pytest.mark.parametrize(("shift", "expected"), [(-1, PASS), (0, FAIL), (1, FAIL)])
def test_the_five_years_of_the_districts_own_award_stay(shift: int, expected: Outcome) -> None:
    """18, second sentence, beside the third."""
    on = date(2020, 6, 13) + shift * timedelta(days=1)
    won = {"award": "区长质量奖", "level": "district", "year": on.year, "on": on}
    case = organization(prior_awards=[won])
    assert outcome(case, "18/not_won_recently", BOOK) is expected
    assert outcome(case, HIGHER, BOOK) is PASS
    both = replace(case, facts={**case.facts, "prior_awards": [won, {"level": "nation", "year": 2001}]})
    assert outcome(both, HIGHER, BOOK) is FAIL
    assert outcome(both, "18/not_won_recently", BOOK) is expected
