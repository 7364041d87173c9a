"""入围 as it is made: the cut by rank after a review, when those who came so far enter the next stage.

Only then is it known who has withdrawn: one that has no longer counts, and the next by rank comes in. Where review does
not own the next stage, or that stage has no day, the cut is made when the review itself closes.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal

from services.review.admission import stop
from services.review.cuts import Scored, Verdict, cut_by_rank, places_of
from shared.calendar import CalendarNotPublished
from shared.procedure import Conductor, Cycle, Entrant
from shared.procedure.conductor import first_day
from shared.procedure.state import stage_for
from shared.rulebooks import Stage
from shared.store import Work


def at_close(
    cycle: Cycle, stage: Stage, today: date, entrants: list[Entrant], scored: Mapping[str, Decimal]
) -> dict[str, Verdict]:
    """Verdicts for those whom nobody will select at the entry to their next stage."""
    here = [e for e in entrants if not _selected_at_entry(cycle, stage, today, e.category)]
    return _verdicts(cycle, [(stage, entrant, scored.get(entrant.application_id)) for entrant in here])


def at_entry(work: Work, conductor: Conductor, cycle: Cycle, stage: Stage, entrants: list[Entrant]) -> None:
    """Stop those whom the cut of the review before leaves out of a stage that begins."""
    out = left_out(conductor, cycle, stage, entrants)
    for entrant in entrants:
        verdict = out.get(entrant.application_id)
        if verdict is not None:
            stop(work, conductor, cycle, stage, entrant, verdict.reason_zh, verdict.reason_en)


def left_out(conductor: Conductor, cycle: Cycle, stage: Stage, entrants: list[Entrant]) -> dict[str, Verdict]:
    """Those whom the cut of the review before would leave out if the stage began now, and why."""
    index = cycle.rulebook.phase_index(stage.key)
    before = cycle.rulebook.procedure[index - 1]
    came_from = [(stage_for(before, entrant.category), entrant) for entrant in entrants]
    ours = [(s, e, None) for s, e in came_from if s is not None and s.owner == conductor.service]
    return {name: verdict for name, verdict in _verdicts(cycle, ours).items() if not verdict.passed}


def _selected_at_entry(cycle: Cycle, stage: Stage, today: date, category: str | None) -> bool:
    phase = cycle.rulebook.phase_after(stage.key)
    following = stage_for(phase, category) if phase else None
    if following is None or following.owner != stage.owner:
        return False
    try:
        first_day(following, today)
    except CalendarNotPublished:
        return False
    return True


def _verdicts(cycle: Cycle, several: Iterable[tuple[Stage, Entrant, Decimal | None]]) -> dict[str, Verdict]:
    """Track by track, since each track competes for its own places. Without a score just given the one carried ranks."""
    by_track: dict[tuple[str, str], list[Scored]] = defaultdict(list)
    for stage, entrant, score in several:
        if stage.cut is None:
            continue
        track = cycle.rulebook.track_of(entrant.dossier["kind"], entrant.category)
        carried = entrant.carried.get("score")
        known = score if score is not None else Decimal(carried) if carried else None
        by_track[stage.key, track].append(Scored(entrant.application_id, known))
    verdicts: dict[str, Verdict] = {}
    for (key, track), scored in by_track.items():
        cut = cycle.rulebook.stage(key).cut
        assert cut is not None
        verdicts.update(cut_by_rank(cut, places_of(cycle.rulebook, track), scored))
    return verdicts
