"""评分情况: how far the sheets of each application lie apart, and what the sheets of a stage tell of the reviewers.

Shown only of applications all of whose sheets are in: a figure that moves with each sheet would give it away.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from fractions import Fraction
from typing import Any

from services.review import conflicts
from services.review.scoring import consensus, reading, results, sheets
from services.review.scoring.agreement import Severity, Units, additive, alpha, groups, severities
from services.review.scoring.scores import THOUSANDTHS, mean, rounded_text
from services.review.scoring.spread import spread, standard_deviation
from services.review.scoring.totals import percent_text
from services.review.sittings import Sitting
from shared.procedure import Conductor, Cycle, Entrant
from shared.rulebooks import Stage
from shared.store import Work

_PLACES = 2  # decimals of figures for people; scores keep those of their rulebook
_ALPHA_PLACES = 3


def complete(work: Work, cycle: Cycle, stage: str, entrants: list[Entrant]) -> dict[str, dict[str, int]]:
    """The valid sheets by application and reviewer, of those applications that wait for none."""
    (found,) = complete_of(work, [Sitting(cycle, stage, entrants)])
    return found


def complete_of(work: Work, sittings: Sequence[Sitting]) -> list[dict[str, dict[str, int]]]:
    """`complete` of each of several sittings, in as many statements as of one."""
    read = zip(conflicts.held_of(work, sittings), sheets.lines_of(work, sittings), strict=True)
    return [_complete(held, lines) for held, lines in read]


def _complete(held: Iterable[str], lines: Iterable[sheets.Line]) -> dict[str, dict[str, int]]:
    valid: dict[str, dict[str, int]] = defaultdict(dict)
    out = set(held)
    for line in lines:
        if line.recused:
            continue
        if line.thousandths is None:
            out.add(line.application_id)
        else:
            valid[line.application_id][line.expert_id] = line.thousandths
    return {name: given for name, given in valid.items() if name not in out}


def spreads(work: Work, conductor: Conductor, data: dict[str, Any]) -> dict[str, Any]:
    """For the office and its watchers of the whole stage, for a leader of its panels."""
    cycle = conductor.cycle(work, data["cycle_id"])
    stage = conductor.own_stage(cycle, data["stage"])
    entrants = reading.seen(work, conductor, cycle, stage.key)
    found = complete(work, cycle, stage.key, entrants)
    scored = results.standing(work, cycle, stage)
    agreed = results.agreed(work, cycle, stage, entrants)
    limit = cycle.rulebook.outlier.points if cycle.rulebook.outlier else None
    return {
        "applications": [
            _line(
                cycle,
                stage,
                entrant,
                found[entrant.application_id],
                limit,
                agreed,
                scored.get(entrant.application_id),
            )
            for entrant in entrants
            if entrant.application_id in found
        ],
        "waiting": len(entrants) - len(found),
        "outlier_points": limit,
    }


def _line(
    cycle: Cycle,
    stage: Stage,
    entrant: Entrant,
    given: dict[str, int],
    limit: int | None,
    agreed: dict[str, int],
    closed_with: str | None,
) -> dict[str, Any]:
    seen, places = spread(given, limit), cycle.rulebook.score_rule.places
    by_sheets = f"{mean(list(given.values()), places):f}"
    score: str | None = by_sheets
    if entrant.application_id in agreed:
        score = f"{mean([agreed[entrant.application_id]], places):f}"
    elif consensus.decides(cycle, stage.key, entrant) or results.by_team(cycle, stage):
        score = None
    return {
        "application_id": entrant.application_id,
        "valid_sheets": len(given),
        "mean": by_sheets,
        "median": rounded_text(seen.median, _PLACES + 1),
        "lowest": percent_text(seen.lowest),
        "highest": percent_text(seen.highest),
        "apart": percent_text(seen.apart),
        "deviation": None if seen.deviation is None else percent_text(seen.deviation),
        "score": closed_with or score,
        "outliers": [
            {"expert_id": name, "apart": rounded_text(apart, _PLACES + 1)}
            for name, apart in sorted(seen.outliers.items())
        ],
    }


def calibration(work: Work, conductor: Conductor, data: dict[str, Any], *, least: int) -> dict[str, Any]:
    """By stage; below `least` applications, or compared sheets of a reviewer, it says that they are too few."""
    cycle = conductor.cycle(work, data["cycle_id"])
    stages = [
        stage
        for stage in cycle.rulebook.stages
        if stage.owner == conductor.service and stage.panel is not None and data["stage"] in (None, stage.key)
    ]
    found = []
    for stage in stages:
        units = complete(work, cycle, stage.key, conductor.entrants(work, cycle.cycle_id, stage.key))
        if units:
            found.append(_stage(stage, units, least))
    return {"least": least, "stages": found}


def _stage(stage: Stage, units: Units, least: int) -> dict[str, Any]:
    paired = [list(values.values()) for values in units.values() if len(values) > 1]
    few = len(paired) < least
    agreement = None if few else alpha(paired)
    shares = additive(units)
    group: dict[str, int] = {}
    for number, members in enumerate(groups(units), start=1):
        group |= dict.fromkeys(members, number)
    own: dict[str, list[int]] = defaultdict(list)
    for values in units.values():
        for name, value in values.items():
            own[name].append(value)
    return {
        "stage": stage.key,
        "applications": len(units),
        "alpha": None if agreement is None else rounded_text(agreement * THOUSANDTHS, _ALPHA_PLACES),
        "few": few,
        "reviewers": [
            _reviewer(name, figures, shares[name], group[name], own[name], least)
            for name, figures in severities(units).items()
        ],
    }


def _reviewer(
    name: str, figures: Severity, share: float, group: int, own: list[int], least: int
) -> dict[str, Any]:
    few = figures.compared < least
    said = not few and figures.mean is not None
    deviation = standard_deviation(own)
    return {
        "expert_id": name,
        "sheets": figures.sheets,
        "compared": figures.compared,
        "few": few,
        "difference": rounded_text(figures.mean, _PLACES) if said and figures.mean is not None else None,
        "share": rounded_text(Fraction(share), _PLACES) if said else None,
        "group": group,
        "deviation": None if few or deviation is None else percent_text(deviation),
    }
