"""What the bars and the funnel share: the head of a picture, its colours, and names that fit their place. Pure.

Presentation attributes only, so that a page's policy needs no exception for a picture; and text as text.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal
from unicodedata import east_asian_width
from xml.sax.saxutils import escape, quoteattr

from shared.documents.text import clean

Reading = Literal["zh", "en", "both"]

WIDTH = 640  # of a picture's own units
SIZE = 13  # of its text
COLOURS = ("#174a8c", "#b35900", "#1c6b43", "#7a3d8f")
PALE, TEXT, AXIS = "#e3ecf7", "#1a1a1a", "#515a61"
NOTHING = "—"
_CAPITAL, _LETTER = 0.72, 0.58  # of the size; every Chinese character is as wide as it is high
_MORE = "…"


def head(title: str, described: str, height: float, font: str) -> list[str]:
    """The picture's beginning: `title` is its name, `described` tells its figures to whoever does not see it."""
    return [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height:.0f}" width="{WIDTH}"'
        f' height="{height:.0f}" role="img" font-family={quoteattr(font)} font-size="{SIZE}" fill="{TEXT}">',
        f"<title>{escape(clean(title))}</title>",
        f"<desc>{escape(clean(described))}</desc>",
    ]


def said(zh: str, en: str, reading: Reading) -> str:
    """A heading for readers of one language, or of both."""
    return {"zh": zh, "en": en, "both": f"{zh} {en}"}[reading]


def width(text: str, size: float = SIZE) -> float:
    """How wide a text is at the most, in the picture's units, whichever font sets it."""
    return size * sum(map(_share, text))


def fitted(text: str, room: float, rows: int = 2, size: float = SIZE) -> list[str]:
    """A name in one or more rows none of which is wider than its room, broken between words where they are written apart; what
    does not fit ends in an ellipsis.
    """
    found = [""]
    for letter in clean(text).replace("\n", " "):
        if width(found[-1] + letter, size) <= room:
            found[-1] += letter
        elif len(found) < rows:
            found[-1], begun = _broken(found[-1], letter)
            found.append(begun + letter.lstrip())
        else:
            while width(found[-1] + _MORE, size) > room:
                found[-1] = found[-1][:-1]
            found[-1] += _MORE
            break
    return found


def _broken(row: str, letter: str) -> tuple[str, str]:
    """A full row, and what of it goes into the next: a word that the letter goes on with, unless it is the whole row."""
    kept, space, word = row.rpartition(" ")
    if space and kept and word.isascii() and letter.isascii() and letter != " ":
        return kept, word
    return row.rstrip(), ""


def rows_at(rows: Sequence[str], x: float, middle: float) -> list[str]:
    """A name's rows, set to the right edge `x`, around a height."""
    first = middle + SIZE * 0.36 - (len(rows) - 1) * SIZE * 0.6
    return [
        f'<text x="{x:.1f}" y="{first + place * SIZE * 1.2:.1f}" text-anchor="end">{escape(row)}</text>'
        for place, row in enumerate(rows)
    ]


def _share(letter: str) -> float:
    if east_asian_width(letter) in "WFA":
        return 1.0
    return _CAPITAL if letter.isupper() or letter in "@%&mwMW—" else _LETTER
