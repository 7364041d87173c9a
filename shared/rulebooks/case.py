"""The case that is put to a rulebook: what is known of one application on the day it is decided."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import date, datetime
from functools import lru_cache
from operator import attrgetter
from typing import Any, cast

from shared.identifiers import canonical_array, canonical_json_of_text_keys, digest_bytes
from shared.problems import Invalid, invalid_field
from shared.rulebooks.facts import ADVERSE_DEFAULTS, FACTS, RECORD_KINDS, SEVERITIES


@dataclass(frozen=True)
class Ban:
    """不予受理期: a ban that an earlier revocation left; `until` is the last day on which nothing is
    accepted.
    """

    rule: str
    until: date


@dataclass(frozen=True)
class Membership:
    """培育库成员: since when, and the approved cost of the pool's own project, in fen."""

    joined_on: date | None
    project_cost_fen: int | None = None


@dataclass(frozen=True)
class Peer:
    """Another application of the same cycle, as far as rules on several applications need it."""

    application_id: str
    applicant_key: str
    sequence: int  # order of submission within the cycle
    category: str | None = None
    group: str | None = None
    business: str | None = None

    def __hash__(self) -> int:
        return hash(self.application_id)


@dataclass(frozen=True)
class Case:
    """One application and all that decides about it. Facts that are None count as absent.

    `records` holds each department's answer: a list (empty: searched, none found) or None (not answered yet);
    a department that is left out has not answered. `others` are the applications of the cycle that still
    count, as peers or as their fields.
    Raises Invalid where a fact has another form than its name asks for.
    """

    kind: str
    applicant_key: str
    uscc: str
    submitted_on: date
    cycle_year: int
    opens_on: date
    closes_on: date
    category: str | None = None
    recommended_by: str | None = None
    nominated_by: str | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)
    materials: frozenset[str] = frozenset()
    records: Mapping[str, Sequence[Mapping[str, Any]] | None] = field(default_factory=dict)
    bans: Sequence[Ban] = ()
    pool: Membership | None = None
    others: Sequence[Peer | Mapping[str, Any]] = ()
    sequence: int = 0

    def __post_init__(self) -> None:
        facts = {name: _fact(name, value) for name, value in self.facts.items() if value is not None}
        object.__setattr__(self, "facts", facts)
        object.__setattr__(self, "materials", frozenset(self.materials))
        object.__setattr__(self, "bans", tuple(sorted(self.bans, key=lambda ban: (ban.until, ban.rule))))
        peers = [peer if isinstance(peer, Peer) else Peer(**peer) for peer in self.others]
        object.__setattr__(self, "others", tuple(sorted(peers, key=_SUBMITTED)))
        records = {
            department: None if answer is None else tuple([_record(department, entry) for entry in answer])
            for department, answer in self.records.items()
        }
        object.__setattr__(self, "records", records)

    @property
    def peers(self) -> tuple[Peer, ...]:
        """The other applications of the cycle, in the order in which they were submitted."""
        return cast("tuple[Peer, ...]", self.others)

    @property
    def earlier(self) -> tuple[Peer, ...]:
        """Those of them that were submitted before this one."""
        return tuple([peer for peer in self.peers if peer.sequence < self.sequence])

    def fact(self, name: str) -> Any:
        """A fact; None where it is absent, unless absent means none or false."""
        value = self.facts.get(name)
        return False if value is None and name in _FALSE_UNLESS_GIVEN else value

    def answer(self, department: str) -> Sequence[Mapping[str, Any]] | None:
        """A department's records; None where it has not answered."""
        return self.records.get(department)

    def inputs_digest(self) -> str:
        """A named digest over everything in the case, the same for the same case however it was written."""
        facts = {name: _text_keys(value) for name, value in self.facts.items()}
        answered = {name: answer for name, answer in self.records.items() if answer is not None}
        before = dict(zip(_BEFORE, _VALUES_BEFORE(self), strict=True)) | {"facts": facts}
        after = dict(zip(_AFTER, _VALUES_AFTER(self), strict=True)) | {"records": answered}
        head, tail = canonical_json_of_text_keys(before), canonical_json_of_text_keys(after)
        others = canonical_array(map(_written, self.peers))
        return digest_bytes(b'%b,"others":%b,%b' % (head[:-1], others, tail[1:]))


