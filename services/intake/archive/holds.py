"""冻结 legal holds: nothing that is held is destroyed. One person places a hold, another lifts it."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row, and_, select, update

from services.intake import models
from services.intake.archive import due
from services.intake.stages import conductor
from shared.problems import Conflict, Forbidden, NotFound, invalid_field
from shared.store import Work

_HOLDS = models.record_holds
Data = dict[str, Any]


def place(work: Work, data: Data) -> Data:
    """Hold an application's records, or a whole cycle's. Raises NotFound, Conflict where they are destroyed already."""
    cycle = conductor.cycle(work, data["cycle_id"])
    conductor.records.cycle(work, cycle.cycle_id, lock=True)  # a list may be carried out just now
    application_id = data["application_id"]
    if application_id is not None and application_id not in due.applications(work, cycle.cycle_id):
        raise invalid_field("application_id", "本周期没有这份申报", "no application of this cycle")
    if application_id in due.destroyed(work, cycle.cycle_id):
        raise Conflict("档案已销毁", "the records are destroyed", code="destroyed")
    row = {
        "id": work.new_id(),
        "cycle_id": cycle.cycle_id,
        "application_id": application_id,
        "reason": data["reason"],
        "placed_by": work.by,
        "placed_role": work.context.role,
        "placed_on": work.today(),
    }
    work.session.execute(_HOLDS.insert().values(**row))
    work.audit(
        "hold:placed",
        f"{application_id or cycle.cycle_id}/{row['id']}",
        after=row,
        reason=data["reason"],
        cycle_id=cycle.cycle_id,
    )
    return _state(_find(work, row["id"]))


def lift(work: Work, data: Data) -> Data:
    """Lift a hold. Raises NotFound, Forbidden for whoever placed it, Conflict where it is lifted already."""
    row = _find(work, data["hold_id"])
    conductor.cycle(work, row.cycle_id)
    if work.same_person(row.placed_by, about=row.id):
        raise Forbidden(
            "设置冻结的人不能解除冻结",
            "whoever placed a hold does not lift it",
            code="own_hold",
        )
    values = {"lifted_by": work.by, "lifted_on": work.today(), "lift_reason": data["reason"]}
    done = work.session.execute(
        update(_HOLDS).where(and_(_HOLDS.c.id == row.id, _HOLDS.c.lifted_on.is_(None))).values(**values)
    )
    if not getattr(done, "rowcount", 0):
        raise Conflict("冻结已解除", "the hold is lifted already", code="lifted")
    work.audit(
        "hold:lifted",
        f"{row.application_id or row.cycle_id}/{row.id}",
        before={"hold": row.id, "placed_by": row.placed_by},
        after=values,
        reason=data["reason"],
        cycle_id=row.cycle_id,
    )
    return _state(_find(work, row.id))


def listed(work: Work, data: Data) -> Data:
    """All holds of a cycle, those lifted too, in the order in which they were placed."""
    cycle = conductor.cycle(work, data["cycle_id"])
    query = select(_HOLDS).where(_HOLDS.c.cycle_id == cycle.cycle_id).order_by(_HOLDS.c.id)
    return {"cycle_id": cycle.cycle_id, "holds": [_state(row) for row in work.session.execute(query)]}


def _find(work: Work, hold_id: str) -> Row[Any]:
    row = work.session.execute(select(_HOLDS).where(_HOLDS.c.id == hold_id)).one_or_none()
    if row is None:
        raise NotFound("没有这个冻结", "no such hold")
    return row


def _state(row: Row[Any]) -> Data:
    names = (
        "cycle_id", "application_id", "reason", "placed_by", "placed_role", "placed_on", "lifted_by", "lifted_on",
        "lift_reason",
    )  # fmt: skip
    return {"hold_id": row.id, **{name: getattr(row, name) for name in names}}
