"""What an operator is, what it finds in a case, and how it shows the facts used. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from shared.rulebooks.case import Case
from shared.rulebooks.facts import FACTS
from shared.rulebooks.findings import Outcome
from shared.rulebooks.model import Rulebook


class Verdict(NamedTuple):
    """What an operator found. `rule` replaces the condition's own; `barred` are levels that cannot be won."""

    outcome: Outcome
    zh: str
    en: str
    evidence: tuple[str, ...] = ()
    rule: str | None = None
    barred: tuple[str, ...] = ()


Verdicts = tuple[Verdict, ...]
Parameters = Mapping[str, Any]
Decide = Callable[[Case], Verdicts]
Operator = Callable[[Rulebook, Parameters], Decide]
OPERATORS: dict[str, Operator] = {}
KEPT = 256  # days or words whose verdicts an operator keeps, since the next case often has the same


def operator(function: Operator) -> Operator:
    """Makes a function known to rulebooks by its name."""
    OPERATORS[function.__name__] = function
    return function


def decided(holds: bool, zh: str, en: str, evidence: Sequence[str] = ()) -> Verdicts:
    """Passed or failed."""
    return (Verdict(Outcome.PASS if holds else Outcome.FAIL, zh, en, tuple(evidence)),)


def missing(zh: str, en: str, evidence: Sequence[str] = ()) -> Verdicts:
    """Something that it needs is not known."""
    return (Verdict(Outcome.MISSING, zh, en, tuple(evidence)),)


def absent(name: str) -> Verdicts:
    """The fact that it needs was not given."""
    title = FACTS[name].title
    return missing(f"未提供“{title.zh}”", f"not given: {title.en}")


def show(value: Any) -> str:
    """A fact's value for people: 是 and 否 for booleans, lists joined."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, Mapping):
        return "，".join(f"{key} {show(item)}" for key, item in value.items())
    if isinstance(value, Sequence):
        return "；".join(show(item) for item in value)
    return str(value)


def show_en(value: Any) -> str:
    """A fact's value in an English sentence: yes and no for booleans."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return show(value)
