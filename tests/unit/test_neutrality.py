"""The services know no jurisdiction: no place, no award and no amount of a regulation stands in code."""

from __future__ import annotations

import io
import re
import tokenize
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from shared.rulebooks import Library

ROOT = Path(__file__).parents[2]
DATA = ROOT / "shared" / "rulebooks" / "data"
SUFFIXES = {".py", ".json", ".html", ".js", ".css", ".svg", ".toml", ".yaml", ".jinja"}
# Places of the regulations that this system knows of, also of those that are not installed yet.
PLACES = ("长宁", "杭州", "深圳", "changning", "hangzhou", "shenzhen")
# What all awards of this kind are called; one jurisdiction's level may be called by a part of it.
THE_FIELD = "政府质量奖"
# Round numbers that sizes, limits and times have as well.
COMMON = {10_000, 20_000, 100_000, 1_000_000, 10_000_000}


ROOMS = ("services", "shared")
_DIGITS = re.compile(r"[0-9][0-9_]*")


def _files(room: str) -> list[Path]:
    return sorted(
        path
        for path in (ROOT / room).rglob("*")
        if path.suffix in SUFFIXES and DATA not in path.parents and "__pycache__" not in path.parts
    )


@cache
def _names() -> set[str]:
    library = Library.load()
    books = [library.get(rulebook_id) for rulebook_id in library.ids()]
    found = {book.jurisdiction for book in books} | {book.title.zh for book in books}
    for book in books:
        found |= {level.name for level in book.levels}
        # A track's name of two characters is a word like any other, and so is an alias.
        for named in (*book.levels, *book.tracks):
            found |= {name for name in (named.name, *named.aliases) if len(name) > 2}
    return found | set(PLACES)


@cache
def _amounts() -> set[int]:
    library = Library.load()
    grants = [grant for rulebook_id in library.ids() for grant in library.get(rulebook_id).grants]
    fen = {grant.amount_fen for grant in grants}
    return set(fen | {f // 100 for f in fen}) - COMMON


def _numbers(text: str, amounts: set[int]) -> Iterator[tuple[int, int]]:
    """Those amounts that stand in the code, each with its line; a text without any of their digits is not read further."""
    if amounts.isdisjoint(int(digits.replace("_", "")) for digits in _DIGITS.findall(text)):
        return
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type == tokenize.NUMBER and re.fullmatch(r"[0-9_]+", token.string):
            number = int(token.string.replace("_", ""))
            if number in amounts:
                yield token.start[0], number


def _told(path: Path, text: str, word: re.Pattern[str]) -> list[str]:
    """The lines of a file in which a name stands; most have none, and are looked through at once."""
    if not word.search(text):
        return []
    lines = enumerate(text.splitlines(), 1)
    return [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()}" for number, line in lines if word.search(line)
    ]


@pytest.mark.parametrize("room", ROOMS)
def test_no_place_no_award_and_no_amount_in_code(room: str) -> None:
    """What differs between jurisdictions is in shared/rulebooks/data alone. All that is found elsewhere is told at once."""
    word = re.compile("|".join(re.escape(name) for name in sorted(_names())), re.IGNORECASE)
    amounts, found = _amounts(), []
    for path in _files(room):
        text = path.read_text(encoding="utf-8").replace(THE_FIELD, "")
        found += _told(path, text, word)
        if path.suffix == ".py":
            found += [
                f"{path.relative_to(ROOT)}:{line}: {number}" for line, number in _numbers(text, amounts)
            ]
    assert found == []


def test_the_search_would_find_something() -> None:
    """The data itself is full of what is looked for, and a file with a name or an amount in it is told of."""
    text = (DATA / "changning-2023.yaml").read_text(encoding="utf-8")
    assert sum(name in text for name in _names()) > 5
    assert 50_000_000 in _amounts()
    assert _told(ROOT / "some.py", "one\ntwo = 'changning'\n", re.compile("changning")) == [
        "some.py:2: two = 'changning'"
    ]
    assert list(_numbers("one = 1\ntwo = 50_000_000  # not 7\n", _amounts())) == [(2, 50_000_000)]
    assert list(_numbers("# 50000000 in a comment\n", _amounts())) == []
    assert all(len(_files(room)) > 20 for room in ROOMS)
