"""培育库 / 孵化池: who is in the cultivation pool, entered by the office."""

from __future__ import annotations

from typing import Any

from sqlalchemy import and_, select

from services.intake import models
from services.intake.stages import conductor
from shared.contracts.events import PoolJoined
from shared.problems import Conflict
from shared.store import Work


def join(work: Work, data: dict[str, Any]) -> dict[str, Any]:
    """Enter an organization once. Amounts in fen; no approved cost yet is None."""
    cycle = conductor.cycle(work, data["cycle_id"])
    pool = models.pool
    known = select(pool.c.uscc).where(and_(pool.c.world == cycle.world, pool.c.uscc == data["uscc"]))
    if work.session.execute(known).one_or_none() is not None:
        raise Conflict(f"{data['uscc']} 已在库中", f"{data['uscc']} is in the pool already")
    values = {name: data[name] for name in ("uscc", "joined_on", "project_cost_fen")}
    work.session.execute(pool.insert().values(world=cycle.world, **values))
    work.publish(PoolJoined, {"cycle_id": cycle.cycle_id, **values}, subject=data["uscc"])
    work.audit("pool:joined", data["uscc"], after=values, cycle_id=cycle.cycle_id)
    return {"done": True}
