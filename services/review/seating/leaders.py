"""组长: who leads a panel, who leads in its place where it is kept from an application, and what a leader sees of the panel: the
members and how far they are, never their sheets.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Row, and_, case, delete, exists, func, or_, select, update

from services.review import conflicts, models
from services.review.conditions import PANEL, SEAT, agree, heads, released
from services.review.panels import Problem
from services.review.seating import drawing, inputs
from services.review.seating.drawing import Seats
from services.review.seating.rows import Place, note, place, require_released, seats
from services.review.seating.states import ON_DUTY, Assigned, Panelled
from shared.problems import Conflict, FieldError, NotFound, invalid_field
from shared.procedure import Conductor, Cycle
from shared.store import Work

_PANELS, _ASSIGNMENTS, _SHEETS = models.panels, models.assignments, models.sheets
_DEPUTIES = models.panel_deputies


def of_stage(work: Work, cycle: Cycle, stage: str) -> Mapping[str, str]:
    """By application: who leads it in its released panel. Left out where the panel has no leader, or nobody who could lead it
    is free of interests in it.
    """
    query = (
        select(_ASSIGNMENTS.c.application_id, conflicts.leader_of(_ASSIGNMENTS).label("leader"))
        .join(_PANELS, agree(_PANELS, _ASSIGNMENTS, PANEL))
        .where(_PANELS.c.cycle_id == cycle.cycle_id, _PANELS.c.stage == stage)
        .where(_PANELS.c.state == Panelled.RELEASED.value)
        .distinct()
    )
    return {row.application_id: row.leader for row in work.session.execute(query) if row.leader is not None}


def of_team(led_by: Mapping[str, str], application_id: str, team: Sequence[str]) -> str | None:
    """Who leads those who review one application: its leader where it is one of them, else the first assigned."""
    leader = led_by.get(application_id)
    if leader in team:
        return leader
    return team[0] if team else None


def name(work: Work, conductor: Conductor, data: dict[str, Any]) -> dict[str, Any]:
    """The office names a member of a released panel its leader, or (an application named) the deputy of a leader who is kept from
    that application, with a reason. Raises Invalid; Conflict where the leader is not kept from it.
    """
    where = place(work, conductor, data, lock=True)
    row = require_released(work, where)
    sitting, expert_id, application_id = seats(work, where, row), data["expert_id"], data["application_id"]
    if expert_id not in {line.expert_id for line in sitting.assignments}:
        raise invalid_field("expert_id", "组长须为在任的组内成员", "the leader must be a member on duty")
    now = inputs.serving(work, conductor, where, row).problem
    if expert_id not in drawing.in_line(now, sitting):
        raise invalid_field("expert_id", "该专家不具备担任组长的资格", "the expert may not lead a panel")
    if application_id is None:
        _set(work, where, row.leader, expert_id, data["reason"])
    else:
        _require_deputy_needed(work, where, row, sitting, application_id)
        if conflicts.kept(work, where.cycle.cycle_id, expert_id, application_id):
            raise invalid_field("expert_id", "该专家须回避此申报", "the expert is kept from that application")
        before = of_stage(work, where.cycle, where.stage.key).get(application_id)
        _write_line(work, where, application_id, [expert_id])
        note(
            work, where, "deputy", {"before": before}, reason=data["reason"], expert_id=expert_id,
            application_id=application_id,
        )  # fmt: skip
    line_up(work, where, now)
    return {"done": True}


def _require_deputy_needed(
    work: Work, where: Place, row: Row[Any], sitting: Seats, application_id: str
) -> None:
    if application_id not in {line.application_id for line in sitting.assignments}:
        raise invalid_field("application_id", "不是本组评审的申报", "is not reviewed by this panel")
    if row.leader is None or not conflicts.kept(work, where.cycle.cycle_id, row.leader, application_id):
        raise Conflict(
            "组长不须回避此申报，由组长主持",
            "the leader is not kept from it, and leads it",
            code="leader_leads",
            errors=[FieldError("application_id", "组长不须回避此申报", "the leader is not kept from it")],
        )


def keep(work: Work, where: Place, now: Problem) -> None:
    """See to it that a panel has a leader on duty, and that its deputies are; who is kept from any of its applications leads
    only if all are.

    The first in the order of the draw follows.
    """
    row = require_released(work, where)
    able = drawing.able_to_lead(now, seats(work, where, row))
    if row.leader not in able:
        following = able[0] if able else None
        if following != row.leader:
            _set(work, where, row.leader, following, None)
    line_up(work, where, now)


def line_up(work: Work, where: Place, now: Problem) -> None:
    """Write who follows where the leader is kept from an application: the members on duty who may lead, in the order of the draw.
    Whom the office named for one application stays so as long as it serves.
    """
    row = require_released(work, where)
    able = drawing.in_line(now, seats(work, where, row))
    gone = and_(where.of(_DEPUTIES), _DEPUTIES.c.expert_id.not_in(able))
    work.session.execute(delete(_DEPUTIES).where(gone))
    _write_line(work, where, conflicts.WHOLE_PANEL, [name for name in able if name != row.leader])


def _write_line(work: Work, where: Place, application_id: str, experts: Sequence[str]) -> None:
    this = and_(where.of(_DEPUTIES), _DEPUTIES.c.application_id == application_id)
    work.session.execute(delete(_DEPUTIES).where(this))
    rows = [
        {**where.key, "application_id": application_id, "rank": rank, "expert_id": expert_id}
        for rank, expert_id in enumerate(experts, start=1)
    ]
    if rows:
        work.session.execute(_DEPUTIES.insert(), rows)


def deputies(work: Work, where: Place) -> list[dict[str, Any]]:
    """The applications of a released panel from which its leader is kept, and who leads each; None: nobody who could is free."""
    dossiers = models.procedure.dossiers
    query = (
        select(
            dossiers.c.application_id, dossiers.c.sequence, conflicts.leader_of(_ASSIGNMENTS).label("leader")
        )
        .join(_ASSIGNMENTS, _ASSIGNMENTS.c.application_id == dossiers.c.application_id)
        .join(_PANELS, agree(_PANELS, _ASSIGNMENTS, PANEL))
        .where(where.of(_PANELS), released(), _PANELS.c.leader.is_not(None))
        .where(~conflicts.leader_is_free(_ASSIGNMENTS), dossiers.c.withdrawn_on.is_(None))
        .distinct()
        .order_by(dossiers.c.sequence)
    )
    return [
        {"application_id": row.application_id, "expert_id": row.leader} for row in work.session.execute(query)
    ]


def _set(work: Work, where: Place, before: str | None, leader: str | None, reason: str | None) -> None:
    work.session.execute(update(_PANELS).where(where.of(_PANELS)).values(leader=leader))
    note(work, where, "leader", {"before": before}, reason=reason, expert_id=leader)


def led(work: Work, conductor: Conductor, data: dict[str, Any]) -> dict[str, Any]:
    """The leader's panel: each member, how much it has, accepted and handed in, over the applications that whoever asks leads:
    a leader all that it is not kept from, a deputy those of which it is one. Raises NotFound for everybody else.
    """
    where = place(work, conductor, data)
    me = work.context.actor
    here = conductor.entrants(work, where.cycle.cycle_id, where.stage.key)
    mine = and_(where.of(_ASSIGNMENTS), conflicts.leads(me, _ASSIGNMENTS))
    head = exists().where(where.of(_PANELS), heads(me))
    if not work.session.execute(select(or_(head, exists().where(mine)))).scalar_one():
        raise NotFound("没有由您任组长的评审组", "you lead no such panel")
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
                mine,
                _ASSIGNMENTS.c.state.in_(ON_DUTY),
                _ASSIGNMENTS.c.application_id.in_([entrant.application_id for entrant in here]),
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
