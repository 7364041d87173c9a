"""组长: who leads a panel, and what a leader sees of it: the members and how far they are, never their sheets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import and_, case, func, select, update

from services.review import models
from services.review.conditions import SEAT, agree, leads
from services.review.panels import Problem
from services.review.seating import drawing, inputs, interests
from services.review.seating.rows import NO_CATEGORY, Place, note, place, require_released, seats
from services.review.seating.states import ON_DUTY, Assigned, Panelled
from shared.problems import NotFound, invalid_field
from shared.procedure import Conductor, Cycle
from shared.store import Work

_PANELS, _ASSIGNMENTS, _SHEETS = models.panels, models.assignments, models.sheets


def of_stage(work: Work, cycle: Cycle, stage: str) -> Mapping[str, str]:
    """By category ("" where there are none): who leads its released panel."""
    serving = and_(
        _PANELS.c.cycle_id == cycle.cycle_id,
        _PANELS.c.stage == stage,
        _PANELS.c.state == Panelled.RELEASED.value,
        _PANELS.c.leader.is_not(None),
    )
    return {row.category: row.leader for row in work.session.execute(select(_PANELS).where(serving))}


def of_team(led_by: Mapping[str, str], category: str | None, team: Sequence[str]) -> str | None:
    """Who leads those who review one application: the panel's leader where it is one of them, else the first assigned."""
    leader = led_by.get(category or NO_CATEGORY)
    if leader in team:
        return leader
    return team[0] if team else None


def name(work: Work, conductor: Conductor, data: dict[str, Any]) -> dict[str, Any]:
    """The office names a member of a released panel its leader, with a reason. Raises Invalid."""
    where = place(work, conductor, data, lock=True)
    row = require_released(work, where)
    if data["expert_id"] not in {line.expert_id for line in seats(work, where, row).assignments}:
        raise invalid_field("expert_id", "组长须为在任的组内成员", "the leader must be a member on duty")
    named = inputs.problem(work, conductor, where).by_id.get(data["expert_id"])
    if where.stage.panel is not None and where.stage.panel.leader and not (named and named.may_lead):
        raise invalid_field("expert_id", "该专家不具备担任组长的资格", "the expert may not lead a panel")
    _set(work, where, row.leader, data["expert_id"], data["reason"])
    return {"done": True}


def keep(work: Work, where: Place, now: Problem) -> None:
    """See to it that a panel has a leader on duty; who is kept from any of its applications leads only if all are.

    The first in the order of the draw follows.
    """
    row = require_released(work, where)
    able = drawing.able_to_lead(now, seats(work, where, row))
    if row.leader not in able:
        following = able[0] if able else None
        if following != row.leader:
            _set(work, where, row.leader, following, None)


def _set(work: Work, where: Place, before: str | None, leader: str | None, reason: str | None) -> None:
    work.session.execute(update(_PANELS).where(where.of(_PANELS)).values(leader=leader))
    note(work, where, "leader", {"before": before}, reason=reason, expert_id=leader)


def led(work: Work, conductor: Conductor, data: dict[str, Any]) -> dict[str, Any]:
    """The leader's panel: each member, how much it has, accepted and handed in. Raises NotFound for everybody else.

    Counted over the applications that the leader itself is not kept from.
    """
    where = place(work, conductor, data)
    me = work.context.actor
    mine = and_(where.of(_PANELS), leads(me))
    if work.session.execute(select(_PANELS.c.leader).where(mine)).one_or_none() is None:
        raise NotFound("没有由您任组长的评审组", "you lead no such panel")
    everything = conductor.entrants(work, where.cycle.cycle_id, where.stage.key)
    hidden = interests.kept(work, where.cycle, everything).get(me, frozenset())
    query = (
        select(
            _ASSIGNMENTS.c.expert_id,
            func.count().label("assigned"),
            func.sum(case((_ASSIGNMENTS.c.state == Assigned.ACCEPTED.value, 1), else_=0)).label("accepted"),
            func.count(_SHEETS.c.expert_id).label("sheets"),
        )
        .outerjoin(_SHEETS, agree(_SHEETS, _ASSIGNMENTS, SEAT))
        .where(
            and_(
                where.of(_ASSIGNMENTS),
                _ASSIGNMENTS.c.state.in_(ON_DUTY),
                _ASSIGNMENTS.c.application_id.in_(
                    [e.application_id for e in everything if e.application_id not in hidden]
                ),
            )
        )
        .group_by(_ASSIGNMENTS.c.expert_id)
        .order_by(_ASSIGNMENTS.c.expert_id)
    )
    members = [
        {
            "expert_id": line.expert_id,
            "assigned": line.assigned,
            "accepted": int(line.accepted),
            "sheets": line.sheets,
        }
        for line in work.session.execute(query)
    ]
    return {"stage": where.stage.key, "category": where.category or None, "members": members}
