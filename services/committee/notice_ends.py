"""公示期: the last day of the last notice, as its owner tells it. An approval that follows the notice comes after it."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import select, update

from services.committee import models
from shared.problems import Transient
from shared.procedure import Conductor, Cycle
from shared.store import Work

_ENDS = models.notice_ends


def heard(work: Work, conductor: Conductor, data: dict[str, Any]) -> None:
    """A stage began or was extended. A notice is never shortened: of two days the later one holds, whichever is heard first."""
    if conductor.records.cycle(work, data["cycle_id"], lock=True) is None:
        raise Transient("评奖周期尚未到达", "the cycle has not arrived yet")
    cycle, ends_on = conductor.cycle(work, data["cycle_id"]), data["ends_on"]
    if data["stage"] != cycle.rulebook.last_notice or ends_on is None:
        return
    known = last_day(work, cycle)
    if known is None:
        work.session.execute(_ENDS.insert().values(cycle_id=cycle.cycle_id, ends_on=ends_on))
    elif known < ends_on:
        work.session.execute(update(_ENDS).where(_ENDS.c.cycle_id == cycle.cycle_id).values(ends_on=ends_on))
    work.audit("notice:end_heard", cycle.cycle_id, after=data, cycle_id=cycle.cycle_id)


def last_day(work: Work, cycle: Cycle) -> date | None:
    """The last day, None before the notice was posted."""
    query = select(_ENDS.c.ends_on).where(_ENDS.c.cycle_id == cycle.cycle_id)
    return work.session.execute(query).scalar_one_or_none()
