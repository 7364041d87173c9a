"""排名: who stands where after a stage, who goes on and why, and whom a list passes over. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from decimal import Decimal
from math import floor

from services.review.cuts import Scored, cut_by_rank
from shared.rulebooks.model import Cut


@dataclass(frozen=True)
class Line:
    """One application's place. Equal scores share a rank, and the next one's leaves as many out."""

    application_id: str
    rank: int
    score: Decimal
    tied: bool
    within: bool | None  # None where nothing is cut
    reason_zh: str
    reason_en: str


@dataclass(frozen=True)
class Table:
    """One track's ranking; `fits` and `cut_line` are None where nothing is cut, or nobody goes on."""

    lines: tuple[Line, ...]
    fits: int | None
    cut_line: Decimal | None


@dataclass(frozen=True)
class PassedOver:
    """One left out although it ranks above some that are let in."""

    application_id: str
    preferred: tuple[str, ...]


def ranks(scores: Mapping[str, Decimal]) -> dict[str, int]:
    """By application, one more than how many have a higher score."""
    ordered = sorted(scores.values(), reverse=True)
    first: dict[Decimal, int] = {}
    for place, score in enumerate(ordered, start=1):
        first.setdefault(score, place)
    return {application: first[score] for application, score in scores.items()}


def ranked(scores: Mapping[str, Decimal], cut: Cut | None, places: int | None, order: Sequence[str]) -> Table:
    """The ranking of one track; equal ones stand in the order given. Without a cut, or without limited places, all go on
    as far as the score decides: `within` is None.
    """
    rank = ranks(scores)
    several = list(scores.values())
    limited = cut is not None and places is not None
    verdicts = cut_by_rank(cut, places, [Scored(a, s) for a, s in scores.items()]) if cut else {}
    lines = []
    for application in sorted(scores, key=lambda a: (rank[a], order.index(a))):
        tied = several.count(scores[application]) > 1
        verdict = verdicts.get(application)
        within = verdict.passed if limited and verdict else None
        zh, en = (verdict.reason_zh, verdict.reason_en) if verdict else ("", "")
        if within:
            zh, en = f"得分排名第 {rank[application]}", f"rank {rank[application]} by score"
        lines.append(Line(application, rank[application], scores[application], tied, within, zh, en))
    inside = [line.score for line in lines if line.within]
    fits = floor(cut.ratio * places) if cut is not None and places is not None else None
    return Table(tuple(lines), fits, min(inside) if inside else None)


def passed_over(scores: Mapping[str, Decimal], admitted: AbstractSet[str]) -> tuple[PassedOver, ...]:
    """Everyone of one track whom a list leaves out below whose score it lets somebody in, the highest first."""
    found = []
    for application in sorted(scores.keys() - admitted, key=lambda a: (-scores[a], a)):
        below = [a for a in admitted & scores.keys() if scores[a] < scores[application]]
        if below:
            found.append(PassedOver(application, tuple(sorted(below, key=lambda a: (-scores[a], a)))))
    return tuple(found)
