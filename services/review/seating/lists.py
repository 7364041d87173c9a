"""评审组 as they are shown: to the office and its watchers, and to each reviewer its own part once it is released."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
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
    return {"panels": mine_of(work, [cycle])[cycle.cycle_id]}


def mine_of(work: Work, cycles: Sequence[Cycle]) -> dict[str, list[dict[str, Any]]]:
    """The panels of `mine` by cycle, in as many statements for any number of cycles."""
    me = work.context.actor
    ids = [cycle.cycle_id for cycle in cycles]
    own = _by_cycle(work, _own(ids, me))
    rows: dict[str, list[Row[Any]]] = defaultdict(list)
    if own:
        for row in work.session.execute(select(_PANELS).where(_PANELS.c.cycle_id.in_(list(own)))):
            rows[row.cycle_id].append(row)
    return {
        cycle.cycle_id: [
            _state(row, [me], {}, own[cycle.cycle_id][row.stage, row.category], [], leading=row.leader == me)
            for row in _in_order(cycle, rows[cycle.cycle_id])
            if (row.stage, row.category) in own[cycle.cycle_id]
        ]
        for cycle in cycles
    }


def _own(cycles: Sequence[str], me: str) -> ColumnElement[bool]:
    """The condition that holds a reviewer to its own: on a panel that serves, not given up, no interest known by now."""
    same = agree(_PANELS, _ASSIGNMENTS, PANEL)
    serving = and_(same, _PANELS.c.state == Panelled.RELEASED.value, _PANELS.c.dissolved_on.is_(None))
    return and_(
        _ASSIGNMENTS.c.cycle_id.in_(cycles),
        _ASSIGNMENTS.c.expert_id == me,
        _ASSIGNMENTS.c.state.in_(ON_DUTY),
        select(_PANELS.c.stage).where(serving).exists(),
        interests.free(),
    )


def _panels(work: Work, cycle: Cycle) -> list[Row[Any]]:
    return _in_order(cycle, work.session.execute(select(_PANELS).where(_PANELS.c.cycle_id == cycle.cycle_id)))


def _in_order(cycle: Cycle, rows: Iterable[Row[Any]]) -> list[Row[Any]]:
    return sorted(rows, key=lambda row: (cycle.rulebook.phase_index(row.stage), row.stage, row.position))


def _assigned(work: Work, which: ColumnElement[bool]) -> dict[tuple[str, str], list[dict[str, Any]]]:
    """The assignments of one cycle by stage and category, in order of submission and position."""
    return next(iter(_by_cycle(work, which).values()), {})


def _by_cycle(
    work: Work, which: ColumnElement[bool]
) -> defaultdict[str, dict[tuple[str, str], list[dict[str, Any]]]]:
    dossiers = models.procedure.dossiers
    query = (
        select(_ASSIGNMENTS, _SHEETS.c.expert_id.is_not(None).label("submitted"))
        .join(dossiers, dossiers.c.application_id == _ASSIGNMENTS.c.application_id)
        .outerjoin(_SHEETS, agree(_SHEETS, _ASSIGNMENTS, SEAT))
        .where(which)
        .order_by(dossiers.c.sequence, _ASSIGNMENTS.c.position)
    )
    found: defaultdict[str, dict[tuple[str, str], list[dict[str, Any]]]] = defaultdict(dict)
    for row in work.session.execute(query):
        line = {name: getattr(row, name) for name in ("application_id", "expert_id", "position", "state")}
        panel = found[row.cycle_id].setdefault((row.stage, row.category), [])
        panel.append({**line, "submitted": bool(row.submitted)})
    return found


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
