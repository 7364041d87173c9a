"""评审组 as they are shown: to the office and its watchers, and to each reviewer its own part once it is released."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import asdict
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, select

from services.review import conflicts, models
from services.review.conditions import PANEL, SEAT, agree
from services.review.seating import interests
from services.review.seating.states import ON_DUTY, Panelled
from shared.contracts.operations.roles import OFFICE
from shared.procedure import Conductor, Cycle, Entrant
from shared.store import Work

_PANELS, _ASSIGNMENTS, _SHEETS = models.panels, models.assignments, models.sheets


def listed(work: Work, conductor: Conductor, data: dict[str, Any]) -> dict[str, Any]:
    """All panels of a cycle in the order of the stages, drafts too, for the office and its watchers.

    In a real cycle the office is told neither who is kept from what nor why; `inspect` gives it the numbers.
    """
    cycle = conductor.cycle(work, data["cycle_id"])
    assigned = _assigned(work, _ASSIGNMENTS.c.cycle_id == cycle.cycle_id)
    told = cycle.rehearsal or work.context.role != OFFICE
    grounds = _grounds(work, cycle) if told else []
    return {
        "panels": [
            _state(
                row,
                list(row.members),
                row.recused if told else {},
                assigned.get((row.stage, row.category), []),
                grounds,
            )
            for row in _panels(work, cycle)
        ]
    }


def _grounds(work: Work, cycle: Cycle) -> list[dict[str, Any]]:
    """Every recusal that is known now, with its reason: also one that became known after the panel was formed."""
    dossiers = models.procedure.dossiers
    here = and_(dossiers.c.cycle_id == cycle.cycle_id, dossiers.c.withdrawn_on.is_(None))
    rows = work.session.execute(select(dossiers).where(here).order_by(dossiers.c.sequence))
    entrants = [Entrant(row.application_id, row.sequence, row.dossier) for row in rows]
    return [asdict(recusal) for recusal in conflicts.recusals(work, cycle, entrants)]


def mine(work: Work, conductor: Conductor, data: dict[str, Any]) -> dict[str, Any]:
    """A reviewer's own work and nothing else: neither colleagues nor drafts, nor applications that it is kept from."""
    cycle = conductor.cycle(work, data["cycle_id"])
    me = work.context.actor
    own = _assigned(work, _own(work, cycle, me))
    return {
        "panels": [
            _state(row, [me], {}, own[row.stage, row.category], [], leading=row.leader == me)
            for row in _panels(work, cycle)
            if (row.stage, row.category) in own
        ]
    }


def _own(work: Work, cycle: Cycle, me: str) -> ColumnElement[bool]:
    """The condition that holds a reviewer to its own: on a panel that serves, not given up, no interest known by now."""
    same = agree(_PANELS, _ASSIGNMENTS, PANEL)
    serving = and_(same, _PANELS.c.state == Panelled.RELEASED.value, _PANELS.c.dissolved_on.is_(None))
    return and_(
        _ASSIGNMENTS.c.cycle_id == cycle.cycle_id,
        _ASSIGNMENTS.c.expert_id == me,
        _ASSIGNMENTS.c.state.in_(ON_DUTY),
        select(_PANELS.c.stage).where(serving).exists(),
        interests.free(),
    )


def _panels(work: Work, cycle: Cycle) -> list[Row[Any]]:
    rows = work.session.execute(select(_PANELS).where(_PANELS.c.cycle_id == cycle.cycle_id))
    return sorted(rows, key=lambda row: (cycle.rulebook.phase_index(row.stage), row.stage, row.position))


def _assigned(work: Work, which: ColumnElement[bool]) -> dict[tuple[str, str], list[dict[str, Any]]]:
    """Assignments by stage and category, in order of submission and position."""
    dossiers = models.procedure.dossiers
    query = (
        select(_ASSIGNMENTS, _SHEETS.c.expert_id.is_not(None).label("submitted"))
        .join(dossiers, dossiers.c.application_id == _ASSIGNMENTS.c.application_id)
        .outerjoin(_SHEETS, agree(_SHEETS, _ASSIGNMENTS, SEAT))
        .where(which)
        .order_by(dossiers.c.sequence, _ASSIGNMENTS.c.position)
    )
    found: dict[tuple[str, str], list[dict[str, Any]]] = defaultdict(list)
    for row in work.session.execute(query):
        line = {name: getattr(row, name) for name in ("application_id", "expert_id", "position", "state")}
        found[row.stage, row.category].append({**line, "submitted": bool(row.submitted)})
    return dict(found)


def _state(
    row: Row[Any],
    members: list[str],
    recused: dict[str, list[str]],
    assigned: list[dict[str, Any]],
    grounds: list[dict[str, Any]],
    *,
    leading: bool = True,
) -> dict[str, Any]:
    """The reply `PanelState`. `leading`: whether the leader may be named."""
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
        "state": row.state,
        "leader": row.leader if leading else None,
    }
