"""评审得分 as they are kept: the mean of the valid sheets, what was agreed on, or the figure carried on, and who goes on."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from services.review import models, selection
from services.review.cuts import Verdict
from services.review.scoring import consensus, sheets
from services.review.scoring.scores import mean
from services.review.sittings import Sitting
from services.review.visits import issues
from shared.procedure import Conductor, Cycle, Entrant, outcome
from shared.procedure.state import Outcome
from shared.rulebooks import Stage
from shared.store import Work

_SCORES = models.scores
_PASSED = Verdict(passed=True)


def close(work: Work, cycle: Cycle, stage: Stage, entrants: list[Entrant]) -> list[Outcome]:
    """Score every entrant, keep the scores, and say who goes on."""
    scored = _score(work, cycle, stage, entrants) if stage.scoring else {}
    verdicts = selection.at_close(cycle, stage, work.today(), entrants, scored)
    lines = []
    for entrant in entrants:
        verdict = verdicts.get(entrant.application_id, _PASSED)
        score = scored.get(entrant.application_id)
        lines.append(
            outcome(
                entrant.application_id,
                passed=verdict.passed,
                status=None if verdict.passed else "not_awarded",
                stopped_at=None if verdict.passed else stage.key,
                reason_zh=verdict.reason_zh,
                reason_en=verdict.reason_en,
                carried={} if score is None else {"score": str(score)},
            )
        )
    return lines


def listed(work: Work, conductor: Conductor, data: dict[str, Any]) -> dict[str, Any]:
    """The scores of the closed stages, by stage and then in order of submission."""
    cycle = conductor.cycle(work, data["cycle_id"])
    dossiers = models.procedure.dossiers
    query = (
        select(_SCORES, dossiers.c.sequence)
        .join(dossiers, dossiers.c.application_id == _SCORES.c.application_id)
        .where(_SCORES.c.cycle_id == cycle.cycle_id)
    )
    rows = sorted(
        work.session.execute(query),
        key=lambda row: (cycle.rulebook.phase_index(row.stage), row.stage, row.sequence),
    )
    names = ("application_id", "stage", "score", "valid_sheets")
    return {"scores": [{name: getattr(row, name) for name in names} for row in rows]}


def agreed(work: Work, cycle: Cycle, stage: Stage, entrants: list[Entrant]) -> dict[str, int]:
    """What reviewers agreed on, by application, where that and not the mean makes the score."""
    (found,) = agreed_of(work, [Sitting(cycle, stage.key, entrants)])
    return found


def agreed_of(work: Work, sittings: Sequence[Sitting]) -> list[dict[str, int]]:
    """`agreed` of each of several sittings, in as many statements as of one."""
    together = zip(
        consensus.agreed_totals_of(work, sittings), issues.joint_scores_of(work, sittings), strict=True
    )
    return [totals | joint for totals, joint in together]


def by_team(cycle: Cycle, stage: Stage) -> bool:
    """Whether the score is the team's joint one; a rehearsal without any goes by the sheets."""
    return stage.aggregation == "team" and not cycle.rehearsal


def standing(work: Work, cycle: Cycle, stage: Stage) -> dict[str, str]:
    """The scores that a stage closed with, by application; none before. What becomes known later changes none of them."""
    here = (_SCORES.c.cycle_id == cycle.cycle_id, _SCORES.c.stage == stage.key)
    return {row.application_id: row.score for row in work.session.execute(select(_SCORES).where(*here))}


def _score(work: Work, cycle: Cycle, stage: Stage, entrants: list[Entrant]) -> dict[str, Decimal]:
    valid, _ = sheets.counted(work, cycle, stage, entrants)
    together = agreed(work, cycle, stage, entrants)
    places = cycle.rulebook.score_rule.places
    scored: dict[str, Decimal] = {}
    rows = []
    for entrant in entrants:
        given = valid.get(entrant.application_id, [])
        if entrant.application_id in together:
            score = mean([together[entrant.application_id]], places)
        else:
            score = mean(given, places) if given else Decimal(entrant.carried["score"])
        scored[entrant.application_id] = score
        rows.append(
            {
                "cycle_id": cycle.cycle_id,
                "stage": stage.key,
                "application_id": entrant.application_id,
                "score": str(score),
                "valid_sheets": len(given),
            }
        )
    work.session.execute(_SCORES.insert(), rows)
    work.audit(
        "stage:scored", f"{cycle.cycle_id}/{stage.key}", after={"scores": rows}, cycle_id=cycle.cycle_id
    )
    return scored
