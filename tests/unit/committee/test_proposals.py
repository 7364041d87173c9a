"""The office's proposal, and the one that rank and quota make."""

from __future__ import annotations

from collections import Counter
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.committee.candidates import Candidate, hindrance, uses_quota
from services.committee.proposals import by_default, check, stands_for, why_not_proposed
from tests.unit.committee.made_up import GOLD, SILVER, SPECIAL, A, B, by_id, candidate, rulebook

pytestmark = pytest.mark.unit

RULEBOOK = rulebook()
SOME = by_id(
    candidate(1, "90"),
    candidate(2, "80", barred=GOLD),
    candidate(3, "55"),
    candidate(4, "70", B),
    candidate(5, "40"),
)


@pytest.mark.parametrize(
    ("lines", "field", "said"),
    [
        ([("a9", GOLD)], "proposals.0.application_id", "不是候选申报"),
        ([("a1", GOLD), ("a1", SILVER)], "proposals.1.application_id", "重复"),
        ([("a1", "头等")], "proposals.0.level", "头等"),
        ([("a1", SPECIAL)], "proposals.0.level", "不授予"),
        ([("a2", GOLD)], "proposals.0.level", "不得参评"),
        ([("a3", GOLD)], "proposals.0.level", "60"),
        ([("a1", GOLD), ("a4", GOLD)], "proposals.1.level", "超过名额 1"),
    ],
)
def test_what_is_wrong_is_named_by_field(lines: list[tuple[str, str]], field: str, said: str) -> None:
    """Unknown or doubled applications, unknown levels, bars, marks, and more than a quota holds."""
    (error,) = check(RULEBOOK, SOME, lines)
    assert error.field == field
    assert said in error.reason_zh
    assert error.reason_en


def test_a_lawful_proposal_may_be_short_or_empty() -> None:
    """Fewer or none is allowed."""
    assert check(RULEBOOK, SOME, [("a1", GOLD), ("a2", SILVER), ("a3", SILVER), ("a4", SPECIAL)]) == []
    assert check(RULEBOOK, SOME, []) == []


def test_one_who_wins_again_is_proposed_beyond_the_quota() -> None:
    """It takes no place."""
    known = by_id(candidate(1, "90"), candidate(2, "80", won=GOLD))
    assert check(RULEBOOK, known, [("a1", GOLD), ("a2", GOLD)]) == []


def test_levels_are_filled_from_the_highest_by_score() -> None:
    """One gold for both tracks together, two silver in one, one in the other."""
    several = [
        candidate(1, "70"), candidate(2, "90"), candidate(3, "80"), candidate(4, "60"),
        candidate(5, "85", B), candidate(6, "84", B),
    ]  # fmt: skip
    assert by_default(RULEBOOK, several) == {
        "a2": GOLD, "a3": SILVER, "a1": SILVER, "a5": SILVER, "a6": SPECIAL,
    }  # fmt: skip


def test_equal_scores_go_by_submission() -> None:
    """The one submitted first stands for the one place."""
    assert by_default(RULEBOOK, [candidate(2, "90"), candidate(1, "90")])["a1"] == GOLD


def test_one_barred_from_the_highest_stands_for_the_next() -> None:
    """And leaves the place to the next by score."""
    found = by_default(RULEBOOK, [candidate(1, "90", barred=GOLD), candidate(2, "80")])
    assert found == {"a1": SILVER, "a2": GOLD}


def test_the_reserve_is_kept_in_the_default_proposal() -> None:
    """Two gold places, one kept: the favoured stands for it though a better one is left out of gold."""
    several = [candidate(1, "90"), candidate(2, "80"), candidate(3, "61", facts="innovative_sme")]
    found = by_default(rulebook(reserve=Fraction(1, 10), gold=2), several)
    assert found == {"a1": GOLD, "a3": GOLD, "a2": SILVER}


def test_where_failing_means_the_next_level_all_stand_for_the_highest_open() -> None:
    """The vote decides, not the rank."""
    several = [candidate(1, "90"), candidate(2, "65"), candidate(3, "55"), candidate(4, "49")]
    assert by_default(rulebook(failed="next_level"), several) == {"a1": GOLD, "a2": GOLD, "a3": SILVER}


@st.composite
def fields(pick: st.DrawFn) -> list[Candidate]:
    return [
        candidate(
            number,
            pick(st.none() | st.integers(45, 65).map(str)),
            pick(st.sampled_from([A, B])),
            barred=pick(st.sampled_from(["", GOLD, SILVER])),
            won=pick(st.sampled_from(["", "", GOLD, SILVER])),
            facts=pick(st.sampled_from(["", "innovative_sme"])),
        )
        for number in range(1, pick(st.integers(0, 10)) + 1)
    ]


@given(fields(), st.sampled_from([None, Fraction(1, 2)]), st.integers(0, 3), st.permutations(range(10)))
def test_the_default_proposal_is_one_that_the_office_could_have_made(
    several: list[Candidate], reserve: Fraction | None, gold: int, order: list[int]
) -> None:
    """It passes the same check; quotas hold; the order of giving changes nothing; whoever is left out has a reason."""
    book = rulebook(reserve=reserve, gold=gold)
    standing = by_default(book, several)
    assert check(book, by_id(*several), list(standing.items())) == []
    assert by_default(book, sorted(several, key=lambda c: order[c.sequence - 1])) == standing
    taken = Counter(
        book.quota_of(standing[c.application_id], c.track).id
        for c in several
        if c.application_id in standing and uses_quota(book, c, standing[c.application_id])
    )
    for quota in book.quotas:
        assert quota.places is None or taken[quota.id] <= quota.places
    for one in several:
        if one.application_id in standing:
            assert hindrance(one, book.level(standing[one.application_id])) is None
        else:
            assert why_not_proposed(book, one, by_office=False).zh


def test_the_reason_tells_rank_mark_and_the_offices_choice_apart() -> None:
    """Left out by the office, no place by rank, below every mark."""
    assert "建议名单" in why_not_proposed(RULEBOOK, candidate(1, "90"), by_office=True).zh
    assert "名额已满" in why_not_proposed(RULEBOOK, candidate(1, "90"), by_office=False).zh
    assert "50" in why_not_proposed(RULEBOOK, candidate(1, "49.99"), by_office=False).zh


@pytest.mark.parametrize(
    ("failed", "score", "level", "stands"),
    [
        ("next_level", "59.99", GOLD, SILVER),
        ("next_level", "60.00", GOLD, GOLD),
        ("next_level", "90.00", SILVER, SILVER),
        ("next_level", "49.99", GOLD, GOLD),
        ("out", "59.99", GOLD, GOLD),
    ],
)
def test_one_proposed_for_a_level_whose_mark_it_misses(
    failed: str, score: str, level: str, stands: str
) -> None:
    """Stands for the next that it reaches where those who fail a vote do; never for a higher one than proposed."""
    book, one = rulebook(failed=failed), candidate(1, score)
    assert stands_for(book, one, level) == stands
    wrong = check(book, by_id(one), [(one.application_id, level)])
    assert bool(wrong) == (hindrance(one, book.level(stands)) is not None)
