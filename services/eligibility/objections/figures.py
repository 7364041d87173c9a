"""统计: what discipline inspection sees of all objections: numbers and days, nobody's name. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from services.eligibility.objections.states import State, stands_upheld


@dataclass(frozen=True)
class Case:
    """Of an objection what is counted; days are None where a step was not reached."""

    state: str
    ground: str
    source: str
    ruling: str | None
    raised_on: date
    accepted_on: date | None  # decided on, whichever way
    ruled_on: date | None
    appealed_on: date | None
    decided_on: date | None
    overdue: bool


def figures(cases: Sequence[Case]) -> dict[str, Any]:
    """Counts by state and ground, the days that each step took (calendar days), and what is overdue now."""
    states = Counter(case.state for case in cases)
    return {
        "objections": len(cases),
        "by_office": sum(case.source == "office" for case in cases),
        "states": [
            {"state": state.value, "number": states[state.value]} for state in State if states[state.value]
        ],
        "grounds": [_ground(name, cases) for name in sorted({case.ground for case in cases})],
        "steps": list(_steps(cases)),
        "appealed": sum(case.appealed_on is not None for case in cases),
        "overturned": states[State.OVERTURNED.value],
        "overdue": sum(case.overdue for case in cases),
    }


def _ground(name: str, cases: Iterable[Case]) -> Mapping[str, Any]:
    these = [case for case in cases if case.ground == name]
    return {
        "ground": name,
        "number": len(these),
        "not_accepted": sum(case.state == State.NOT_ACCEPTED for case in these),
        "upheld": sum(stands_upheld(case.state, case.ruling) for case in these),
    }


def _steps(cases: Sequence[Case]) -> Iterator[Mapping[str, Any]]:
    spans: dict[str, list[tuple[date | None, date | None]]] = {
        "acceptance": [(case.raised_on, case.accepted_on) for case in cases],
        "ruling": [(case.accepted_on, case.ruled_on) for case in cases],
        "decision": [(case.appealed_on, case.decided_on) for case in cases],
    }
    for step, pairs in spans.items():
        days = [(end - begin).days for begin, end in pairs if begin is not None and end is not None]
        if days:
            average = Decimal(sum(days)) / len(days)
            shown = str(average.quantize(Decimal("0.1"), ROUND_HALF_UP))
            yield {"step": step, "number": len(days), "average_days": shown, "longest_days": max(days)}
