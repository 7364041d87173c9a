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
# Names of tracks that are the field's own words for who applies, and the field's word for any such award.
ORDINARY = {"组织", "个人", "项目"}
ANY_AWARD = "政府质量奖"
# Round numbers that sizes, limits and times have as well.
COMMON = {10_000, 20_000, 100_000, 1_000_000, 10_000_000}


def _files() -> list[Path]:
    rooms = (ROOT / "services", ROOT / "shared")
    return sorted(
        path
        for room in rooms
        for path in room.rglob("*")
        if path.suffix in SUFFIXES and DATA not in path.parents and "__pycache__" not in path.parts
    )


@cache
def _names() -> set[str]:
    library = Library.load()
    books = [library.get(rulebook_id) for rulebook_id in library.ids()]
    found = {book.jurisdiction for book in books} | {book.title.zh for book in books}
    for book in books:
        for named in (*book.levels, *book.tracks):
            found |= {named.name, *(alias for alias in named.aliases if len(alias) > 2)}
    return (found | set(PLACES)) - ORDINARY


@cache
def _amounts() -> set[int]:
    library = Library.load()
    grants = [grant for rulebook_id in library.ids() for grant in library.get(rulebook_id).grants]
    fen = {grant.amount_fen for grant in grants}
    return set(fen | {f // 100 for f in fen}) - COMMON


def _numbers(text: str) -> Iterator[tuple[int, int]]:
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type == tokenize.NUMBER and re.fullmatch(r"[0-9_]+", token.string):
            yield token.start[0], int(token.string.replace("_", ""))


@pytest.mark.parametrize("path", _files(), ids=lambda path: str(path.relative_to(ROOT)))
def test_no_place_no_award_and_no_amount_in_code(path: Path) -> None:
    """What differs between jurisdictions is in shared/rulebooks/data alone."""
    text = path.read_text(encoding="utf-8")
    word = re.compile("|".join(re.escape(name) for name in sorted(_names())), re.IGNORECASE)
    found = [
        f"{number}: {line.strip()}"
        for number, line in enumerate(text.splitlines(), 1)
        if word.search(line.replace(ANY_AWARD, ""))
    ]
    assert found == []
    if path.suffix == ".py":
        amounts = _amounts()
        assert [number for number in _numbers(text) if number[1] in amounts] == []


def test_the_search_would_find_something() -> None:
    """The data itself is full of what is looked for."""
    text = (DATA / "changning-2023.yaml").read_text(encoding="utf-8")
    assert sum(name in text for name in _names()) > 5
    assert 50_000_000 in _amounts()
    assert len(_files()) > 20
