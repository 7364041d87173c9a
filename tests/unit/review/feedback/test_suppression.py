"""No cell about fewer than k applicants is shown, or can be worked out by somebody who knows all that is shown and the rule.

Such a person is given more than the public has: the exact numbers of the cells that are shown, and of all applicants.
"""

from __future__ import annotations

from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.review.feedback.digests import group
from services.review.feedback.suppression import in_words, shares, withheld
from shared.rulebooks import library

_LEAST = st.integers(2, 5)
_CELLS = st.lists(st.integers(0, 9), min_size=2, max_size=4)
_MANY = st.lists(st.integers(0, 60), min_size=2, max_size=8)


def _splits(total: int, parts: int) -> Iterator[tuple[int, ...]]:
    """All ways to put so many applicants into so many cells."""
    if parts == 1:
        yield (total,)
        return
    for first in range(total + 1):
        for rest in _splits(total - first, parts - 1):
            yield (first, *rest)


def _worlds(cells: list[int], hidden: frozenset[int], least: int) -> list[list[int]]:
    """Every table that would have been published in the same way."""
    places = sorted(hidden)
    missing = sum(cells[place] for place in places)
    found = []
    for split in _splits(missing, len(places)):
        other = list(cells)
        for place, size in zip(places, split, strict=True):
            other[place] = size
        if withheld(other, least) == hidden:
            found.append(other)
    return found


@given(_MANY, _LEAST)
def test_a_shown_cell_and_the_rest_are_never_few(cells: list[int], least: int) -> None:
    """And what is withheld together is never few either, unless nothing is shown at all."""
    hidden = withheld(cells, least)
    whole = sum(cells)
    for place, size in enumerate(cells):
        if place not in hidden:
            assert size >= least
            assert whole - size >= least
    if hidden and len(hidden) < len(cells):
        assert len(hidden) >= 2
        assert sum(cells[place] for place in hidden) >= least


@settings(max_examples=300, deadline=None)
@given(_CELLS, _LEAST)
def test_no_small_cell_can_be_worked_out(cells: list[int], least: int) -> None:
    """Of a withheld cell at least two numbers remain possible for whoever knows the rule and all the rest."""
    hidden = withheld(cells, least)
    if not hidden or sum(cells) < 2 * least:
        return  # nothing is withheld, or the whole table is not published
    worlds = _worlds(cells, hidden, least)
    assert cells in worlds
    whole = sum(cells)
    for place in hidden:
        if cells[place] < least or whole - cells[place] < least:
            possible = {world[place] for world in worlds}
            assert len(possible) > 1, (cells, hidden, possible)


def test_what_is_shown_is_in_words_and_has_no_digit() -> None:
    """By hand: 10, 8, 2, 1 of 21 with five: the two small ones hold three together, so the eight goes with them."""
    assert withheld([10, 8, 2, 1], 5) == frozenset({1, 2, 3})
    assert [words and words.zh for words in shares([10, 8, 2, 1], 5)] == ["约半数", None, None, None]
    assert withheld([10, 8, 3, 2], 5) == frozenset({2, 3})
    for part in range(1, 100):
        words = in_words(part, 100)
        assert not any(letter.isdigit() for letter in words.zh + words.en)


TREE = library().get("changning-2023").criteria_for("organization", None)
assert TREE is not None


def _row(band: str, improved: bool) -> Any:
    assert TREE is not None
    said = [{"item": TREE.leaves[0].key, "strengths": [], "improvements": ["甲"] if improved else []}]
    categories = [{"item": child.key, "percent": 50, "band": band} for child in TREE.children]
    return SimpleNamespace(figures={"criteria": TREE.id, "categories": categories}, texts={"points": said})


@given(st.lists(st.tuples(st.integers(0, 5), st.booleans()), max_size=40), _LEAST)
def test_the_digest_shows_no_cell_under_k(applicants: list[tuple[int, bool]], least: int) -> None:
    """Bands and improvements: a word stands only where k are in and k are out; too few applicants and nothing is told."""
    assert TREE is not None
    bands = [band.key for band in TREE.scales["process"].bands]
    found = group(TREE, [_row(bands[place], improved) for place, improved in applicants], least)
    if len(applicants) < 2 * least:
        assert found["categories"] == []
        return
    category = found["categories"][0]
    assert [cell["band"] for cell in category["bands"]] == ["0-25", "30-65", "70-100"]
    for place, cell in enumerate(category["bands"]):
        size = sum(each // 2 == place for each, _ in applicants)
        if cell["share_zh"] is not None:
            assert least <= size <= len(applicants) - least
    better = sum(improved for _, improved in applicants)
    if category["improvements_zh"] is not None:
        assert least <= better <= len(applicants) - least


@pytest.mark.parametrize("cells", [[0, 0, 30], [30], [3, 27], [5, 4]])
def test_all_but_few_is_as_telling_as_few(cells: list[int]) -> None:
    """Nothing of such a table is shown."""
    assert withheld(cells, 5) == frozenset(range(len(cells)))


@pytest.mark.parametrize("least", [2, 3, 4])
def test_of_all_small_tables_none_gives_a_small_cell_away(least: int) -> None:
    """Every table of up to 13 applicants in three or four cells, told apart by what is published of it and no more."""
    for parts in (3, 4):
        published: dict[Any, list[tuple[int, ...]]] = {}
        for total in range(2 * least, 14):
            for cells in _splits(total, parts):
                hidden = withheld(cells, least)
                seen = tuple(size for place, size in enumerate(cells) if place not in hidden)
                published.setdefault((total, hidden, seen), []).append(cells)
        for (total, hidden, _), worlds in published.items():
            for place in hidden:
                possible = {world[place] for world in worlds}
                (size, *others) = possible
                assert others or least <= size <= total - least, (worlds, place)
