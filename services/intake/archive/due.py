"""到期 which cycles' records are due, which of their applications are held, on a list, or gone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import and_, or_, select

from services.intake import models
from services.intake.archive.retention import is_due, keep_until
from services.intake.archive.states import OPEN
from services.intake.stages import conductor
from shared.procedure import Cycle
from shared.records.answering import require_over
from shared.store import Work

_APPLICATIONS, _HOLDS = models.applications, models.record_holds
_LISTS, _LINES = models.destruction_lists, models.destruction_lines


@dataclass(frozen=True)
class Kept:
    """Until when a cycle's records are kept; both days are None while the cycle goes on."""

    over_on: date | None
    until: date | None


def kept(work: Work, cycle: Cycle) -> Kept:
    """The cycle's end and the last day of its retention."""
    over = conductor.over_on(work, cycle)
    book = cycle.rulebook
    until = None if over is None else keep_until(over, book.retention_years, book.tracking_years)
    return Kept(over, until)


def require_kept_until(work: Work, cycle: Cycle) -> date:
    """The last day of the retention. Raises Conflict while the cycle goes on."""
    over = require_over(work, conductor, cycle)
    return keep_until(over, cycle.rulebook.retention_years, cycle.rulebook.tracking_years)


def listed(work: Work, data: dict[str, Any]) -> dict[str, Any]:
    """The reply `RecordsDue`: every cycle, or one, with how many applications there are and why some stay."""
    cycles = models.procedure.cycles
    query = select(cycles.c.id, cycles.c.rehearsal).order_by(cycles.c.opens_on, cycles.c.id)
    if data["cycle_id"] is not None:
        conductor.cycle(work, data["cycle_id"])
        query = query.where(cycles.c.id == data["cycle_id"])
    elif work.context.rehearsal_date is not None:
        query = query.where(cycles.c.rehearsal.is_(True))
    return {"cycles": [_line(work, conductor.cycle(work, row.id)) for row in work.session.execute(query)]}


def _line(work: Work, cycle: Cycle) -> dict[str, Any]:
    state = kept(work, cycle)
    everything = applications(work, cycle.cycle_id)
    gone = destroyed(work, cycle.cycle_id)
    stopped = held(work, cycle.cycle_id, everything - gone)
    return {
        "cycle_id": cycle.cycle_id,
        "year": cycle.year,
        "over_on": state.over_on,
        "keep_years": cycle.rulebook.retention_years,
        "rule": cycle.rulebook.retention.rule,
        "keep_until": state.until,
        "due": state.until is not None and is_due(state.until, work.today()),
        "applications": len(everything),
        "held": len(stopped),
        "listed": len(on_open_list(work, cycle.cycle_id)),
        "destroyed": len(gone),
    }


def applications(work: Work, cycle_id: str) -> set[str]:
    """All applications of a cycle, drafts that were never handed in too."""
    query = select(_APPLICATIONS.c.id).where(_APPLICATIONS.c.cycle_id == cycle_id)
    return set(work.session.execute(query).scalars())


def destroyed(work: Work, cycle_id: str) -> set[str]:
    """Those whose records are gone."""
    gone = models.destroyed
    return set(
        work.session.execute(select(gone.c.application_id).where(gone.c.cycle_id == cycle_id)).scalars()
    )


def held(work: Work, cycle_id: str, among: set[str]) -> set[str]:
    """Those of them that a hold keeps: one on the application, or one on the whole cycle."""
    query = select(_HOLDS.c.application_id).where(
        and_(_HOLDS.c.cycle_id == cycle_id, _HOLDS.c.lifted_on.is_(None))
    )
    named = set(work.session.execute(query).scalars())
    return set(among) if None in named else among & {each for each in named if each is not None}


def on_open_list(work: Work, cycle_id: str) -> set[str]:
    """Those on a list that may still be carried out."""
    states = or_(*(_LISTS.c.state == state.value for state in OPEN))
    query = (
        select(_LINES.c.application_id)
        .join(_LISTS, _LISTS.c.id == _LINES.c.list_id)
        .where(and_(_LISTS.c.cycle_id == cycle_id, states))
    )
    return set(work.session.execute(query).scalars())
