"""指导专家备案: an expert who advises a member of the pool says so to the office, and stands aside in every review of it."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row, and_, select
from sqlalchemy.exc import IntegrityError

from services.intake import models, pool
from services.intake.stages import conductor
from shared.contracts.events import PoolAdviserRegistered
from shared.contracts.operations import REVIEWER
from shared.problems import Conflict, invalid_field
from shared.store import Work

_ADVISERS = models.pool_advisers


def register(work: Work, data: dict[str, Any]) -> dict[str, Any]:
    """Enter an expert for a member. An end of the advice lifts nothing: having advised is the ground."""
    cycle = conductor.cycle(work, data["cycle_id"])
    expert_id = _expert(work, data["expert_id"])
    if pool.present(work, cycle.world, data["uscc"]) is None:
        raise invalid_field("uscc", "该组织不在培育库内", "this organization is not in the pool")
    if data["since"] > work.today():
        raise invalid_field("since", "不得晚于今日", "lies after today")
    row = {
        "world": cycle.world,
        "uscc": data["uscc"],
        "expert_id": expert_id,
        "since": data["since"],
        "registered_by": work.context.actor,
        "registered_on": work.today(),
    }
    try:
        with work.session.begin_nested():
            work.session.execute(_ADVISERS.insert().values(**row))
    except IntegrityError:
        raise Conflict("已经备案", "this adviser is registered already") from None
    told = {name: row[name] for name in ("uscc", "expert_id", "since", "registered_on")}
    work.publish(PoolAdviserRegistered, {"cycle_id": cycle.cycle_id, **told}, subject=data["uscc"])
    work.audit("pool:adviser_registered", f"{data['uscc']}/{expert_id}", after=row, cycle_id=cycle.cycle_id)
    return {**told, "registered_by": row["registered_by"]}


def listed(work: Work, data: dict[str, Any]) -> dict[str, Any]:
    """The advisers of a cycle's world by organization; an expert sees what it registered for itself."""
    cycle = conductor.cycle(work, data["cycle_id"])
    wanted = [_ADVISERS.c.world == cycle.world]
    if work.context.role == REVIEWER:
        wanted.append(_ADVISERS.c.expert_id == work.context.actor)
    query = select(_ADVISERS).where(and_(*wanted)).order_by(_ADVISERS.c.uscc, _ADVISERS.c.expert_id)
    return {"advisers": [_line(row) for row in work.session.execute(query)]}


def _expert(work: Work, given: str | None) -> str:
    """Whose advice it is: an expert speaks for itself only, the office for anybody."""
    if work.context.role == REVIEWER:
        if given not in (None, work.context.actor):
            raise invalid_field("expert_id", "只能为本人备案", "an expert registers itself only")
        return work.context.actor
    if given is None:
        raise invalid_field("expert_id", "请指明专家", "say which expert")
    return given


def _line(row: Row[Any]) -> dict[str, Any]:
    names = ("uscc", "expert_id", "since", "registered_on", "registered_by")
    return {name: getattr(row, name) for name in names}
