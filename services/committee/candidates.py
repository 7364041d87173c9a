"""候选人: who stands before the committee, and for which level it may stand. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from shared.rulebooks import Level, Rulebook
from shared.rulebooks.exceptions import Winner, live_exceptions, true_facts
from shared.rulebooks.model import Words


@dataclass(frozen=True)
class Candidate:
    """An application before the committee. `score` in percent, None where no stage gave one.

    `barred`: levels that it cannot win; `won`: levels of this award won before; `facts`: names of the facts that hold;
    `social_votes`: the public's votes where it was asked, shown and no part of any reckoning.
    """

    application_id: str
    sequence: int
    track: str
    score: Decimal | None
    barred: frozenset[str] = frozenset()
    won: frozenset[str] = frozenset()
    facts: frozenset[str] = frozenset()
    kind: str = "organization"
    social_votes: int | None = None
    name: str | None = None

    @property
    def rank(self) -> tuple[Decimal, int]:
        """Sorts candidates: the higher score first, then the one submitted first; none is below every score."""
        return (-self.score if self.score is not None else Decimal(1), self.sequence)


def candidate_of(
    rulebook: Rulebook,
    application_id: str,
    sequence: int,
    dossier: Mapping[str, Any],
    carried: Mapping[str, Any],
) -> Candidate:
    """The candidate that a dossier and the stages before make."""
    score = carried.get("score")
    return Candidate(
        application_id=application_id,
        sequence=sequence,
        track=rulebook.track_of(dossier["kind"], dossier.get("category")),
        score=None if score is None else Decimal(score),
        barred=frozenset(carried.get("barred_levels") or ()),
        won=frozenset(carried.get("won_levels") or ()),
        facts=true_facts(dossier["facts"]),
        kind=dossier["kind"],
        social_votes=carried.get("social_votes"),
        name=dossier.get("name"),
    )


def hindrance(candidate: Candidate, level: Level) -> Words | None:
    """Why a candidate may not stand for a level, None where it may."""
    if candidate.track not in level.tracks:
        return Words(
            f"{level.name}不授予{candidate.track}", f"{level.name} is not awarded in {candidate.track}"
        )
    if level.name in candidate.barred:
        return Words(f"不得参评{level.name}", f"barred from {level.name}")
    mark = level.minimum_score
    if mark is not None and (candidate.score is None or candidate.score < mark):
        return Words(
            f"得分 {candidate.score or '无'}，低于{level.name}分数线 {mark}",
            f"score {candidate.score or 'none'} is below the mark of {level.name}, {mark}",
        )
    return None


def open_levels(rulebook: Rulebook, candidate: Candidate) -> tuple[Level, ...]:
    """The levels that a candidate may stand for, the highest first."""
    return tuple(level for level in rulebook.levels if hindrance(candidate, level) is None)


def uses_quota(rulebook: Rulebook, candidate: Candidate, level: str) -> bool:
    """Whether the award would take a place: not where places are unlimited, nor where an exception spares it."""
    track = candidate.track
    if all(q.places is None for q in rulebook.quotas if level in q.levels and track in q.tracks):
        return False
    grant = rulebook.grant_for(level, track)
    winner = Winner(candidate.kind, candidate.facts, candidate.won)
    exceptions = () if grant is None else live_exceptions(grant, winner)
    return not any(each.uses_quota is False for each in exceptions)
