"""名额: who gets the places of a quota where more contend for them than there are. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from math import ceil

from shared.rulebooks import Quota, Rulebook


@dataclass(frozen=True)
class Contender:
    """One who contends for a place. `rank`: the greater goes first; `favoured`: the reserve is kept for such as it."""

    application_id: str
    rank: tuple[Decimal, ...]
    sequence: int
    favoured: bool = False


@dataclass(frozen=True)
class Allocation:
    """Who gets a place, or, where equals at the edge do not all fit, who must be told apart first.

    With anyone in `tied`, `chosen` is not settled yet.
    """

    chosen: frozenset[str]
    tied: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Taken:
    """Places that are gone already, by quota: how many in all, and how many of them to the favoured."""

    places: Mapping[str, int]
    favoured: Mapping[str, int]


@dataclass(frozen=True)
class Vacant:
    """空缺: places of a quota that nobody got; a normal outcome."""

    quota: Quota
    vacant: int


def vacancies(rulebook: Rulebook, winners: Iterable[tuple[str, str]]) -> tuple[Vacant, ...]:
    """What stays vacant of each quota with a limit. `winners`: level and track of everybody who took a place."""
    filled = Counter(rulebook.quota_of(level, track).id for level, track in winners)
    return tuple(
        Vacant(quota, quota.places - filled[quota.id])
        for quota in rulebook.quotas
        if quota.places is not None and quota.places > filled[quota.id]
    )


def kept_places(quota: Quota) -> int:
    """The places kept for the favoured: their share rounded up."""
    if quota.reserve is None or quota.places is None:
        return 0
    return ceil(quota.reserve.share * quota.places)


def allocate(
    quota: Quota, contenders: Collection[Contender], taken: Taken, *, by_sequence: bool
) -> Allocation:
    """Give out what is left of a quota by rank.

    Kept places go to the favoured among the contenders as long as there are any; equal ranks at the edge go by the
    order of submission, or are told to be tied.
    """
    if quota.places is None:
        return Allocation(frozenset(c.application_id for c in contenders))
    left = max(0, quota.places - taken.places.get(quota.id, 0))
    kept = min(left, max(0, kept_places(quota) - taken.favoured.get(quota.id, 0)))
    first = _fill([c for c in contenders if c.favoured], kept, by_sequence=by_sequence)
    if first.tied:
        # All equal ones vote again, favoured or not: whoever fails to get a kept place contends with the others.
        edge = next(c.rank for c in contenders if c.application_id in first.tied)
        return Allocation(first.chosen, _ids([c for c in contenders if c.rank == edge]))
    rest = [c for c in contenders if c.application_id not in first.chosen]
    then = _fill(rest, left - len(first.chosen), by_sequence=by_sequence)
    return Allocation(first.chosen | then.chosen, then.tied)


def _fill(contenders: Iterable[Contender], places: int, *, by_sequence: bool) -> Allocation:
    order = sorted(contenders, key=lambda c: c.sequence)
    order.sort(key=lambda c: c.rank, reverse=True)
    if len(order) <= places:
        return Allocation(_ids(order))
    if by_sequence or not places or order[places - 1].rank != order[places].rank:
        return Allocation(_ids(order[:places]))
    edge = order[places].rank
    return Allocation(
        _ids([c for c in order if c.rank > edge]), tied=_ids([c for c in order if c.rank == edge])
    )


def _ids(contenders: Sequence[Contender]) -> frozenset[str]:
    return frozenset(c.application_id for c in contenders)
