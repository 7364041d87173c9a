"""入围: who goes on by rank, where the rulebook cuts by a ratio of the places. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from math import floor

from shared.rulebooks import Rulebook
from shared.rulebooks.model import Cut


@dataclass(frozen=True)
class Scored:
    """An application with its score in percent; None where it has none, which counts below every mark."""

    application_id: str
    score: Decimal | None


@dataclass(frozen=True)
class Verdict:
    """Whether it goes on, and why not."""

    passed: bool
    reason_zh: str = ""
    reason_en: str = ""


def places_of(rulebook: Rulebook, track: str) -> int | None:
    """The places that a track competes for, each quota counted once; None where they are not limited."""
    quotas = [quota for quota in rulebook.quotas if track in quota.tracks]
    limited = [quota.places for quota in quotas if quota.places is not None]
    if not quotas or len(limited) < len(quotas):
        return None
    return sum(limited)


def cut_by_rank(cut: Cut, places: int | None, entrants: Sequence[Scored]) -> Mapping[str, Verdict]:
    """A verdict for each entrant of one track.

    At most ratio × places, rounded down, go on, and only with a score strictly above the mark where there is one.
    Equal scores at the edge that do not all fit stay out together. Without limited places there is no cut and no mark.
    """
    if places is None:
        return {entrant.application_id: Verdict(passed=True) for entrant in entrants}
    fits = floor(cut.ratio * places)
    above = [e for e in entrants if e.score is not None and (cut.above is None or e.score > cut.above)]
    ranked = sorted((e.score for e in above if e.score is not None), reverse=True)
    edge = ranked[fits] if len(ranked) > fits else None  # the best score that does not fit any more
    going_on = {e.application_id for e in above if edge is None or (e.score is not None and e.score > edge)}
    tied = len(going_on) < min(fits, len(above))
    candidates = {e.application_id: e for e in above}
    verdicts: dict[str, Verdict] = {}
    for entrant in entrants:
        if entrant.application_id in going_on:
            verdicts[entrant.application_id] = Verdict(passed=True)
        elif entrant.application_id not in candidates:
            verdicts[entrant.application_id] = _below(cut, entrant)
        elif tied and entrant.score == edge:
            verdicts[entrant.application_id] = Verdict(
                False,
                f"得分并列，{fits} 个入围名额不能全部容纳，均未入围",
                f"equal scores at the edge do not all fit into {fits} places and stay out together",
            )
        else:
            verdicts[entrant.application_id] = Verdict(
                False, f"按得分排名未进入前 {fits} 名", f"not among the first {fits} by score"
            )
    return verdicts


def _below(cut: Cut, entrant: Scored) -> Verdict:
    if entrant.score is None:
        return Verdict(False, "没有得分", "there is no score")
    return Verdict(False, f"得分未高于 {cut.above}", f"the score is not above {cut.above}")
