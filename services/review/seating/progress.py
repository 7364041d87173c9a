"""进度: how far each panel and each reviewer is. One query each, however many applications there are."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Row, and_, case, func, select

from services.review import conflicts, models
from services.review.conditions import PANEL, SEAT, agree
from services.review.seating.states import Assigned
from shared.procedure import Conductor, Cycle
from shared.store import Work

_PANELS, _ASSIGNMENTS, _SHEETS = models.panels, models.assignments, models.sheets
_OFFERS, _EXPERTS, _DOSSIERS = models.offers, models.experts, models.procedure.dossiers


def listed(work: Work, conductor: Conductor, data: dict[str, Any]) -> dict[str, Any]:
    """By panel, and by reviewer and panel; withdrawn applications are left out of all counts."""
    cycle = conductor.cycle(work, data["cycle_id"])
    return {
        "panels": _by_panel(work, cycle),
        "reviewers": _by_reviewer(work, cycle, waiting_only=data["show"] == "silent"),
    }


def _times(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.coalesce(func.sum(case((condition, 1), else_=0)), 0)


def _counts() -> list[ColumnElement[int]]:
    """What a reviewer is kept from by now is no work of its own any more: neither given, nor accepted, nor in, nor out."""
    state, free = _ASSIGNMENTS.c.state, conflicts.free(_ASSIGNMENTS)
    on_duty = and_(state.in_((Assigned.DRAFTED, Assigned.RELEASED, Assigned.ACCEPTED)), free)
    released = and_(state == Assigned.RELEASED.value, free)
    accepted = and_(state == Assigned.ACCEPTED.value, free)
    return [
        _times(on_duty).label("assigned"),
        _times(released).label("released"),
        _times(accepted).label("accepted"),
        _times(state == Assigned.DECLINED.value).label("declined"),
        _times(state == Assigned.REPLACED.value).label("replaced"),
        _times(and_(released, _OFFERS.c.silent_at.is_not(None))).label("silent"),
        _times(and_(accepted, _SHEETS.c.expert_id.is_not(None))).label("sheets_in"),
        _times(and_(accepted, _SHEETS.c.expert_id.is_(None))).label("sheets_out"),
    ]


def _joined() -> Any:
    offer = agree(_OFFERS, _ASSIGNMENTS, (*PANEL, "expert_id"))
    return (
        _ASSIGNMENTS.join(_DOSSIERS, _DOSSIERS.c.application_id == _ASSIGNMENTS.c.application_id)
        .outerjoin(_SHEETS, agree(_SHEETS, _ASSIGNMENTS, SEAT))
        .outerjoin(_OFFERS, offer)
    )


def _here(cycle: Cycle) -> ColumnElement[bool]:
    return and_(_ASSIGNMENTS.c.cycle_id == cycle.cycle_id, _DOSSIERS.c.withdrawn_on.is_(None))


def _by_panel(work: Work, cycle: Cycle) -> list[dict[str, Any]]:
    keys = [_PANELS.c[name] for name in ("stage", "category", "position", "state", "leader")]
    query = (
        select(*keys, *_counts())
        .select_from(_joined().join(_PANELS, agree(_PANELS, _ASSIGNMENTS, PANEL)))
        .where(_here(cycle))
        .group_by(*keys)
    )
    rows = sorted(
        work.session.execute(query),
        key=lambda row: (cycle.rulebook.phase_index(row.stage), row.stage, row.position),
    )
    return [_line(row, ("stage", "state", "leader")) for row in rows]


def _by_reviewer(work: Work, cycle: Cycle, *, waiting_only: bool) -> list[dict[str, Any]]:
    """`waiting_only`: those alone whose silence waits for the office."""
    known = agree(_EXPERTS, _ASSIGNMENTS, ("cycle_id", "expert_id"))
    keys = [_ASSIGNMENTS.c.expert_id, _EXPERTS.c.name, _ASSIGNMENTS.c.stage, _ASSIGNMENTS.c.category]
    clock = [_OFFERS.c.answer_by, _OFFERS.c.reminders]
    query = (
        select(*keys, *clock, *_counts())
        .select_from(_joined().outerjoin(_EXPERTS, known))
        .where(_here(cycle))
        .group_by(*keys, *clock)
        .order_by(_ASSIGNMENTS.c.expert_id, _ASSIGNMENTS.c.stage, _ASSIGNMENTS.c.category)
    )
    lines = [
        {
            **_line(row, ("expert_id", "name", "stage")),
            "answer_by": row.answer_by.isoformat() if row.answer_by else None,
            "reminders": row.reminders or 0,
        }
        for row in work.session.execute(query)
    ]
    return [line for line in lines if line["silent"]] if waiting_only else lines


def _line(row: Row[Any], names: tuple[str, ...]) -> dict[str, Any]:
    counts = ("assigned", "released", "accepted", "declined", "replaced", "silent", "sheets_in", "sheets_out")
    return {
        **{name: getattr(row, name) for name in names},
        "category": row.category or None,
        **{name: int(getattr(row, name)) for name in counts},
    }
