"""What objections do to their notice: it waits for those that are open, and whom one was upheld against ends there."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row, and_, select

from services.eligibility import models
from services.eligibility.objections.clock import is_over
from services.eligibility.objections.states import State, is_open, stands_upheld
from shared.calendar import work_calendar
from shared.procedure import Cycle, Entrant
from shared.rulebooks import Stage
from shared.store import Work

_OBJECTIONS = models.objections
_FROM_OFFICE = "office"


def undecided(work: Work, cycle: Cycle, stage: Stage, entrants: list[Entrant]) -> list[str]:
    """Objections of a notice that are not settled, to who is still in it. A real cycle waits for an appeal, and until none can
    come any more: once the notice is closed no ruling could change its outcome.
    """
    there = {entrant.application_id for entrant in entrants}
    return [
        f"objection {row.id}"
        for row in _of(work, cycle, stage)
        if row.application_id in there
        and is_open(row.state, rehearsal=cycle.rehearsal, may_appeal=_may_appeal(work, row))
    ]


def upheld(work: Work, cycle: Cycle, stage: Stage) -> set[str]:
    """The applications that end by an objection, and no others."""
    return {row.application_id for row in _of(work, cycle, stage) if stands_upheld(row.state, row.ruling)}


def _may_appeal(work: Work, row: Row[Any]) -> bool:
    """Nobody lost where what the office found itself was dismissed: there is nobody with a receipt to appeal."""
    if row.source == _FROM_OFFICE and row.state == State.DISMISSED:
        return False
    return not is_over(work_calendar(), row.since, row.days, work.today())


def _of(work: Work, cycle: Cycle, stage: Stage) -> list[Row[Any]]:
    table = _OBJECTIONS
    names = ("id", "application_id", "source", "state", "ruling", "since", "days")
    here = and_(table.c.cycle_id == cycle.cycle_id, table.c.notice == stage.notice)
    return list(
        work.session.execute(select(*(table.c[name] for name in names)).where(here).order_by(table.c.id))
    )
