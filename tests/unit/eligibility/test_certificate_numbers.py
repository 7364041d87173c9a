"""Numbers of certificates: in the rulebook's order, none given twice."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.eligibility.honours.numbers import Winner, after, in_order, prefix, title_of
from shared.rulebooks import library

pytestmark = pytest.mark.unit

BOOK = library().get("shenzhen-2020")


@given(st.permutations(range(12)))
def test_the_order_is_that_of_levels_tracks_and_submission(shuffled: list[int]) -> None:
    """Whatever the order in which winners come, their numbers are the same."""
    levels, tracks = [level.name for level in BOOK.levels], [track.name for track in BOOK.tracks]
    winners = [Winner(f"a{n}", n + 1, levels[n % len(levels)], tracks[n % len(tracks)]) for n in range(12)]
    found = in_order(BOOK, [winners[n] for n in shuffled])
    places = [(levels.index(w.level), tracks.index(w.track), w.sequence) for w in found]
    assert places == sorted(places)


@given(st.lists(st.integers(1, 2000), unique=True))
def test_the_next_number_is_beyond_every_one_given(used: list[int]) -> None:
    """A revoked award's number is never another's."""
    start = prefix(BOOK, 2025, BOOK.levels[0].name)
    taken = [f"{start}{number:03d}" for number in used]
    assert after(start, [*taken, "X-2025-1-9999"]) == f"{start}{max(used, default=0) + 1:03d}"


def test_each_level_counts_for_itself() -> None:
    """The level's place in the rulebook stands in the number."""
    assert [prefix(BOOK, 2025, level.name) for level in BOOK.levels][:2] == [
        "SHENZHEN-2025-1-",
        "SHENZHEN-2025-2-",
    ]


def test_the_title_is_the_longest_name_of_the_level() -> None:
    """The text's own full name, its short one where it has no other."""
    for book in map(library().get, library().ids()):
        for level in book.levels:
            title = title_of(book, level.name)
            assert title in {level.name, *level.aliases}
            assert len(title) == max(map(len, (level.name, *level.aliases)))
