"""Calls of one regulation and year that would look alike: which one each is, by its first day. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from services.gateway.portal.text import Text

OVER = frozenset({"completed", "ended"})  # states of a cycle whose stages are over


def numbered(cycles: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The cycles in their order, each with its `call`: 第几批, 1 the one that opened first among the real ones of its regulation
    and year; None where it is the only one, or a rehearsal.
    """
    known = list(cycles)
    real = sorted((each for each in known if not each["rehearsal"]), key=_first)
    several = Counter(_kind(each) for each in real)
    passed: Counter[tuple[str, int]] = Counter()
    calls: dict[str, int] = {}
    for each in real:
        passed[_kind(each)] += 1
        if several[_kind(each)] > 1:
            calls[each["cycle_id"]] = passed[_kind(each)]
    return [{**each, "call": calls.get(each["cycle_id"])} for each in known]


def which(call: int | None) -> Text:
    """Behind the name of a cycle: which one it is; nothing of the only one."""
    return Text("", "") if call is None else Text(f"，第 {call} 批", f", call {call}")


def _kind(cycle: Mapping[str, Any]) -> tuple[str, int]:
    return cycle["rulebook"], cycle["year"]


def _first(cycle: Mapping[str, Any]) -> tuple[str, str, str]:
    return str(cycle["opens_on"]), str(cycle["closes_on"]), cycle["cycle_id"]
