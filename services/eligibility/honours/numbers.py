"""证书编号: numbers of certificates, by jurisdiction, year and level, in the order of the rulebook. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from shared.rulebooks import Rulebook


@dataclass(frozen=True)
class Winner:
    """What decides an honour's place in the order."""

    application_id: str
    sequence: int
    level: str
    track: str


def in_order(rulebook: Rulebook, winners: Iterable[Winner]) -> list[Winner]:
    """The highest level first, tracks in the rulebook's order, then in the order of submission."""
    levels = {level.name: number for number, level in enumerate(rulebook.levels)}
    tracks = {track.name: number for number, track in enumerate(rulebook.tracks)}
    return sorted(winners, key=lambda won: (levels[won.level], tracks[won.track], won.sequence))


def prefix(rulebook: Rulebook, year: int, level: str) -> str:
    """What all numbers of a level and year begin with; levels are counted from 1, the highest first."""
    number = [each.name for each in rulebook.levels].index(level) + 1
    return f"{rulebook.jurisdiction.upper()}-{year}-{number}-"


def after(start: str, taken: Iterable[str]) -> str:
    """The next number with that beginning. None is ever given twice: a revoked one stays taken."""
    used = [int(number.removeprefix(start)) for number in taken if number.startswith(start)]
    return f"{start}{max(used, default=0) + 1:03d}"


def title_of(rulebook: Rulebook, level: str) -> str:
    """荣誉称号 as the certificate says it: the text's own longer name of the level, where it has one."""
    names = (level, *rulebook.level(level).aliases)
    return max(names, key=len)