_FALSE_UNLESS_GIVEN = frozenset(name for name in ADVERSE_DEFAULTS if FACTS[name].form == "boolean")
_FIELDS = tuple(sorted(field.name for field in fields(Case)))
_BEFORE = _FIELDS[: _FIELDS.index("others")]
_AFTER = _FIELDS[_FIELDS.index("others") + 1 :]
_VALUES_BEFORE, _VALUES_AFTER = attrgetter(*_BEFORE), attrgetter(*_AFTER)
_SUBMITTED = attrgetter("sequence", "application_id")


@lru_cache(maxsize=8192)
def _written(peer: Peer) -> bytes:
    """A peer's canonical JSON: it is a part of every other case of its cycle."""
    return canonical_json_of_text_keys(vars(peer))


def _text_keys(value: Any) -> Any:
    """A fact with the years of its figures as text."""
    return {str(key): item for key, item in value.items()} if type(value) is dict else value


def _day(path: str, value: Any) -> date:
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    if isinstance(value, str):
        try:
            return date.fromisoformat(value)
        except ValueError:
            pass
    raise invalid_field(path, "应为日期，格式 YYYY-MM-DD", "a date YYYY-MM-DD is needed")


def _is_integer(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _fact(name: str, value: Any) -> Any:
    kind = FACTS.get(name)
    if kind is None:
        raise invalid_field(f"facts.{name}", "没有这项事实", "no such fact")
    read = _READ.get(kind.form)
    if read is not None:
        return read(f"facts.{name}", value)
    if not _FITS[kind.form](value):
        raise _wrong_form(f"facts.{name}", kind.form)
    return [value] if kind.form == "texts" and isinstance(value, str) else value


def _wrong_form(path: str, form: str) -> Invalid:
    return invalid_field(path, f"类型不对（应为 {form}）", f"wrong form, {form} is needed")


def _amounts(path: str, value: Any) -> dict[int, int]:
    if not isinstance(value, Mapping):
        raise _wrong_form(path, "amounts_by_year")
    found: dict[int, int] = {}
    for year, yuan in value.items():
        if yuan is None:
            continue
        if not str(year).isdigit() or not _is_integer(yuan):
            raise _wrong_form(f"{path}.{year}", "amounts_by_year")
        found[int(year)] = yuan
    return found


def _entries(path: str, value: Any) -> tuple[dict[str, Any], ...]:
    if isinstance(value, str) or not isinstance(value, Sequence):
        raise _wrong_form(path, "entries")
    found = []
    for index, entry in enumerate(value):
        if not isinstance(entry, Mapping) or not _is_integer(entry.get("year")):
            raise _wrong_form(f"{path}.{index}", "entries")
        kept = {key: item for key, item in entry.items() if item is not None}
        if "on" in kept:
            kept["on"] = _day(f"{path}.{index}.on", kept["on"])
        found.append(kept)
    return tuple(found)


def _record(department: str, entry: Mapping[str, Any]) -> dict[str, Any]:
    kept = {key: value for key, value in entry.items() if value is not None}
    path = f"records.{department}"
    kept["on"] = _day(f"{path}.on", kept.get("on"))
    if kept.get("kind") not in RECORD_KINDS:
        raise invalid_field(f"{path}.kind", "没有这种记录", "no such kind of record")
    if kept.get("severity", SEVERITIES[0]) not in SEVERITIES:
        raise invalid_field(f"{path}.severity", "没有这个事故等级", "no such grade of accident")
    return kept


_READ: Mapping[str, Callable[[str, Any], Any]] = {
    "date": _day,
    "amounts_by_year": _amounts,
    "entries": _entries,
}
_FITS: Mapping[str, Callable[[Any], bool]] = {
    "boolean": lambda value: isinstance(value, bool),
    "text": lambda value: isinstance(value, str),
    "integer": _is_integer,
    "years": lambda value: (
        isinstance(value, Sequence) and not isinstance(value, str) and all(map(_is_integer, value))
    ),
    "ranks": lambda value: (
        isinstance(value, Mapping) and all(rank is None or _is_integer(rank) for rank in value.values())
    ),
    "texts": lambda value: isinstance(value, str | Sequence),
}
