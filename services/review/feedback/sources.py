"""What a report says, gathered from everything that counts: sheets, what was agreed on, and the reports of the stages.

What somebody wrote who is kept from the application by now is left out, and so is a sheet whose reviewer was replaced. The
reasons for marks, the notes of a meeting and the issues of a visit are the reviewers' own papers and are in no report.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from sqlalchemy import Table, and_, select

from services.review import conflicts, models, reports
from services.review.feedback import merging
from services.review.feedback.merging import WHOLE, Said
from services.review.scoring import consensus, sheets
from shared.procedure import Conductor, Cycle, Entrant
from shared.procedure.state import phase_complete, survivors
from shared.rulebooks import Stage
from shared.rulebooks.criteria import CriteriaTree
from shared.store import Work

_ITEMS, _REPORTS = models.sheet_items, models.stage_reports
_AGREED = models.consensus_items


@dataclass(frozen=True)
class Gathered:
    """What a draft begins with."""

    figures: dict[str, Any]
    texts: dict[str, Any]


def stages(cycle: Cycle, conductor: Conductor) -> list[Stage]:
    """The stages in which reviewers look at an application, in their order."""
    return [s for s in cycle.rulebook.stages if s.owner == conductor.service and s.panel is not None]


def over(work: Work, conductor: Conductor, cycle: Cycle) -> bool:
    """Whether every review is closed that anybody enters, as far as is known here; at least one was held."""
    closings = conductor.records.closings(work, cycle.cycle_id)
    known = conductor.records.categories(work, cycle.cycle_id)
    mine = {stage.key for stage in stages(cycle, conductor)}
    last = max((cycle.rulebook.phase_index(key) for key in mine), default=-1)
    for index, phase in enumerate(cycle.rulebook.procedure[: last + 1]):
        entering = survivors(cycle.rulebook, closings, known, index - 1)
        if not phase_complete(phase, closings, known, entering):
            return False
    return not mine.isdisjoint(closings)


def reviewed(work: Work, conductor: Conductor, cycle: Cycle) -> list[Entrant]:
    """Every application that was in a review, in order of submission; withdrawn ones left out."""
    found = {
        entrant.application_id: entrant
        for stage in stages(cycle, conductor)
        for entrant in conductor.records.entrants(work, cycle.cycle_id, stage.key)
    }
    return sorted(found.values(), key=lambda entrant: entrant.sequence)


def gather(
    work: Work, conductor: Conductor, cycle: Cycle, wanted: Collection[Entrant]
) -> dict[str, Gathered]:
    """By application: what is said of it. A few queries for each stage, however many applications there are."""
    ids = {entrant.application_id for entrant in wanted}
    said: dict[str, list[Said]] = defaultdict(list)
    for stage in stages(cycle, conductor):
        here = conductor.records.entrants(work, cycle.cycle_id, stage.key)
        for name, one in _stage(work, cycle, stage, [e for e in here if e.application_id in ids]).items():
            said[name].append(one)
    found = {}
    for entrant in wanted:
        tree, of_stages = tree_of(cycle, entrant), said[entrant.application_id]
        found[entrant.application_id] = Gathered(
            merging.figures(tree, of_stages), merging.texts(tree, of_stages)
        )
    return found


def tree_of(cycle: Cycle, entrant: Entrant) -> CriteriaTree | None:
    """What an application is scored by."""
    return cycle.rulebook.criteria_for(entrant.dossier["kind"], entrant.category)


def _stage(work: Work, cycle: Cycle, stage: Stage, entrants: list[Entrant]) -> dict[str, Said]:
    found = {entrant.application_id: Said() for entrant in entrants}
    _sheets(work, cycle, stage, entrants, found)
    _agreed(work, cycle, stage, entrants, found)
    recused = conflicts.pairs(work, [cycle.cycle_id], found.keys())
    query = select(_REPORTS).where(_here(_REPORTS, cycle, stage), _REPORTS.c.locked_at.is_not(None))
    for row in reports.standing(work, cycle, work.session.execute(query).all()):
        said = found.get(row.application_id)
        if said is not None and (row.application_id, row.by) not in recused:
            said.summary = row.summary
            said.strengths += [(WHOLE, text) for text in row.strengths]
            said.improvements += [(WHOLE, text) for text in row.improvements]
    return found


def _sheets(work: Work, cycle: Cycle, stage: Stage, entrants: list[Entrant], found: dict[str, Said]) -> None:
    """The words of the sheets that count, and the mean of their marks by item."""
    counted = {
        (line.application_id, line.expert_id)
        for line in sheets.lines(work, cycle, stage.key, entrants)
        if not line.recused and line.thousandths is not None
    }
    marks: dict[str, dict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
    for row in work.session.execute(select(_ITEMS).where(_here(_ITEMS, cycle, stage))):
        if (row.application_id, row.expert_id) in counted:
            marks[row.application_id][row.item].append(row.thousandths)
            found[row.application_id].strengths.append((row.item, row.strengths))
            found[row.application_id].improvements.append((row.item, row.improvements))
    for name, by_item in marks.items():
        found[name].marks = {item: Fraction(sum(given), len(given)) for item, given in by_item.items()}


def _agreed(work: Work, cycle: Cycle, stage: Stage, entrants: list[Entrant], found: dict[str, Said]) -> None:
    """Where a meeting made the score, its marks stand instead of the mean."""
    decided = consensus.agreed_totals(work, cycle, stage.key, entrants)
    if not decided:
        return
    agreed: dict[str, dict[str, Fraction]] = defaultdict(dict)
    query = select(_AGREED).where(_here(_AGREED, cycle, stage)).order_by(_AGREED.c.number)
    for row in work.session.execute(query):
        agreed[row.application_id][row.item] = Fraction(
            row.thousandths
        )  # the last meeting is the one that stands
    for name in decided:
        found[name].marks = agreed[name]


def _here(table: Table, cycle: Cycle, stage: Stage) -> Any:
    return and_(table.c.cycle_id == cycle.cycle_id, table.c.stage == stage.key)
