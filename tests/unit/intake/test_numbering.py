"""Public numbers: one each, telling nothing of the order, the same for the same seed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.intake.numbering import draw

pytestmark = pytest.mark.unit

_IDS = st.lists(st.text("0123456789abcdef", min_size=4, max_size=8), unique=True, max_size=40)


@given(_IDS, st.text(max_size=8))
def test_everybody_gets_one_of_the_first_numbers(ids: list[str], seed: str) -> None:
    """No gap, no twin."""
    assert sorted(draw(2025, ids, seed).values()) == [f"2025{n:03d}" for n in range(1, len(ids) + 1)]


@given(_IDS, st.text(max_size=8), st.randoms(use_true_random=False))
def test_the_order_in_which_they_come_does_not_matter(ids: list[str], seed: str, random: object) -> None:
    """Whoever has the ids and the seed can draw again."""
    shuffled = list(ids)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert draw(2025, shuffled, seed) == draw(2025, ids, seed)


def test_another_seed_is_another_draw() -> None:
    """Of 40 there are too many orders for two seeds to meet."""
    ids = [f"{n:04x}" for n in range(40)]
    assert draw(2025, ids, "a") != draw(2025, ids, "b")


def test_more_than_a_thousand_have_longer_numbers() -> None:
    """All numbers of a cycle are of one length, so that they sort as they count."""
    numbers = draw(2025, [f"{n:05x}" for n in range(1200)], "seed").values()
    assert {len(number) for number in numbers} == {8}
