"""履职记录: what an expert did, counted from panels, assignments and sheets. Nobody types it, and it names nobody else."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from sqlalchemy import select

from services.review import conflicts, models
from services.review.conditions import SEAT, agree, in_world
from services.review.register import lists
from services.review.register.worlds import require_own, world_of
from services.review.seating.states import Assigned, Panelled
from shared.procedure import Conductor
from shared.store import Work

Data = dict[str, Any]
Place = tuple[str, str, str]  # cycle, stage, category
_PANELS, _ASSIGNMENTS, _SHEETS = models.panels, models.assignments, models.sheets
_CYCLES = models.procedure.cycles


def served(work: Work, conductor: Conductor, data: Data) -> Data:
    """The reply `ServiceHistory`. A panel that is only drafted is nobody's service yet; what an expert is kept from is not
    counted to itself. Raises NotFound.
    """
    require_own(work, data["expert_id"])
    world = world_of(work, conductor, data)
    lists.shown(work, world, data["expert_id"])
    me = data["expert_id"]
    own = _assigned(work, world, me)
    found = []
    for row in _panels(work, world):
        place = (row.cycle_id, row.stage, row.category)
        mine = own.get(place)
        recused = 0 if work.context.actor == me else len(row.recused.get(me, ()))
        if mine or recused or me in row.members:
            found.append(_line(row, me, mine or {}, recused))
    return {"expert_id": me, "served": found}


def _line(row: Any, me: str, mine: dict[str, int], recused: int) -> Data:
    return {
        "cycle_id": row.cycle_id,
        "year": row.year,
        "stage": row.stage,
        "category": row.category or None,
        "seated": me in row.members,
        **{name: mine.get(name, 0) for name in ("assigned", "submitted", "declined", "replaced")},
        "recused": recused,
    }


def _panels(work: Work, world: str) -> list[Any]:
    """The world's released panels, those of the newest cycle first."""
    query = (
        select(_PANELS, _CYCLES.c.year)
        .join(_CYCLES, _CYCLES.c.id == _PANELS.c.cycle_id)
        .where(in_world(world), _PANELS.c.state != Panelled.DRAFTED)
        .order_by(_CYCLES.c.opens_on.desc(), _PANELS.c.cycle_id, _PANELS.c.formed_on, _PANELS.c.stage)
    )
    return list(work.session.execute(query))


def _assigned(work: Work, world: str, me: str) -> dict[Place, dict[str, int]]:
    query = (
        select(_ASSIGNMENTS, _SHEETS.c.expert_id.is_not(None).label("submitted"))
        .join(_CYCLES, _CYCLES.c.id == _ASSIGNMENTS.c.cycle_id)
        .outerjoin(_SHEETS, agree(_SHEETS, _ASSIGNMENTS, SEAT))
        .where(in_world(world), _ASSIGNMENTS.c.expert_id == me, _ASSIGNMENTS.c.state != Assigned.DRAFTED)
    )
    if work.context.actor == me:
        query = query.where(conflicts.free(_ASSIGNMENTS))
    found: dict[Place, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for row in work.session.execute(query):
        counts = found[row.cycle_id, row.stage, row.category]
        counts["assigned"] += 1
        counts["submitted"] += bool(row.submitted)
        if row.state in (Assigned.DECLINED, Assigned.REPLACED):
            counts[row.state] += 1
    return found
