"""What parts are made of: entries of values, and how each is made from a line of the file."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from shared.rulebooks.model import Words

Raw = Mapping[str, Any]


@dataclass(frozen=True)
class Value:
    """One thing that an entry says. `wording`: words for people, which decide nothing. `note`: how the text is read,
    or the ground of what is assumed. `meaning`: what it is compared by, where that is not its words.
    """

    name: str
    label: Words
    text: Words
    assumed: bool = False
    note: Words | None = None
    wording: bool = False
    meaning: object = None

    @property
    def sense(self) -> object:
        """What two values are compared by."""
        return self.text if self.meaning is None else self.meaning


@dataclass(frozen=True)
class Entry:
    """One stage, level, grant, condition. `key` tells it from the others of its part, in any rulebook."""

    key: str
    title: Words
    rule: str | None
    values: tuple[Value, ...]
    assumed: bool = False
    note: Words | None = None


@dataclass(frozen=True)
class Part:
    """What a rulebook says on one matter."""

    key: str
    title: Words
    entries: tuple[Entry, ...]


def entry_of(key: str, title: Words, raw: Raw, values: Iterable[Value | None]) -> Entry:
    return Entry(
        key,
        title,
        raw.get("rule"),
        tuple(value for value in values if value is not None),
        raw.get("source") == "assumed",
        note_of(raw),
    )


def note_of(raw: Any) -> Words | None:
    note = raw.get("note") if isinstance(raw, Mapping) else None
    return Words(note["zh"], note["en"]) if note else None


def value_of(name: str, zh: str, en: str, text: Words, raw: Any = None, *, wording: bool = False) -> Value:
    """A value; `raw` where it may have a source and a note of its own."""
    assumed = isinstance(raw, Mapping) and raw.get("source") == "assumed"
    return Value(name, Words(zh, en), text, assumed, note_of(raw), wording)


def words_of(raw: Raw) -> Words:
    return Words(raw["zh"], raw["en"])


def said(key: str, title: Words, raw: Raw) -> Entry:
    return entry_of(key, title, raw, [value_of("says", "内容", "says", words_of(raw["says"]), wording=True)])
