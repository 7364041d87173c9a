"""评审组 as it is kept: drawn when a stage begins, shown to the office, and to each reviewer its own part."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import asdict
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, select

from services.review import conflicts, experts, models
from services.review.conflicts.recusals import kept_from
from services.review.panels import NoPanelError, Panel, draw, seed_of
from shared.procedure import Blocked, Conductor, Cycle, Entrant
from shared.rulebooks import Stage
from shared.store import Work

_PANELS, _ASSIGNMENTS, _SHEETS = models.panels, models.assignments, models.sheets
_NO_CATEGORY = ""


def form(work: Work, cycle: Cycle, stage: Stage, entrants: list[Entrant]) -> None:
    """Draw one panel for each category of the stage. Raises Blocked with what is needed and what there is."""
    conflicts.of_cycle(work, cycle)
    by_category: dict[str, list[Entrant]] = defaultdict(list)
    for entrant in entrants:
        by_category[entrant.category or _NO_CATEGORY].append(entrant)
    order = ["", *cycle.rulebook.categories]
    for number, category in enumerate(sorted(by_category, key=order.index)):
        _form_one(work, cycle, stage, category, number, by_category[category])


def _form_one(
    work: Work, cycle: Cycle, stage: Stage, category: str, number: int, entrants: list[Entrant]
) -> None:
    assert stage.panel is not None
    pool = experts.reviewers(work, cycle)
    applicants = experts.applicants(entrants)
    kept = kept_from(experts.recusals(work, cycle, entrants))
    seed = seed_of(pool, applicants, stage.key, category or None)
    try:
        panel = draw(stage.panel, pool, applicants, kept, seed)
    except NoPanelError as none:
        raise Blocked(
            f"{stage.title.zh}无法组成评审组：{none.reason_zh}",
            f"no panel can be formed for {stage.title.en}: {none.reason_en}",
        ) from None
    place = {entrant.application_id: entrant.sequence for entrant in entrants}
    recused = {expert: sorted(ids, key=place.__getitem__) for expert, ids in sorted(kept.items())}
    row = {
        "cycle_id": cycle.cycle_id,
        "stage": stage.key,
        "category": category,
        "position": number,
        "members": list(panel.members),
        "industry_share": str(panel.industry_share),
        "recused": recused,
        "seed": panel.seed,
        "formed_on": work.today(),
    }
    work.session.execute(_PANELS.insert().values(**row))
    work.session.execute(_ASSIGNMENTS.insert(), _assignment_rows(cycle, stage, category, panel))
    work.audit("panel:formed", f"{cycle.cycle_id}/{stage.key}/{category}", after=row, cycle_id=cycle.cycle_id)


def _assignment_rows(cycle: Cycle, stage: Stage, category: str, panel: Panel) -> list[dict[str, Any]]:
    return [
        {
            "cycle_id": cycle.cycle_id,
            "stage": stage.key,
            "application_id": a.application_id,
            "expert_id": a.expert_id,
            "category": category,
            "position": a.position,
        }
        for a in panel.assignments
    ]


def listed(work: Work, conductor: Conductor, data: dict[str, Any]) -> dict[str, Any]:
    """All panels of a cycle in the order of the stages, for the office and its watchers."""
    cycle = conductor.cycle(work, data["cycle_id"])
    assigned = _assigned(work, _ASSIGNMENTS.c.cycle_id == cycle.cycle_id)
    grounds = _grounds(work, cycle)
    return {
        "panels": [
            _state(row, list(row.members), row.recused, assigned.get((row.stage, row.category), []), grounds)
            for row in _panels(work, cycle)
        ]
    }


def _grounds(work: Work, cycle: Cycle) -> list[dict[str, Any]]:
    """Every recusal that is known now, with its reason: also one that became known after the panel was formed."""
    dossiers = models.procedure.dossiers
    here = and_(dossiers.c.cycle_id == cycle.cycle_id, dossiers.c.withdrawn_on.is_(None))
    rows = work.session.execute(select(dossiers).where(here).order_by(dossiers.c.sequence))
    entrants = [Entrant(row.application_id, row.sequence, row.dossier) for row in rows]
    return [asdict(recusal) for recusal in experts.recusals(work, cycle, entrants)]


def mine(work: Work, conductor: Conductor, data: dict[str, Any]) -> dict[str, Any]:
    """A reviewer's own work and nothing else: neither colleagues, nor applications that it is kept from."""
    cycle = conductor.cycle(work, data["cycle_id"])
    me = work.context.actor
    own = _assigned(work, _own(work, cycle, me))
    return {
        "panels": [
            _state(row, [me], {}, own[row.stage, row.category], [])
            for row in _panels(work, cycle)
            if (row.stage, row.category) in own
        ]
    }


def _own(work: Work, cycle: Cycle, me: str) -> ColumnElement[bool]:
    """The condition that holds a reviewer to its own: assigned to it, not withdrawn, no interest known by now."""
    dossiers = models.procedure.dossiers
    withdrawn = select(dossiers.c.application_id).where(
        dossiers.c.cycle_id == cycle.cycle_id, dossiers.c.withdrawn_on.is_not(None)
    )
    return and_(
        _ASSIGNMENTS.c.cycle_id == cycle.cycle_id,
        _ASSIGNMENTS.c.expert_id == me,
        _ASSIGNMENTS.c.application_id.not_in(withdrawn),
        conflicts.free(_ASSIGNMENTS),
    )


def _panels(work: Work, cycle: Cycle) -> list[Row[Any]]:
    rows = work.session.execute(select(_PANELS).where(_PANELS.c.cycle_id == cycle.cycle_id))
    return sorted(rows, key=lambda row: (cycle.rulebook.phase_index(row.stage), row.stage, row.position))


def _assigned(work: Work, which: ColumnElement[bool]) -> dict[tuple[str, str], list[dict[str, Any]]]:
    """Assignments by stage and category, in order of submission and position."""
    dossiers, same = models.procedure.dossiers, ("cycle_id", "stage", "application_id", "expert_id")
    query = (
        select(_ASSIGNMENTS, _SHEETS.c.expert_id.is_not(None).label("submitted"))
        .join(dossiers, dossiers.c.application_id == _ASSIGNMENTS.c.application_id)
        .outerjoin(_SHEETS, and_(*(_SHEETS.c[name] == _ASSIGNMENTS.c[name] for name in same)))
        .where(which)
        .order_by(dossiers.c.sequence, _ASSIGNMENTS.c.position)
    )
    found: dict[tuple[str, str], list[dict[str, Any]]] = defaultdict(list)
    for row in work.session.execute(query):
        line = {name: getattr(row, name) for name in ("application_id", "expert_id", "position")}
        found[row.stage, row.category].append({**line, "submitted": bool(row.submitted)})
    return dict(found)


def _state(
    row: Row[Any],
    members: list[str],
    recused: dict[str, list[str]],
    assigned: list[dict[str, Any]],
    grounds: list[dict[str, Any]],
) -> dict[str, Any]:
    """The reply `PanelState`."""
    return {
        "stage": row.stage,
        "category": row.category or None,
        "size": len(row.members),
        "industry_share": row.industry_share,
        "members": members,
        "recused": recused,
        "grounds": grounds,
        "assignments": assigned,
        "seed": row.seed,
    }
