"""预警: what discipline inspection should look at, computed from a service's rows whenever it is asked for. Pure.

An alert accuses nobody: it says what stands in the rows, and where. Its id is a digest of what it says it is about, so that the
same cause has the same id whenever and wherever it is computed, and a new cause has a new one.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from functools import partial
from typing import Any

from shared.identifiers import canonical_json
from shared.procedure.state import Cycle

_ID_DIGITS = 32
LONGEST_EVIDENCE = 50  # ids that one alert names; the rest is in the rows


class Severity(StrEnum):
    """轻重: worth knowing, to be explained, or against a rule."""

    NOTICE = "notice"
    WARNING = "warning"
    SERIOUS = "serious"


ORDER = {severity: number for number, severity in enumerate(reversed(Severity))}


@dataclass(frozen=True)
class Alert:
    """One thing to look at. `subject` is what it is about (an application, an expert, an act), `evidence` the ids of the rows
    that it rests on, `since` when it came to be.
    """

    kind: str
    severity: Severity
    subject: str
    since: date | datetime | str  # text: ISO 8601, as another service told it
    evidence: tuple[str, ...]
    reason_zh: str
    reason_en: str


@dataclass(frozen=True)
class Figure:
    """A number of a cycle that an inspection report opens with."""

    figure: str
    title_zh: str
    title_en: str
    count: int


@dataclass(frozen=True)
class Watched:
    """What a service says of a cycle to discipline inspection; its figures are counted when they are asked for."""

    alerts: tuple[Alert, ...] = ()
    figures: Callable[[], Iterable[Figure]] = tuple


Cycles = Mapping[str, Cycle]  # by their ids: whatever is read is read of all of them at once
Found = Iterable[tuple[str, Alert]]  # each with its cycle's id


def by_cycle(
    cycles: Cycles, found: Found, figures: Callable[[Cycle], Iterable[Figure]]
) -> dict[str, Watched]:
    """What was found of several cycles, by cycle; one of which nothing was found is among them."""
    alerts: dict[str, list[Alert]] = {cycle_id: [] for cycle_id in cycles}
    for cycle_id, alert in found:
        alerts[cycle_id].append(alert)
    return {each: Watched(tuple(alerts[each]), partial(figures, cycle)) for each, cycle in cycles.items()}


def alert_id(source: str, cycle_id: str, alert: Alert) -> str:
    """32 hex digits: of where it was found, in which cycle, of what kind, about what, resting on which rows."""
    told = [source, cycle_id, alert.kind, alert.subject, sorted(alert.evidence)]
    return hashlib.sha256(canonical_json(told)).hexdigest()[:_ID_DIGITS]


def line(source: str, cycle_id: str, alert: Alert) -> dict[str, Any]:
    """The reply `AlertLine`."""
    return {
        "alert_id": alert_id(source, cycle_id, alert),
        "kind": alert.kind,
        "severity": alert.severity.value,
        "subject": alert.subject,
        "since": alert.since if isinstance(alert.since, str) else alert.since.isoformat(),
        "evidence": list(alert.evidence[:LONGEST_EVIDENCE]),
        "reason_zh": alert.reason_zh,
        "reason_en": alert.reason_en,
    }


def lines(source: str, cycle_id: str, watched: Watched) -> list[dict[str, Any]]:
    """The alerts alone, the gravest first, then the oldest."""
    return sorted((line(source, cycle_id, alert) for alert in watched.alerts), key=gravest_first)


def reply(source: str, cycle_id: str, watched: Watched) -> dict[str, Any]:
    """The reply `Alerts`, the gravest first, then the oldest."""
    return {
        "service": source,
        "alerts": lines(source, cycle_id, watched),
        "figures": [
            {
                "figure": each.figure,
                "title_zh": each.title_zh,
                "title_en": each.title_en,
                "count": each.count,
            }
            for each in watched.figures()
        ],
    }


def gravest_first(told: Mapping[str, Any]) -> tuple[int, str, str, str]:
    """By which alerts are put in order; one of a severity that is not known here, from a newer service say, comes first."""
    known = {severity.value: place for severity, place in ORDER.items()}
    return known.get(told["severity"], -1), str(told["since"]), str(told["kind"]), str(told["alert_id"])
