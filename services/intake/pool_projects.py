"""培育库项目资助: a member states its excellence-model project and the cost, the office approves a cost, once.

What is paid for it is for incentives to reckon; here stands only what was asked and what was approved.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import and_, select, update

from services.intake import models, pool
from shared.contracts.events import PoolCostApproved
from shared.problems import Conflict, NotFound, invalid_field
from shared.store import Work

_PROJECTS, _MEMBERS = models.pool_projects, models.pool_members


def ask(work: Work, data: dict[str, Any]) -> dict[str, Any]:
    """A member asks for the pool's grant. Raises Conflict where the rulebook gives none, or one was asked for already."""
    cycle, member = pool.own(work, data["membership_id"], lock=True)
    pool.require_present(member)
    if not any(grant.for_ == "pool" for grant in cycle.rulebook.grants):
        raise Conflict("本办法没有入库资助", "the rulebook gives no money for membership of the pool")
    asked = and_(_PROJECTS.c.membership_id == member.id, _PROJECTS.c.state != "refused")
    if (
        member.project_cost_fen is not None
        or work.session.execute(select(_PROJECTS.c.id).where(asked)).first()
    ):
        raise Conflict("已经申请过入库资助", "the pool's grant was asked for already")
    row = {
        "id": work.new_id(),
        "state": "waiting",
        "asked_on": work.today(),
        **{name: data[name] for name in ("membership_id", "title", "summary", "cost_fen")},
    }
    work.session.execute(_PROJECTS.insert().values(**row))
    work.audit("pool:project_asked", member.uscc, after=row, cycle_id=cycle.cycle_id)
    return pool.state(work, member.id)


def decide(work: Work, data: dict[str, Any]) -> dict[str, Any]:
    """A named officer approves a cost in fen, at most the stated one, or refuses with a reason."""
    project = work.session.execute(
        select(_PROJECTS).where(_PROJECTS.c.id == data["project_id"])
    ).one_or_none()
    if project is None:
        raise NotFound("没有这个项目", "no such project")
    cycle, member = pool.own(work, project.membership_id, lock=True)
    pool.require_present(member)
    cost = data["approved_cost_fen"]
    if cost is None and not data["reason"]:
        raise invalid_field("reason", "不予核定须说明理由", "a refusal needs its reason")
    if cost is not None and cost > project.cost_fen:
        raise invalid_field(
            "approved_cost_fen", f"不得超过申报的 {project.cost_fen} 分", f"more than the {project.cost_fen} fen asked for"
        )  # fmt: skip
    decision = {
        "state": "refused" if cost is None else "approved",
        "approved_cost_fen": cost,
        "decided_by": work.context.actor,
        "decided_on": work.today(),
        "decision_reason": data["reason"],
    }
    this = and_(_PROJECTS.c.id == project.id, _PROJECTS.c.state == "waiting")
    done = work.session.execute(update(_PROJECTS).where(this).values(**decision))
    if not getattr(done, "rowcount", 0):
        raise Conflict("该项目已有结论", "the project has been decided on")
    if cost is not None:
        work.session.execute(update(_MEMBERS).where(_MEMBERS.c.id == member.id).values(project_cost_fen=cost))
        told = {
            "cycle_id": cycle.cycle_id, "membership_id": member.id, "uscc": member.uscc, "project_cost_fen": cost,
            "approved_on": work.today(),
        }  # fmt: skip
        work.publish(PoolCostApproved, told, subject=member.uscc)
    work.audit(
        "pool:project_decided", member.uscc, after=decision, reason=data["reason"], cycle_id=cycle.cycle_id
    )
    return pool.state(work, member.id)
