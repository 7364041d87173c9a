"""排名 as it is shown, and 偏离排名: one that the office leaves out above others needs a reason, which is kept for all to see
who watch over the cycle.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy import and_, select

from services.review import models
from services.review.cuts import places_of
from services.review.ranking import Table, passed_over, ranked, ranks
from shared.problems import FieldError, invalid_fields
from shared.procedure import Conductor, Cycle, Entrant
from shared.procedure.state import stage_for
from shared.rulebooks import Stage
from shared.store import Work

_SCORES, _DEVIATIONS, _ADMISSIONS = models.scores, models.rank_deviations, models.admissions


def shown(work: Work, conductor: Conductor, data: dict[str, Any]) -> dict[str, Any]:
    """The ranking after a stage, from the scores that it closed with; one withdrawn since counts no more."""
    cycle = conductor.cycle(work, data["cycle_id"])
    stage = conductor.own_stage(cycle, data["stage"])
    entrants = conductor.entrants(work, cycle.cycle_id, stage.key)
    here = and_(_SCORES.c.cycle_id == cycle.cycle_id, _SCORES.c.stage == stage.key)
    scores = {r.application_id: Decimal(r.score) for r in work.session.execute(select(_SCORES).where(here))}
    tracks: dict[tuple[str, str], list[Entrant]] = defaultdict(list)
    for entrant in entrants:
        if entrant.application_id in scores:
            tracks[_track(cycle, entrant), entrant.category or ""].append(entrant)
    told = [
        _table(cycle, stage, track, category, several, scores)
        for (track, category), several in sorted(tracks.items())
    ]
    return {"stage": stage.key, "decided": _decided(work, conductor, cycle, stage), "tracks": told}


def deviations(work: Work, conductor: Conductor, data: dict[str, Any]) -> dict[str, Any]:
    """Every deviation from rank of a cycle."""
    return {"deviations": recorded(work, conductor.cycle(work, data["cycle_id"]))}


def recorded(work: Work, cycle: Cycle) -> list[dict[str, Any]]:
    """The replies `Deviation` in the order of the stages and of rank."""
    rows = work.session.execute(select(_DEVIATIONS).where(_DEVIATIONS.c.cycle_id == cycle.cycle_id))
    names = (
        "stage", "application_id", "track", "rank", "score", "preferred", "reason", "decided_by", "decided_on",
    )  # fmt: skip
    lines = [{name: getattr(row, name) for name in names} for row in rows]
    return sorted(
        lines,
        key=lambda d: (cycle.rulebook.phase_index(d["stage"]), d["track"], d["rank"], d["application_id"]),
    )


def record(
    work: Work,
    cycle: Cycle,
    stage: Stage,
    entrants: Sequence[Entrant],
    admitted: set[str],
    reasons: list[dict[str, str]],
) -> None:
    """Keep why some are left out above others. In a real cycle each of them needs a reason: Invalid names all that have none.

    A reason for one that is not passed over is refused too: it would say something that is not so.
    """
    why = {line["application_id"]: line["reason"] for line in reasons}
    rows = _passed_over(cycle, stage, entrants, admitted)
    needed = {row["application_id"] for row in rows}
    errors = [
        FieldError(
            f"deviations.{number}.application_id", "该申报并未被排名在后者超越",
            "nobody who ranks below it is let in before it",
        )
        for number, line in enumerate(reasons)
        if line["application_id"] not in needed
    ]  # fmt: skip
    if not cycle.rehearsal:
        errors += [
            FieldError(
                "deviations",
                f"{row['application_id']} 排名第 {row['rank']}（{row['score']}），高于已列入者，须说明理由",
                f"{row['application_id']} ranks {row['rank']} ({row['score']}), above some let in: a reason is needed",
            )
            for row in rows
            if row["application_id"] not in why
        ]
    if errors:
        raise invalid_fields(
            errors, code="deviation_without_reason" if not cycle.rehearsal else "no_deviation"
        )
    by = {"decided_by": work.context.actor, "decided_on": work.today()}
    for row in rows:
        if row["application_id"] in why:
            kept = {**row, "reason": why[row["application_id"]], **by}
            work.session.execute(_DEVIATIONS.insert().values(**kept))
            work.audit(
                "rank:deviated", f"{stage.key}/{row['application_id']}", after=kept, reason=kept["reason"],
                cycle_id=cycle.cycle_id,
            )  # fmt: skip


def _passed_over(
    cycle: Cycle, stage: Stage, entrants: Sequence[Entrant], admitted: set[str]
) -> list[dict[str, Any]]:
    by_track: dict[tuple[str, str], dict[str, Decimal]] = defaultdict(dict)
    for entrant in entrants:
        if entrant.carried.get("score"):
            score = Decimal(entrant.carried["score"])
            by_track[_track(cycle, entrant), entrant.category or ""][entrant.application_id] = score
    found = []
    for (track, _), scores in sorted(by_track.items()):
        rank = ranks(scores)
        for over in passed_over(scores, admitted):
            preferred = [
                {"application_id": a, "rank": rank[a], "score": str(scores[a])} for a in over.preferred
            ]
            found.append(
                {
                    "cycle_id": cycle.cycle_id, "stage": stage.key, "application_id": over.application_id,
                    "track": track, "rank": rank[over.application_id], "score": str(scores[over.application_id]),
                    "preferred": preferred,
                }
            )  # fmt: skip
    return found


def _track(cycle: Cycle, entrant: Entrant) -> str:
    return cycle.rulebook.track_of(entrant.dossier["kind"], entrant.category)


def _table(
    cycle: Cycle,
    stage: Stage,
    track: str,
    category: str,
    entrants: list[Entrant],
    scores: dict[str, Decimal],
) -> dict[str, Any]:
    places = places_of(cycle.rulebook, track)
    order = [entrant.application_id for entrant in entrants]
    table: Table = ranked({a: scores[a] for a in order}, stage.cut, places, order)
    above = stage.cut.above if stage.cut else None
    free_zh, free_en = _undecided(cycle, stage, category or None)
    return {
        "track": track,
        "category": category or None,
        "places": places,
        "fits": table.fits,
        "above": None if above is None else str(above),
        "cut_line": None if table.cut_line is None else str(table.cut_line),
        "lines": [
            {
                "application_id": line.application_id,
                "rank": line.rank,
                "score": str(line.score),
                "tied": line.tied,
                "within": line.within,
                "reason_zh": line.reason_zh or free_zh,
                "reason_en": line.reason_en or free_en,
            }
            for line in table.lines
        ],
    }


def _undecided(cycle: Cycle, stage: Stage, category: str | None) -> tuple[str, str]:
    """Why rank does not decide who goes on after a stage without a cut."""
    phase = cycle.rulebook.phase_after(stage.key)
    following = stage_for(phase, category) if phase else None
    if following is not None and following.entry == "office":
        return (
            f"由评审办确定{following.title.zh}名单",
            f"the office settles the list for {following.title.en}",
        )
    return "本阶段不按排名淘汰", "nobody is cut by rank here"


def _decided(work: Work, conductor: Conductor, cycle: Cycle, stage: Stage) -> bool:
    """Whether the stage after has begun, or its list is settled; of one that another service owns nothing is known here."""
    phase = cycle.rulebook.phase_after(stage.key)
    for following in phase.stages if phase else ():
        if following.owner != conductor.service:
            continue
        if conductor.row(work, cycle.cycle_id, following.key).state in ("begun", "closed"):
            return True
        this = and_(_ADMISSIONS.c.cycle_id == cycle.cycle_id, _ADMISSIONS.c.stage == following.key)
        if work.session.execute(select(_ADMISSIONS.c.stage).where(this)).one_or_none() is not None:
            return True
    return False
