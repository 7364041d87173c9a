"""What differs between two rulebooks, by meaning and not by line. Pure.

Entries are told apart by what they are (a rule and a condition's name, a stage's key, a level and its track), whatever
their place in the file. Words that decide nothing, titles and citations are compared only where that is asked for.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, Literal

from shared.rulebooks.model import Rulebook, Words
from shared.rulebooks.parts import Entry, Part, Value, parts

Change = Literal["added", "removed", "changed", "renumbered"]
CHANGES: dict[Change, Words] = {
    "added": Words("新增", "added"),
    "removed": Words("删去", "removed"),
    "changed": Words("改变", "changed"),
    "renumbered": Words("改号", "renumbered"),
}
_TITLE, _RULE, _NOTE = Words("标题", "title"), Words("条文", "article"), Words("说明", "note")


@dataclass(frozen=True)
class ValueChange:
    """One value before and after; None where it was not, or is no longer."""

    name: str
    label: Words
    before: Words | None
    after: Words | None


@dataclass(frozen=True)
class Difference:
    """One entry that is not the same in both. `before` and `after` are its keys."""

    part: str
    part_title: Words
    change: Change
    before: str | None
    after: str | None
    title: Words
    values: tuple[ValueChange, ...]

    def as_dict(self) -> dict[str, Any]:
        """Plain data for programs."""
        return {
            "part": self.part,
            "change": self.change,
            "before": self.before,
            "after": self.after,
            "title": _both(self.title),
            "values": [
                {
                    "name": value.name,
                    "label": _both(value.label),
                    "before": _both(value.before),
                    "after": _both(value.after),
                }
                for value in self.values
            ],
        }


def differences(first: Rulebook, second: Rulebook, *, wording: bool = False) -> tuple[Difference, ...]:
    """From the first to the second, part by part. `wording`: words for people, titles and citations as well."""
    before = {part.key: part for part in parts(first)}
    after = {part.key: part for part in parts(second)}
    found: list[Difference] = []
    for key in dict.fromkeys((*before, *after)):
        title = (before.get(key) or after[key]).title
        old, new = before.get(key, Part(key, title, ())), after.get(key, Part(key, title, ()))
        found += _of_part(old, new, wording)
    return tuple(found)


def _of_part(old: Part, new: Part, wording: bool) -> Iterator[Difference]:
    was = {entry.key: _weighed(entry, wording) for entry in old.entries}
    now = {entry.key: _weighed(entry, wording) for entry in new.entries}
    moved = _renumbered(was, now) if old.key == "conditions" else {}
    for key, entry in was.items():
        other = now.get(moved.get(key, key))
        changes = _changes(entry.values, other.values if other else ())
        if key in moved:
            yield _difference(old, "renumbered", entry, other, changes)
        elif changes:
            yield _difference(old, "changed" if other else "removed", entry, other, changes)
    for key, entry in now.items():
        if key not in was and key not in moved.values() and entry.values:
            yield _difference(old, "added", None, entry, _changes((), entry.values))


def _renumbered(was: dict[str, Entry], now: dict[str, Entry]) -> dict[str, str]:
    """Conditions that say the same under another rule: old key to new key."""
    found: dict[str, str] = {}
    for key, entry in was.items():
        if key in now:
            continue
        for other, candidate in now.items():
            same_name = key.rpartition("/")[2] == other.rpartition("/")[2]
            free = other not in was and other not in found.values()
            if same_name and free and not _changes(_decisive(entry), _decisive(candidate)):
                found[key] = other
                break
    return found


def _decisive(entry: Entry) -> tuple[Value, ...]:
    return tuple(value for value in entry.values if not value.wording)


def _weighed(entry: Entry, wording: bool) -> Entry:
    """The entry with the values that are compared."""
    if not wording:
        return replace(entry, values=tuple(value for value in entry.values if not value.wording))
    words = {"title": (_TITLE, entry.title), "note": (_NOTE, entry.note)}
    words |= {f"note:{value.name}": (_NOTE, value.note) for value in entry.values}
    if entry.rule is not None:
        words["rule"] = (_RULE, Words(entry.rule, entry.rule))
    more = (Value(name, label, text, wording=True) for name, (label, text) in words.items() if text)
    return replace(entry, values=(*entry.values, *more))


def _changes(before: tuple[Value, ...], after: tuple[Value, ...]) -> tuple[ValueChange, ...]:
    was, now = {v.name: v for v in before}, {v.name: v for v in after}
    found = []
    for name in dict.fromkeys((*was, *now)):
        old, new = was.get(name), now.get(name)
        if old is None or new is None or old.sense != new.sense:
            label = now[name].label if old is None else old.label
            found.append(ValueChange(name, label, old.text if old else None, new.text if new else None))
    return tuple(found)


def _difference(
    part: Part, change: Change, old: Entry | None, new: Entry | None, values: tuple[ValueChange, ...]
) -> Difference:
    shown = new or old
    assert shown is not None
    before, after = old.key if old else None, new.key if new else None
    return Difference(part.key, part.title, change, before, after, shown.title, values)


def _both(words: Words | None) -> dict[str, str] | None:
    return None if words is None else {"zh": words.zh, "en": words.en}
