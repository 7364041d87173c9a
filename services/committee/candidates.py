"""候选人: who stands before the committee, and for which level it may stand. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from shared.rulebooks import Level, Rulebook
from shared.rulebooks.case import Case
from shared.rulebooks.model import GrantException, Words
from shared.rulebooks.operators import earlier_wins


@dataclass(frozen=True)
class Candidate:
    """An application before the committee. `score` in percent, None where no stage gave one.

    `barred`: levels that it cannot win; `won`: levels of this award won before; `facts`: names of the facts that hold.
    """

    application_id: str
    sequence: int
    track: str
    score: Decimal | None
    barred: frozenset[str] = frozenset()
    won: frozenset[str] = frozenset()
    facts: frozenset[str] = frozenset()

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
    facts = dossier["facts"]
    score = carried.get("score")
    return Candidate(
        application_id=application_id,
        sequence=sequence,
        track=rulebook.track_of(dossier["kind"], dossier.get("category")),
        score=None if score is None else Decimal(score),
        barred=frozenset(carried.get("barred_levels") or ()),
        won=levels_won(rulebook, facts),
        facts=frozenset(name for name, value in facts.items() if value is True),
    )


def levels_won(rulebook: Rulebook, facts: Mapping[str, Any]) -> frozenset[str]:
    """The levels of this jurisdiction's award that the applicant has won before, in whatever track."""
    case = Case(
        kind="",
        applicant_key="",
        uscc="",
        submitted_on=date.min,
        cycle_year=1,
        opens_on=date.min,
        closes_on=date.min,
        facts={"prior_awards": facts.get("prior_awards")},
    )
    return frozenset(level.name for _, level in earlier_wins(rulebook, case, None))


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
    exceptions = () if grant is None else grant.exceptions
    return not any(_applies(each, candidate) and not each.uses_quota for each in exceptions)


def _applies(exception: GrantException, candidate: Candidate) -> bool:
    return exception.fact in candidate.facts or bool(candidate.won & set(exception.won_before))
