"""What objections do to their notice: it waits for those that are open, and whom one was upheld against ends there."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row, and_, select

from services.eligibility import models
from services.eligibility.objections.clock import is_over
from services.eligibility.objections.states import is_open, stands_upheld
from shared.calendar import work_calendar
from shared.procedure import Cycle
from shared.rulebooks import Stage
from shared.store import Work

_OBJECTIONS = models.objections


def undecided(work: Work, cycle: Cycle, stage: Stage) -> list[str]:
    """Objections of a notice that are not settled. A real cycle waits for an appeal, and until none can come any more:
    once the notice is closed no ruling could change its outcome.
    """
    calendar, today = work_calendar(), work.today()
    return [
        f"objection {row.id}"
        for row in _of(work, cycle, stage)
        if is_open(
            row.state,
            rehearsal=cycle.rehearsal,
            may_appeal=not is_over(calendar, row.since, row.days, today),
        )
    ]


def upheld(work: Work, cycle: Cycle, stage: Stage) -> set[str]:
    """The applications that end by an objection, and no others."""
    return {row.application_id for row in _of(work, cycle, stage) if stands_upheld(row.state, row.ruling)}


def _of(work: Work, cycle: Cycle, stage: Stage) -> list[Row[Any]]:
    table = _OBJECTIONS
    names = (table.c.id, table.c.application_id, table.c.state, table.c.ruling, table.c.since, table.c.days)
    here = and_(table.c.cycle_id == cycle.cycle_id, table.c.notice == stage.notice)
    return list(work.session.execute(select(*names).where(here).order_by(table.c.id)))
