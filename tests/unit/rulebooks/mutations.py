"""A rulebook with one number of its file changed, for tests that nothing of a file goes unsaid."""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from decimal import Decimal
from pathlib import Path
from typing import Any

from deploy.local.services import ROOT
from shared.rulebooks import Library, Rulebook, loader
from shared.rulebooks.library import read_files
from shared.strict_yaml import Document, KeyPath, dotted, loads
from tests.unit.rulebooks.test_operators import CITY

_SILENT = {"format"}  # of the file's form, not of the text
_DECIDES = {"amount", "quorum", "majority", "share", "industry_share_min", "ratio"}


def city(folder: Path) -> Rulebook:
    """The made-up city of docs/adding-a-jurisdiction.md: marks, a cut, a ceiling, an exception, two kinds."""
    text = (ROOT / "docs" / "adding-a-jurisdiction.md").read_text(encoding="utf-8")
    block = text.partition("```yaml rulebooks/yunting-2026.yaml\n")[2].partition("\n```")[0]
    file = folder / "yunting-2026.yaml"
    file.write_text(block + "\n", encoding="utf-8")
    return read_files([file], known={})["yunting-2026"]


def rich_city(folder: Path) -> Rulebook:
    """A city whose conditions use nearly every operator, with guards, categories, stages beside each other, a reserve."""
    (folder / "qinghe-2030.yaml").write_text(CITY, encoding="utf-8")
    return Library.load(folder).get("qinghe-2030")


def every_shape(folder: Path) -> list[Rulebook]:
    """The installed rulebooks and both made-up cities: between them they use all that a file can say."""
    return [*installed(), rich_city(folder), city(folder)]


def installed() -> list[Rulebook]:
    """Every rulebook of this release."""
    library = Library.load()
    return [library.get(rulebook_id) for rulebook_id in library.ids()]


def rebuilt(rulebook: Rulebook, raw: Any) -> Rulebook:
    """The same file with other contents; nothing checks them."""
    document = rulebook.document
    return loader.build(Document(document.name, raw, document.marks), rulebook.sha256)


def with_value(rulebook: Rulebook, path: KeyPath, value: Any) -> Rulebook:
    """One value of the file changed."""
    raw = deepcopy(rulebook.raw)
    place: Any = raw
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    return rebuilt(rulebook, raw)


def with_parts(rulebook: Rulebook, yaml: str) -> Rulebook:
    """Parts of the file replaced whole, by their top-level keys."""
    return rebuilt(rulebook, {**deepcopy(rulebook.raw), **loads(yaml, "changes.yaml").value})


def numbers_changed(rulebook: Rulebook) -> Iterator[tuple[str, Rulebook]]:
    """For every number, amount, share and yes or no of the file: its path, and the rulebook with another one there."""
    for path, value in _leaves(rulebook.raw, ()):
        other = _other(path, value)
        if other is not None:
            yield dotted(path), with_value(rulebook, path, other)


def _leaves(value: Any, path: KeyPath) -> Iterator[tuple[KeyPath, Any]]:
    if isinstance(value, dict):
        for key, item in value.items():
            yield from _leaves(item, (*path, key))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _leaves(item, (*path, index))
    else:
        yield path, value


def _other(path: KeyPath, value: Any) -> Any:
    if path[0] in _SILENT or path[-1] == "given":  # which can only be true
        return None
    if isinstance(value, bool):
        return not value
    if isinstance(value, int | Decimal):
        return value + 1
    if isinstance(value, str) and path[-1] in _DECIDES:
        return "7 万元" if path[-1] == "amount" else "5/7"
    return None
