"""答复: a reviewer accepts or declines what was offered to it. Nobody answers in its place."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row, and_, select, update

from services.review import models
from services.review.seating import inputs, interests, leaders, offers
from services.review.seating.rows import Place, note, place, require_panel
from services.review.seating.states import Assigned, assignment_after
from shared.problems import Conflict, FieldError, NotFound, invalid_field
from shared.procedure import Conductor
from shared.store import Work

_ASSIGNMENTS, _PANELS, _SHEETS = models.assignments, models.panels, models.sheets
_HIDDEN = (Assigned.DRAFTED.value,)  # of which a reviewer never hears


def answer(work: Work, conductor: Conductor, data: dict[str, Any]) -> dict[str, Any]:
    """Answer for one application, or (none named) for all that still wait. Raises NotFound where nothing is its own,
    Conflict where the move is not in the table.
    """
    if not data["accept"] and not data["reason"]:
        raise invalid_field("reason", "谢绝须说明理由", "declining needs a reason")
    if data["accept"] and data["interest"]:
        raise invalid_field("interest", "有利害关系的不能接受", "who has an interest cannot accept")
    if data["interest"] and data["application_id"] is None:
        raise invalid_field(
            "application_id", "声明利害关系须指明申报", "an interest is declared in one application"
        )
    where = place(work, conductor, data, lock=True)
    _require_running(work, conductor, where)
    rows = _own(work, where, data["application_id"])
    move = "accept" if data["accept"] else "decline"
    if data["interest"]:  # while it still serves: what it owns to is a recusal with a record of its own
        interests.declare(work, where.cycle, data["application_id"], data["interest"], data["reason"])
    elif move == "decline":
        _require_no_sheet(work, where, [row.application_id for row in rows])
    for row in rows:
        _move(work, where, row, move, data["reason"])
    told = {
        "answer": move,
        "applications": [row.application_id for row in rows],
        "interest": data["interest"],
    }
    note(work, where, "answered", told, reason=data["reason"], expert_id=work.context.actor)
    offers.settled(work, where, work.context.actor)
    if move == "decline":
        leaders.keep(work, where, inputs.serving(work, conductor, where, require_panel(work, where)).problem)
    return {"answered": len(rows)}


def _require_running(work: Work, conductor: Conductor, where: Place) -> None:
    state = conductor.row(work, where.cycle.cycle_id, where.stage.key).state
    if state == "closed":
        raise Conflict(
            f"阶段 {where.stage.key} 已结束，不再答复",
            f"stage {where.stage.key} is closed: nothing is answered",
        )


def _own(work: Work, where: Place, application_id: str | None) -> list[Row[Any]]:
    """What the caller was told of and may still see, on a panel that serves: held in the query."""
    serving = and_(
        where.of(_PANELS),
        _PANELS.c.released_at.is_not(None),
        _PANELS.c.dissolved_on.is_(None),
    )
    me = work.context.actor
    wanted = [
        where.of(_ASSIGNMENTS),
        _ASSIGNMENTS.c.expert_id == me,
        _ASSIGNMENTS.c.state.not_in(_HIDDEN),
        select(_PANELS.c.stage).where(serving).exists(),
        interests.free(),
    ]
    if application_id is None:
        wanted.append(_ASSIGNMENTS.c.state == Assigned.RELEASED.value)
    else:
        wanted.append(_ASSIGNMENTS.c.application_id == application_id)
    rows = work.session.execute(select(_ASSIGNMENTS).where(and_(*wanted))).all()
    if not rows:
        raise NotFound("没有待您答复的评审任务", "no assignment waits for your answer")
    return list(rows)


def _require_no_sheet(work: Work, where: Place, applications: list[str]) -> None:
    """A sheet that is in is not taken back by giving up the work; only an interest ends it then. Raises Conflict."""
    here = and_(
        _SHEETS.c.cycle_id == where.cycle.cycle_id,
        _SHEETS.c.stage == where.stage.key,
        _SHEETS.c.expert_id == work.context.actor,
        _SHEETS.c.application_id.in_(applications),
    )
    if work.session.execute(select(_SHEETS.c.application_id).where(here)).first() is not None:
        raise Conflict(
            "评分表已提交，不能再谢绝；如有利害关系，请在谢绝时声明",
            "the sheet is in: the work is declined no more, unless an interest is declared with it",
            code="sheet_locked",
            errors=[FieldError("accept", "评分表已提交，不能再谢绝", "the sheet is in")],
        )


def _move(work: Work, where: Place, row: Row[Any], move: str, reason: str | None) -> None:
    after = assignment_after(move, row.state)
    this = and_(
        where.of(_ASSIGNMENTS),
        _ASSIGNMENTS.c.application_id == row.application_id,
        _ASSIGNMENTS.c.expert_id == row.expert_id,
        _ASSIGNMENTS.c.state == row.state,
    )
    work.session.execute(
        update(_ASSIGNMENTS).where(this).values(state=after.value, answered_at=work.now(), reason=reason)
    )
