"""一人兼办: the same person in two roles that exclude each other, or in two acts that do, over all services. Pure.

The pairs of roles are those that no account may hold together: an account may have held one after the other. The pairs of acts
are declared in acting.yaml. Two accounts of one person look like two persons here.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from pathlib import Path
from typing import Any

from services.gateway.roles import TITLES, Exclusion, exclusions
from shared.procedure.alerts import ORDER, Alert, Severity
from shared.strict_yaml import load as load_yaml

_FILE = Path(__file__).with_name("acting.yaml")
_ACTION = re.compile(r"[a-z_]{1,60}:[a-z_]{1,60}")
_CODE = re.compile(r"[a-z_]{1,60}")
WHOLE = "whole"
Told = Mapping[str, Any]


class ActingError(Exception):
    """The file of acts names no acts, a severity that does not exist, or a pair of one act with itself."""


@dataclass(frozen=True)
class Act:
    """An act by the audit log's word, and which part of its subject says what it was done to, or the whole of it; None: the
    whole cycle.
    """

    action: str
    part: int | str | None

    def about(self, subject: str) -> str | None:
        """What it was done to; None where the subject has no such part."""
        if self.part is None:
            return ""
        if isinstance(self.part, str):
            return subject
        parts = subject.split("/")
        return parts[self.part] if self.part < len(parts) else None


@dataclass(frozen=True)
class Pair:
    """Acts that one person should not do with any of the others, to the same thing."""

    first: tuple[Act, ...]
    second: tuple[Act, ...]
    severity: Severity
    reason_zh: str
    reason_en: str


def read_pairs(path: Path = _FILE) -> tuple[Pair, ...]:
    """The pairs of a file. Raises ActingError, StrictYamlError."""
    return tuple(_pair(path.name, entry) for entry in load_yaml(path).value["pairs"])


@cache
def pairs() -> tuple[Pair, ...]:
    """The pairs of this installation."""
    return read_pairs()


def read_refusals(path: Path = _FILE) -> frozenset[str]:
    """The codes of refusals of a file. Raises ActingError, StrictYamlError."""
    codes = load_yaml(path).value["refusals"]
    if not all(isinstance(code, str) and _CODE.fullmatch(code) for code in codes):
        raise ActingError(f"{path.name}: {codes!r} are no codes")
    return frozenset(codes)


@cache
def refusals() -> frozenset[str]:
    """The codes of refusals that say that something takes another person."""
    return read_refusals()


def actions(declared: Iterable[Pair]) -> list[str]:
    """Every act that some pair names, those of the gravest pairs first: whatever an answer has no room for is the least."""
    gravest = sorted(declared, key=lambda pair: ORDER[pair.severity])
    named = [
        sorted({act.action for pair in group for act in (*pair.first, *pair.second)})
        for _, group in groupby(gravest, key=lambda pair: pair.severity)
    ]
    return list(dict.fromkeys(action for some in named for action in some))


def clashes(
    answers: Sequence[Told],
    excluding: Iterable[Exclusion] | None = None,
    declared: Iterable[Pair] | None = None,
) -> list[Alert]:
    """What the services' answers `Acts` of one cycle say together; by default with this installation's pairs."""
    return [
        *_of_roles(answers, exclusions() if excluding is None else excluding),
        *_of_acts(answers, pairs() if declared is None else declared),
    ]


def _of_roles(answers: Sequence[Told], excluding: Iterable[Exclusion]) -> Iterator[Alert]:
    held: dict[str, dict[str, tuple[str, str]]] = defaultdict(dict)
    for answer in answers:
        for line in answer["roles"]:
            seen = (line["first_at"], f"{answer['service']}:{line['entry']}")
            known = held[line["actor"]].get(line["role"])
            held[line["actor"]][line["role"]] = seen if known is None else min(known, seen)
    for actor, roles in sorted(held.items()):
        for pair in excluding:
            if not pair.roles <= roles.keys():
                continue
            first, second = sorted(pair.roles)
            evidence = tuple(roles[role][1] for role in (first, second))
            yield Alert(
                "excluding_roles",
                Severity.SERIOUS,
                actor,
                max(roles[role][0] for role in (first, second)),
                evidence,
                f"同一人先后以“{TITLES[first][0]}”和“{TITLES[second][0]}”办理：{pair.reason_zh}",
                f"one person acted as {TITLES[first][1]} and as {TITLES[second][1]}: {pair.reason_en}",
            )


def _of_acts(answers: Sequence[Told], declared: Iterable[Pair]) -> Iterator[Alert]:
    done: dict[str, list[tuple[str, str, str, str]]] = defaultdict(list)
    for answer in answers:
        for line in answer["acts"]:
            entry = f"{answer['service']}:{line['entry']}"
            done[line["action"]].append((line["actor"], line["subject"], line["first_at"], entry))
    for pair in declared:
        first, second = _by_what(pair.first, done), _by_what(pair.second, done)
        for key in sorted(first.keys() & second.keys()):
            actor, what = key
            (at, entry), (later, other) = first[key], second[key]
            yield Alert(
                "excluding_acts",
                pair.severity,
                f"{actor}/{what}" if what else actor,
                max(at, later),
                (entry, other),
                f"{actor} 一人办理了两件事：{pair.reason_zh}",
                f"{actor} did both: {pair.reason_en}",
            )


def _by_what(
    acts: Iterable[Act], done: Mapping[str, Sequence[tuple[str, str, str, str]]]
) -> dict[tuple[str, str], tuple[str, str]]:
    """By person and what it was done to: the first time, and the entry of the audit log."""
    found: dict[tuple[str, str], tuple[str, str]] = {}
    for act in acts:
        for actor, subject, at, entry in done.get(act.action, ()):
            about = act.about(subject)
            if about is not None:
                key = (actor, about)
                found[key] = min(found.get(key, (at, entry)), (at, entry))
    return found


def _pair(name: str, entry: Told) -> Pair:
    first, second = (tuple(_act(name, act) for act in entry[side]) for side in ("first", "second"))
    if not first or not second or {act.action for act in first} & {act.action for act in second}:
        raise ActingError(f"{name}: a pair is of two different acts")
    try:
        severity = Severity(entry["severity"])
    except ValueError:
        raise ActingError(f"{name}: {entry['severity']!r} is no severity") from None
    return Pair(first, second, severity, entry["reason_zh"], entry["reason_en"])


def _act(name: str, entry: Told) -> Act:
    action, part = str(entry["action"]), entry.get("part")
    if not _ACTION.fullmatch(action) or not (part in (None, WHOLE) or (isinstance(part, int) and part >= 0)):
        raise ActingError(f"{name}: {action!r} with part {part!r} is no act")
    return Act(action, part)
