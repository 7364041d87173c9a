"""不能参加的时间: the times in which an expert cannot serve, entered by itself or by the office."""

from __future__ import annotations

from typing import Any

from sqlalchemy import and_, delete, func, select

from services.review import models
from services.review.register import lists
from services.review.register.worlds import of, require_own, world_of
from shared.problems import Conflict, NotFound, invalid_field
from shared.procedure import Conductor
from shared.store import Work

Data = dict[str, Any]
_ABSENCES = models.absences


def add(work: Work, conductor: Conductor, data: Data, most: int) -> Data:
    """Enter a time of absence. Raises NotFound, Invalid for one that is over, Conflict where `most` are to come already."""
    require_own(work, data["expert_id"])
    world = world_of(work, conductor, data)
    lists.shown(work, world, data["expert_id"])
    if data["until"] < work.today():
        raise invalid_field("until", "已经过去", "is over already")
    coming = and_(of(_ABSENCES, world, data["expert_id"]), _ABSENCES.c.until >= work.today())
    count = work.session.execute(select(func.count()).select_from(_ABSENCES).where(coming)).scalar_one()
    if count >= most:
        raise Conflict(f"登记已满 {most} 条", f"there are {most} already", code="too_many_absences")
    row = {
        "id": work.new_id(),
        "world": world,
        "expert_id": data["expert_id"],
        "since": data["since"],
        "until": data["until"],
        "entered_by": work.context.actor,
    }
    work.session.execute(_ABSENCES.insert().values(**row))
    work.audit("expert:absence_entered", f"{world}/{data['expert_id']}", after=row)
    return lists.shown(work, world, data["expert_id"])


def remove(work: Work, conductor: Conductor, data: Data) -> Data:
    """Take a time of absence back. Raises NotFound."""
    require_own(work, data["expert_id"])
    world = world_of(work, conductor, data)
    this = and_(of(_ABSENCES, world, data["expert_id"]), _ABSENCES.c.id == data["absence_id"])
    row = work.session.execute(select(_ABSENCES).where(this)).one_or_none()
    if row is None:
        raise NotFound("没有这条登记", "no such absence")
    work.session.execute(delete(_ABSENCES).where(this))
    work.audit("expert:absence_removed", f"{world}/{data['expert_id']}", before=dict(row._mapping))
    return {"done": True}
