"""我的评审: what a reviewer has to do in all cycles, in one answer."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from services.review import models
from services.review.conflicts import sources, statements
from services.review.seating import lists
from services.review.seating.states import ON_DUTY
from shared.procedure import Conductor
from shared.store import Work

_ASSIGNMENTS, _CYCLES = models.assignments, models.procedure.cycles
_MOST = 50  # cycles, the newest: somebody who reviews every year comes to as many in decades


def listed(work: Work, conductor: Conductor) -> dict[str, Any]:
    """The reply `OwnWork`: as `my_assignments` and `awaiting_statement` tell of each cycle."""
    mine = select(_ASSIGNMENTS.c.cycle_id).where(
        _ASSIGNMENTS.c.expert_id == work.context.actor, _ASSIGNMENTS.c.state.in_(ON_DUTY)
    )
    playing = work.context.rehearsal_date is not None
    query = (
        select(_CYCLES)
        .where(_CYCLES.c.id.in_(mine), _CYCLES.c.rehearsal.is_(playing))
        .order_by(_CYCLES.c.opens_on.desc(), _CYCLES.c.id.desc())
        .limit(_MOST)
    )
    cycles = [conductor.of_row(row) for row in work.session.execute(query).all()]
    panels = lists.mine_of(work, cycles) if cycles else {}
    declared: dict[str, bool] = {}
    found = []
    for cycle in cycles:
        if not panels[cycle.cycle_id]:
            continue
        if cycle.world not in declared:
            declared[cycle.world] = sources.declared(work, cycle, work.context.actor)
        cases = statements.awaiting_in(work, cycle, declared=declared[cycle.world])
        found.append({"cycle_id": cycle.cycle_id, "panels": panels[cycle.cycle_id], "cases": cases})
    return {"cycles": found}
