"""例外: when a winner's award brings other money than its grant, or takes no place of the quota. Pure.

One place for the committee, which asks about places, and for incentives, which ask about money.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from shared.problems import Conflict
from shared.rulebooks.model import GrantException, GrantRule


class ConflictingExceptions(Conflict):
    """Two exceptions that hold at once say different things; a person has to mend the rulebook."""

    default_code = "conflicting_exceptions"


@dataclass(frozen=True)
class Winner:
    """What exceptions ask of a winner: its kind, the names of the facts that hold, and the levels won before."""

    kind: str
    facts: frozenset[str] = frozenset()
    won: frozenset[str] = frozenset()

    @classmethod
    def of(cls, kind: str, facts: Mapping[str, Any], won: Iterable[str]) -> Winner:
        """From a dossier's facts and the levels that the qualification handed on."""
        return cls(kind, true_facts(facts), frozenset(won))


def true_facts(facts: Mapping[str, Any]) -> frozenset[str]:
    """The names of the facts that are plainly true."""
    return frozenset(name for name, value in facts.items() if value is True)


def live_exceptions(rule: GrantRule, winner: Winner) -> tuple[GrantException, ...]:
    """The exceptions that hold, in the rulebook's order.

    Several may hold at once where they say the same, or speak of different things (one of money, one of places).
    Raises ConflictingExceptions, naming both, where they do not.
    """
    live = tuple(each for each in rule.exceptions if _holds(each, winner))
    for index, one in enumerate(live):
        for other in live[index + 1 :]:
            if contradict(one, other):
                raise ConflictingExceptions(
                    f"例外“{one.id}”（{one.rule}）与“{other.id}”（{other.rule}）同时成立而规定不一，须由人员处理",
                    f"exceptions {one.id} ({one.rule}) and {other.id} ({other.rule}) hold at once and say different things",
                )
    return live


def contradict(one: GrantException, other: GrantException) -> bool:
    """Whether two exceptions could not both be followed: other money, or a place both taken and not taken."""
    places = {one.uses_quota, other.uses_quota} - {None}
    return one.amount_fen != other.amount_fen or len(places) > 1


def _holds(exception: GrantException, winner: Winner) -> bool:
    if exception.kinds and winner.kind not in exception.kinds:
        return False
    return exception.fact in winner.facts or bool(winner.won & set(exception.won_before))
