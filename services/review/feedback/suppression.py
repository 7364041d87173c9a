"""隐去: which cells of a table of applicants may be shown, so that nothing about fewer than k of them can be told. Pure.

A cell is shown where at least k applicants are in it and at least k are not. What is withheld holds at least two cells and
at least k applicants together, so that nobody who knows how many there are in all gets at one of them by subtracting; nor
do they come to k - 1 for each cell, which, all being small, would be the number in every one of them. Cells of one size go
together: the rule looks at sizes alone, so that any two withheld cells could as well be the other way round.
"""

from __future__ import annotations

from collections.abc import Sequence

from shared.rulebooks import Words

# From which share of the applicants on, in fifths; what is shown is always a part and never all.
_WORDS = (
    (4, Words("绝大多数", "nearly all")),
    (3, Words("多数", "most")),
    (2, Words("约半数", "about half")),
    (1, Words("部分", "some")),
    (0, Words("少数", "few")),
)
_FIFTHS = 5


def withheld(cells: Sequence[int], least: int) -> frozenset[int]:
    """The places of a partition's cells that are not shown."""
    whole = sum(cells)
    hidden = {place for place, size in enumerate(cells) if size < least or whole - size < least}
    while hidden and len(hidden) < len(cells):
        together = sum(cells[place] for place in hidden)
        if len(hidden) > 1 and together >= least and together != len(hidden) * (least - 1):
            break
        smallest = min(size for place, size in enumerate(cells) if place not in hidden)
        hidden |= {place for place, size in enumerate(cells) if size == smallest}
    return frozenset(hidden)


def shares(cells: Sequence[int], least: int) -> list[Words | None]:
    """Every cell in words, None where it is withheld. Never a number."""
    hidden, whole = withheld(cells, least), sum(cells)
    return [None if place in hidden else in_words(size, whole) for place, size in enumerate(cells)]


def in_words(part: int, whole: int) -> Words:
    """A share of the applicants."""
    return next(words for fifths, words in _WORDS if part * _FIFTHS >= fifths * whole)
