"""Who gets the places."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.committee.places import Contender, Taken, allocate, kept_places, vacancies
from shared.rulebooks import Quota
from shared.rulebooks.model import Reserve
from tests.unit.committee.made_up import GOLD, SILVER, SPECIAL, A, B, rulebook

pytestmark = pytest.mark.unit

QUOTA = Quota("q", ("等",), ("类",), 3, "3")
NONE_TAKEN = Taken({}, {})


def reserved(share: Fraction, places: int) -> Quota:
    return replace(QUOTA, places=places, reserve=Reserve("innovative_sme", share, "9"))


def contender(number: int, rank: int, *, favoured: bool = False) -> Contender:
    return Contender(f"a{number}", (Decimal(rank),), number, favoured)


CONTENDERS = st.lists(st.tuples(st.integers(0, 3), st.booleans()), max_size=10).map(
    lambda drawn: [contender(n, rank, favoured=f) for n, (rank, f) in enumerate(drawn)]
)


@pytest.mark.parametrize(
    ("share", "places", "kept"),
    [(Fraction(1, 10), 10, 1), (Fraction(1, 10), 11, 2), (Fraction(1, 10), 1, 1), (Fraction(0), 9, 0)],
)
def test_the_reserve_is_the_share_rounded_up(share: Fraction, places: int, kept: int) -> None:
    """Ten percent of eleven places are two."""
    assert kept_places(reserved(share, places)) == kept


def test_a_kept_place_goes_to_the_favoured_however_low() -> None:
    """Ten places, one kept: the favoured at rank eleven gets it, the tenth does not."""
    several = [contender(n, 100 - n) for n in range(1, 11)] + [contender(11, 1, favoured=True)]
    chosen = allocate(reserved(Fraction(1, 10), 10), several, NONE_TAKEN, by_sequence=True).chosen
    assert chosen == {f"a{n}" for n in range(1, 10)} | {"a11"}


def test_a_kept_place_that_nobody_can_take_goes_to_the_others() -> None:
    """Kept only as long as there are any."""
    several = [contender(n, 100 - n) for n in range(1, 12)]
    chosen = allocate(reserved(Fraction(1, 10), 10), several, NONE_TAKEN, by_sequence=True).chosen
    assert chosen == {f"a{n}" for n in range(1, 11)}


def test_equals_at_the_edge_are_told_or_go_by_submission() -> None:
    """Three places, four equals: a second ballot among the four, or the first three submitted."""
    several = [contender(n, 5) for n in (4, 2, 3, 1)]
    told = allocate(QUOTA, several, NONE_TAKEN, by_sequence=False)
    assert told.tied == {"a1", "a2", "a3", "a4"}
    assert allocate(QUOTA, several, NONE_TAKEN, by_sequence=True).chosen == {"a1", "a2", "a3"}


def test_better_ones_are_no_part_of_a_tie() -> None:
    """Only those at the edge vote again."""
    several = [contender(1, 9), contender(2, 9), contender(3, 5), contender(4, 5)]
    told = allocate(QUOTA, several, NONE_TAKEN, by_sequence=False)
    assert (told.chosen, told.tied) == ({"a1", "a2"}, {"a3", "a4"})


def test_a_tie_for_a_kept_place_includes_all_equals() -> None:
    """Whoever does not get the kept place contends with the others, so all of that rank vote again."""
    several = [contender(n, 5, favoured=n < 3) for n in range(1, 6)]
    told = allocate(reserved(Fraction(1, 10), 2), several, NONE_TAKEN, by_sequence=False)
    assert told.tied == {"a1", "a2", "a3", "a4", "a5"}


@given(
    CONTENDERS, st.none() | st.integers(0, 6), st.sampled_from([0, 1, 2, 5]), st.integers(0, 7), st.booleans()
)
def test_a_quota_is_never_exceeded_and_never_wasted(
    several: list[Contender], places: int | None, tenths: int, taken: int, by_sequence: bool
) -> None:
    """Settled: as many as there are places or contenders, no more; unlimited: all."""
    quota = replace(reserved(Fraction(tenths, 10), 0), places=places)
    allocation = allocate(quota, several, Taken({"q": taken}, {}), by_sequence=by_sequence)
    left = len(several) if places is None else max(0, places - taken)
    if allocation.tied:
        assert not by_sequence
        assert len(allocation.tied) > 1
    else:
        assert len(allocation.chosen) == min(len(several), left)
    assert len(allocation.chosen) <= left
    assert not allocation.tied & allocation.chosen or tenths


@given(CONTENDERS, st.integers(0, 6))
def test_nobody_goes_before_a_better_one_without_a_reserve(several: list[Contender], places: int) -> None:
    """By rank, and by submission among equals."""
    chosen = allocate(replace(QUOTA, places=places), several, NONE_TAKEN, by_sequence=True).chosen
    order = sorted(several, key=lambda c: (-c.rank[0], c.sequence))
    assert chosen == {c.application_id for c in order[:places]}


@given(
    st.integers(min_value=1, max_value=3),
    st.integers(min_value=0, max_value=3),
    st.lists(st.sampled_from([(GOLD, A), (GOLD, B), (SILVER, A), (SILVER, B), (SPECIAL, B)]), max_size=4),
)
def test_a_place_is_filled_or_told_to_be_vacant(
    gold: int, silver: int, winners: list[tuple[str, str]]
) -> None:
    """Of each quota with a limit; a level without a limit has no vacancies, and a full quota is not told at all."""
    book = rulebook(gold=gold, silver=silver)
    filled = Counter(book.quota_of(level, track).id for level, track in winners)
    told = {each.quota.id: each.vacant for each in vacancies(book, winners)}
    for quota in book.quotas:
        if quota.places is None:
            assert quota.id not in told
        else:
            assert told.get(quota.id, 0) == max(0, quota.places - filled[quota.id])
    assert all(vacant > 0 for vacant in told.values())
