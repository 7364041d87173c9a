"""经过: everything that was done to the panels of a cycle, in order, with who did it and why; redraws above all."""

from __future__ import annotations

import json
from typing import Any

from sqlalchemy import and_, select

from services.review import models
from shared.contracts.operations.roles import OFFICE
from shared.procedure import Conductor
from shared.store import Work

_LOG = models.panel_log
_PLAIN = ("stage", "entry", "actor", "role", "expert_id", "application_id", "reason")


def listed(work: Work, conductor: Conductor, data: dict[str, Any]) -> dict[str, Any]:
    """A page of it, oldest first, after the entry `after`. In what an expert answered the office finds no interest."""
    cycle = conductor.cycle(work, data["cycle_id"])
    wanted = [_LOG.c.cycle_id == cycle.cycle_id]
    if data["after"]:
        wanted.append(_LOG.c.id > data["after"])
    rows = work.session.execute(
        select(_LOG).where(and_(*wanted)).order_by(_LOG.c.id).limit(data["limit"])
    ).all()
    hidden = {"interest"} if work.context.role == OFFICE else set()
    return {
        "entries": [
            {
                **{name: getattr(row, name) for name in _PLAIN},
                "entry_id": row.id,
                "category": row.category or None,
                "at": row.at.isoformat(),
                "detail": {
                    name: value for name, value in json.loads(row.detail).items() if name not in hidden
                },
            }
            for row in rows
        ]
    }
