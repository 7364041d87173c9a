"""A small regulation made up for these tests: two tracks, three levels, marks, an exception, a reserve."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

from services.committee.candidates import Candidate
from shared.rulebooks import GrantRule, Level, Quota, Rulebook, Track, library
from shared.rulebooks.model import GrantException, Reserve

PUBLISHED = library().get("changning-2023")
A, B = "甲类", "乙类"
GOLD, SILVER, SPECIAL = "一等", "二等", "特别"


def _grant(level: str, track: str) -> GrantRule:
    again = GrantException(f"again_{level}", "3.4", None, (level,), uses_quota=False)
    broke = GrantException("state", "3.1", "state_budget_funded")
    return GrantRule(
        f"{level}_{track}", "award", level, track, 100, False, None, False, (again, broke), "3.3"
    )


def rulebook(
    *, failed: str = "out", reserve: Fraction | None = None, gold: int = 1, silver: int = 2
) -> Rulebook:
    """`failed` as in the vote rule; `reserve`: the share of the gold places kept for innovative SMEs."""
    kept = None if reserve is None else Reserve("innovative_sme", reserve, "9")
    return replace(
        PUBLISHED,
        id="made-up-1",
        jurisdiction="made-up",
        tracks=(Track(A, ("organization",), (), (), "1"), Track(B, ("individual",), (), (), "1")),
        levels=(
            Level(GOLD, (A, B), "2.1", Decimal(60), ("金",), 0),
            Level(SILVER, (A, B), "2.2", Decimal(50), (), 1),
            Level(SPECIAL, (B,), "2.3", None, (), 2),
        ),
        quotas=(
            Quota("gold", (GOLD,), (A, B), gold, "2", kept),
            Quota("silver_a", (SILVER,), (A,), silver, "2"),
            Quota("silver_b", (SILVER,), (B,), 1, "2"),
            Quota("special", (SPECIAL,), (B,), None, "2"),
        ),
        grants=tuple(_grant(level, track) for level in (GOLD, SILVER) for track in (A, B)),
        votes=replace(PUBLISHED.votes, failed=failed),  # type: ignore[arg-type]
    )


def candidate(
    number: int, score: str | None, track: str = A, *, barred: str = "", won: str = "", facts: str = ""
) -> Candidate:
    """Candidate a<number>; `barred`, `won` and `facts` hold one word at most."""
    return Candidate(
        f"a{number}",
        number,
        track,
        None if score is None else Decimal(score),
        frozenset({barred} - {""}),
        frozenset({won} - {""}),
        frozenset({facts} - {""}),
    )


def by_id(*several: Candidate) -> dict[str, Candidate]:
    return {each.application_id: each for each in several}
