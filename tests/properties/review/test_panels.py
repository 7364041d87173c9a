"""The smallest lawful panel, by a seed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.review.conflicts.recusals import Applicant, Reviewer
from services.review.panels import NoPanelError, Panel, draw, industry_needed, lawful_sizes, seed_of
from shared.rulebooks import PanelRule

THREE = PanelRule(reviewers_per_application=3)
HEARING = PanelRule(reviewers_per_application=3, size_min=13, odd=True, industry_share_min=Fraction(3, 10))
Kept = Mapping[str, frozenset[str]]


def pool(count: int, industry: int = 0) -> list[Reviewer]:
    return [Reviewer(f"E{n}", industry_expert=n <= industry) for n in range(1, count + 1)]


def entrants(count: int) -> list[Applicant]:
    return [Applicant(f"a{n}", n, "") for n in range(1, count + 1)]


def drawn(
    rule: PanelRule, reviewers: Sequence[Reviewer], applicants: Sequence[Applicant], kept: Kept | None = None
) -> Panel:
    seed = seed_of(reviewers, applicants, "document_review", None)
    return draw(rule, reviewers, applicants, kept or {}, seed)


def reviewers_of(panel: Panel, application: str) -> list[str]:
    lines = sorted(
        (a for a in panel.assignments if a.application_id == application), key=lambda a: a.position
    )
    assert [line.position for line in lines] == list(range(1, len(lines) + 1))
    return [line.expert_id for line in lines]


def test_without_interests_the_panel_is_as_many_as_review_each_application() -> None:
    """Three readers each: a panel of three, and all three read everything, in one order."""
    panel = drawn(THREE, pool(30), entrants(5))
    assert len(panel.members) == 3
    assert {tuple(reviewers_of(panel, a.application_id)) for a in entrants(5)} == {panel.members}


def test_where_few_are_free_of_every_interest_the_panel_grows_as_little_as_it_must() -> None:
    """Two free experts and three with one interest each: four members give every application three."""
    kept = {"E3": frozenset({"a1"}), "E4": frozenset({"a2"}), "E5": frozenset({"a1"})}
    panel = drawn(THREE, pool(5), entrants(2), kept)
    assert len(panel.members) == 4
    assert {"E1", "E2"} < set(panel.members)
    for applicant in entrants(2):
        seated = reviewers_of(panel, applicant.application_id)
        assert len(seated) == 3
        assert not any(applicant.application_id in kept.get(name, ()) for name in seated)


def test_a_hearing_panel_keeps_size_oddness_and_share() -> None:
    """At least 13, odd, 30 % industry experts: 13 with 4 of them."""
    panel = drawn(HEARING, pool(30, industry=4), entrants(8))
    assert len(panel.members) == 13
    assert {"E1", "E2", "E3", "E4"} < set(panel.members)
    assert panel.industry_share == Decimal("0.31")


def test_work_is_spread_over_a_panel_larger_than_needed() -> None:
    """13 members, three readers for each of 13 applications: three each."""
    panel = drawn(HEARING, pool(13, industry=13), entrants(13))
    assert set(Counter(a.expert_id for a in panel.assignments).values()) == {3}


@pytest.mark.parametrize(
    ("rule", "experts", "industry", "kept", "said"),
    [
        (THREE, 2, 0, {}, "第 1 号申报需要 3 名无利害关系的评审员，可用 2 名"),
        (THREE, 0, 0, {}, "可用 0 名"),
        (THREE, 4, 0, {"E1": {"a2"}, "E2": {"a2"}}, "第 2 号申报需要 3 名无利害关系的评审员，可用 2 名"),
        (HEARING, 12, 12, {}, "评审组需要 13 名评审员（人数须为单数），可用 12 名"),
        (HEARING, 20, 3, {}, "13 人的评审组需要 4 名行业专家，可用 3 名"),
    ],
)
def test_an_officer_reads_what_is_needed_and_what_there_is(
    rule: PanelRule, experts: int, industry: int, kept: dict[str, set[str]], said: str
) -> None:
    """Numbers, in both languages, and no name of an applicant: the reason is public."""
    barred = {name: frozenset(ids) for name, ids in kept.items()}
    with pytest.raises(NoPanelError) as refused:
        drawn(rule, pool(experts, industry), entrants(2), barred)
    assert said in refused.value.reason_zh
    assert len(refused.value.reason_zh) < 400
    assert any(digit in refused.value.reason_en for digit in "0123456789")


def test_one_with_an_interest_gives_way_to_one_without() -> None:
    """As long as there are enough of them."""
    kept = {"E1": frozenset({"a1"})}
    for number in range(1, 40):
        panel = draw(THREE, pool(4), entrants(2), kept, f"seed {number}")
        assert "E1" not in panel.members


def test_one_who_is_kept_from_all_is_never_seated() -> None:
    """It would fill a seat, or the industry's share, and hear nobody."""
    kept = {"E1": frozenset({"a1", "a2"})}
    with pytest.raises(NoPanelError, match=r"3 reviewers.* 2 available"):
        draw(THREE, pool(3), entrants(2), kept, "seed")


