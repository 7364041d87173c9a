"""催收评分表: reviewers are told of the sheets that they owe when their stage begins, reminded before its last day, and left
alone once theirs are in. Of an application that somebody is kept from it is told nothing, not even by a number.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, func, select

from services.review import conflicts, models
from services.review.conditions import SEAT, agree, serving, withdrawn
from services.review.seating.states import ON_DUTY
from shared.procedure import Cycle, tasks
from shared.store import Work

_ASSIGNMENTS, _SHEETS = models.assignments, models.sheets


def tell(work: Work, cycle: Cycle, stage: str, last_day: date | None) -> None:
    """Each reviewer, how many sheets it owes and until when; before any it states its interests."""
    query = (
        select(_ASSIGNMENTS.c.expert_id, func.count())
        .where(_out(cycle, stage))
        .group_by(_ASSIGNMENTS.c.expert_id)
        .order_by(_ASSIGNMENTS.c.expert_id)
    )
    for expert_id, number in work.session.execute(query).all():
        about = _about(stage, expert_id)
        tasks.waits(
            work, cycle, "sheets_owed", about, people=[expert_id], count=number, due_on=last_day
        )  # fmt: skip


def settle(work: Work, cycle: Cycle, stage: str) -> None:
    """Whoever asks has handed a sheet in: nothing is asked for any more once none is out."""
    if cycle.rehearsal:
        return
    me = work.context.actor
    still = and_(_out(cycle, stage), _ASSIGNMENTS.c.expert_id == me)
    if not work.session.execute(select(exists().where(still))).scalar_one():
        tasks.settled(work, cycle, _about(stage, me))


def _about(stage: str, expert_id: str) -> str:
    return f"sheets/{stage}/{expert_id}"


def _out(cycle: Cycle, stage: str) -> ColumnElement[bool]:
    """The assignments of a stage whose sheets are to come."""
    sheet: Any = exists().where(agree(_SHEETS, _ASSIGNMENTS, SEAT)).correlate(_ASSIGNMENTS)
    return and_(
        _ASSIGNMENTS.c.cycle_id == cycle.cycle_id,
        _ASSIGNMENTS.c.stage == stage,
        _ASSIGNMENTS.c.state.in_(ON_DUTY),
        ~sheet,
        serving(_ASSIGNMENTS),
        ~withdrawn(_ASSIGNMENTS),
        conflicts.free(_ASSIGNMENTS),
    )
