"""曾获奖项: which earlier awards are this jurisdiction's own, and of which levels. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from shared.rulebooks.model import Level, Rulebook


def earlier_wins(
    rulebook: Rulebook, prior_awards: Iterable[Mapping[str, Any]], track: str | None
) -> Iterator[tuple[Mapping[str, Any], Level]]:
    """Earlier awards of this jurisdiction with their levels; of one track, if given (no track stated: one's own)."""
    for entry in prior_awards:
        level = _level_of(rulebook, entry)
        stated = entry.get("track")
        own = track is None or stated is None or stated in (track, *rulebook.track(track).aliases)
        if level is not None and own:
            yield entry, level


def levels_won(rulebook: Rulebook, prior_awards: Iterable[Mapping[str, Any]]) -> tuple[str, ...]:
    """The levels of this jurisdiction's award that were won before, in whatever track, the highest first."""
    ranks = {level.name: level.rank for _, level in earlier_wins(rulebook, prior_awards, None)}
    return tuple(sorted(ranks, key=ranks.__getitem__))


def _level_of(rulebook: Rulebook, entry: Mapping[str, Any]) -> Level | None:
    """The level that an earlier award was, if it is this jurisdiction's under a name that the rulebook knows.

    Without a jurisdiction an award of another level of government is somebody else's, whatever its name.
    """
    jurisdiction = entry.get("jurisdiction")
    if jurisdiction is None and entry.get("level", rulebook.government_level) != rulebook.government_level:
        return None
    if jurisdiction is not None and jurisdiction != rulebook.jurisdiction:
        return None
    name = entry.get("award")
    return next((level for level in rulebook.levels if name == level.name or name in level.aliases), None)