def test_the_industry_is_among_those_who_hear_each_applicant() -> None:
    """Thirteen with four of the industry for each; a fifth in the panel does not help one that only three may hear."""
    rule = PanelRule(reviewers_per_application=13, size_min=13, odd=True, industry_share_min=Fraction(3, 10))
    reviewers = [Reviewer(f"E{n}", industry_expert=n <= 5) for n in range(1, 21)]
    with pytest.raises(NoPanelError):
        draw(rule, reviewers, entrants(2), {"E1": frozenset({"a1"}), "E2": frozenset({"a1"})}, "seed")
    panel = draw(rule, reviewers, entrants(2), {"E1": frozenset({"a1"}), "E2": frozenset({"a2"})}, "seed")
    for applicant in ("a1", "a2"):
        seated = reviewers_of(panel, applicant)
        assert (len(seated), len({"E1", "E2", "E3", "E4", "E5"} & set(seated))) >= (13, 4)


def test_the_draw_can_be_repeated_and_depends_on_no_order_of_giving() -> None:
    """The same experts and numbers of submission give the same panel, whatever the ids of cycle and application."""
    first = drawn(THREE, pool(30), entrants(4))
    assert drawn(THREE, list(reversed(pool(30))), list(reversed(entrants(4)))) == first
    renamed = [Applicant(f"other{n}", n, "") for n in range(1, 5)]
    again = drawn(THREE, pool(30), renamed)
    assert (again.members, again.seed) == (first.members, first.seed)


def test_the_seed_holds_experts_numbers_stage_and_category() -> None:
    """Another expert, entrant, stage or category is another draw."""
    base = (pool(5), entrants(2), "document_review", None)
    others = [
        (pool(6), entrants(2), "document_review", None),
        (pool(5), entrants(3), "document_review", None),
        (pool(5), entrants(2), "site_review", None),
        (pool(5), entrants(2), "document_review", "economic"),
    ]
    seeds = {seed_of(*base), *(seed_of(*other) for other in others)}
    assert len(seeds) == 5


def test_every_expert_is_drawn_some_time() -> None:
    """The seed decides, not the order of the register: over many seeds each of ten is seated about as often."""
    seats = Counter(
        name for n in range(600) for name in draw(THREE, pool(10), entrants(1), {}, f"seed {n}").members
    )
    assert len(seats) == 10
    assert min(seats.values()) > 120
    assert max(seats.values()) < 240


