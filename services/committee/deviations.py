"""偏离排名: whom a proposal passes over by score. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from services.committee.candidates import Candidate, hindrance
from services.committee.places import kept_places
from services.committee.proposals import Standing
from shared.rulebooks import Rulebook


@dataclass(frozen=True)
class Ranked:
    """A candidate's place by score in its track; equal scores share one. `level`: what it stands for, None: nothing."""

    application_id: str
    rank: int
    score: Decimal
    level: str | None


@dataclass(frozen=True)
class PassedOver:
    """One that stands for less than some who rank below it, and might have stood for what they do."""

    who: Ranked
    track: str
    preferred: tuple[Ranked, ...]


def passed_over(
    rulebook: Rulebook, candidates: Mapping[str, Candidate], standing: Standing
) -> tuple[PassedOver, ...]:
    """Everybody whom a proposal passes over, the highest first in each track.

    Rank says nothing of a level without a limit of places, nor of one that is barred or misses the mark; and one of those for
    whom a quota keeps places goes before others as far as these places reach.
    """
    scored = {a: c for a, c in candidates.items() if c.score is not None}
    ranked = {a: _ranked(c, scored, standing.get(a)) for a, c in scored.items()}
    found = []
    for one in sorted(
        ranked.values(), key=lambda r: (candidates[r.application_id].track, r.rank, r.application_id)
    ):
        below = [
            ranked[a]
            for a, level in standing.items()
            if a in scored
            and _before(rulebook, candidates, standing, scored[a], level, scored[one.application_id])
        ]
        if below:
            below.sort(key=lambda r: (r.rank, r.application_id))
            found.append(PassedOver(one, scored[one.application_id].track, tuple(below)))
    return tuple(found)


def _ranked(candidate: Candidate, scored: Mapping[str, Candidate], level: str | None) -> Ranked:
    assert candidate.score is not None
    higher = sum(
        other.track == candidate.track and other.score is not None and other.score > candidate.score
        for other in scored.values()
    )
    return Ranked(candidate.application_id, higher + 1, candidate.score, level)


def _before(
    rulebook: Rulebook,
    candidates: Mapping[str, Candidate],
    standing: Standing,
    one: Candidate,
    level: str,
    other: Candidate,
) -> bool:
    """Whether `one`, who stands for a level, is preferred to another with a higher score who might have stood for it."""
    wanted = rulebook.level(level)
    has = standing.get(other.application_id)
    if one.track != other.track or one.score is None or other.score is None or one.score >= other.score:
        return False
    if has is not None and rulebook.level(has).rank <= wanted.rank:
        return False
    if rulebook.quota_of(level, one.track).places is None or hindrance(other, wanted) is not None:
        return False
    return not _kept_for(rulebook, candidates, standing, one, level, other)


def _kept_for(
    rulebook: Rulebook,
    candidates: Mapping[str, Candidate],
    standing: Standing,
    one: Candidate,
    level: str,
    other: Candidate,
) -> bool:
    """The place of `one` is among those that the quota keeps for such as it, and not for such as `other`."""
    quota = rulebook.quota_of(level, one.track)
    if quota.reserve is None or quota.reserve.fact not in one.facts or quota.reserve.fact in other.facts:
        return False
    favoured = sum(
        name in quota.levels
        and candidates[a].track in quota.tracks
        and quota.reserve.fact in candidates[a].facts
        for a, name in standing.items()
    )
    return favoured <= kept_places(quota)