@st.composite
def situations(pick: st.DrawFn) -> tuple[PanelRule, list[Reviewer], list[Applicant], Kept]:
    rule = PanelRule(
        reviewers_per_application=pick(st.integers(1, 3)),
        size_min=pick(st.none() | st.integers(1, 5)),
        odd=pick(st.booleans()),
        industry_share_min=pick(st.sampled_from([None, Fraction(3, 10), Fraction(1, 2)])),
    )
    applicants = entrants(pick(st.integers(1, 4)))
    ids = [a.application_id for a in applicants]
    reviewers = [
        Reviewer(f"E{n}", industry_expert=pick(st.booleans())) for n in range(pick(st.integers(0, 8)))
    ]
    kept = {r.expert_id: frozenset(pick(st.sets(st.sampled_from(ids)))) for r in reviewers}
    return rule, reviewers, applicants, kept


def lawful(rule: PanelRule, members: Sequence[Reviewer], applicants: Sequence[Applicant], kept: Kept) -> bool:
    """The rule, read word by word."""
    size = len(members)
    return (
        size >= (rule.size_min or 0)
        and (not rule.odd or size % 2 == 1)
        and sum(m.industry_expert for m in members) >= industry_needed(rule, size)
        and all(len(kept.get(m.expert_id, ())) < len(applicants) for m in members)
        and all(_can_be_heard(rule, members, a, kept) for a in applicants)
    )


def _can_be_heard(rule: PanelRule, members: Sequence[Reviewer], applicant: Applicant, kept: Kept) -> bool:
    """By as many as must, with the industry's share among them, all without an interest."""
    free = [m for m in members if applicant.application_id not in kept.get(m.expert_id, ())]
    needed = rule.reviewers_per_application
    return len(free) >= needed and sum(m.industry_expert for m in free) >= industry_needed(rule, needed)


@settings(max_examples=120, deadline=None)
@given(situations())
def test_a_panel_is_lawful_and_none_smaller_is(
    situation: tuple[PanelRule, list[Reviewer], list[Applicant], Kept],
) -> None:
    """Held against every subset of the pool: lawful, smallest, and refused only where no subset is lawful."""
    rule, reviewers, applicants, kept = situation
    sizes = [
        size
        for size in range(1, len(reviewers) + 1)
        if any(lawful(rule, members, applicants, kept) for members in combinations(reviewers, size))
    ]
    if not sizes:
        with pytest.raises(NoPanelError):
            drawn(rule, reviewers, applicants, kept)
        return
    panel = drawn(rule, reviewers, applicants, kept)
    by_id = {r.expert_id: r for r in reviewers}
    members = [by_id[name] for name in panel.members]
    assert len(set(panel.members)) == len(members) == sizes[0]
    assert lawful(rule, members, applicants, kept)
    for applicant in applicants:
        seated = reviewers_of(panel, applicant.application_id)
        assert len(seated) == rule.reviewers_per_application
        assert set(seated) <= set(panel.members)
        assert not any(applicant.application_id in kept[name] for name in seated)
        heard_by = sum(by_id[name].industry_expert for name in seated)
        assert heard_by >= industry_needed(rule, rule.reviewers_per_application)


def test_many_experts_of_many_interests_end_in_time() -> None:
    """Nobody free and sixty different pairs of interests: the search gives a lawful panel without trying them all."""
    applicants = entrants(12)
    pairs = list(combinations([a.application_id for a in applicants], 2))[:60]
    reviewers = pool(len(pairs))
    kept = {r.expert_id: frozenset(pair) for r, pair in zip(reviewers, pairs, strict=True)}
    panel = drawn(THREE, reviewers, applicants, kept)
    assert lawful(THREE, [Reviewer(name) for name in panel.members], applicants, kept)


@given(st.integers(1, 9), st.none() | st.integers(1, 20), st.booleans(), st.integers(0, 30))
def test_sizes_are_what_the_rule_allows(reviewers: int, least: int | None, odd: bool, experts: int) -> None:
    """No size below the least, none above the pool, only odd ones where they must be, the smallest first."""
    rule = PanelRule(reviewers_per_application=reviewers, size_min=least, odd=odd)
    expected = [
        n for n in range(1, experts + 1) if n >= reviewers and n >= (least or 0) and (n % 2 == 1 or not odd)
    ]
    assert list(lawful_sizes(rule, experts)) == expected
