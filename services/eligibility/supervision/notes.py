"""预警处理: what discipline inspection made of an alert, by the alert's id, with what the alert said at that time.

Alerts themselves are computed whenever they are asked for and kept nowhere. One that has changed has another id, and is new.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row, and_, select, update

from services.eligibility import models
from services.eligibility.supervision import states
from services.eligibility.supervision.states import Note
from shared.procedure import Conductor, Cycle
from shared.store import Work

_NOTES = models.supervision_notes
_ALERT = ("source", "kind", "severity", "subject", "reason_zh", "reason_en")
_MOVE = {Note.SEEN.value: "see", Note.CLOSED.value: "close"}


def note(work: Work, conductor: Conductor, data: dict[str, Any]) -> dict[str, Any]:
    """Note an alert as seen, or closed with a reason; a closed one is opened again by noting it as seen.

    That there is such an alert is looked up by the gateway. Raises Conflict for a move that the table has not.
    """
    # One at a time: the first note on an alert has no row that could be locked.
    conductor.records.cycle(work, data["cycle_id"], lock=True)
    cycle = conductor.cycle(work, data["cycle_id"])
    this = and_(_NOTES.c.cycle_id == cycle.cycle_id, _NOTES.c.alert_id == data["alert_id"])
    known = work.session.execute(select(_NOTES).where(this)).one_or_none()
    before = Note.NEW.value if known is None else known.state
    values = {
        "state": states.note_after(_MOVE[data["state"]], before).value,
        "reason": data["reason"],
        "noted_by": work.by,
        "noted_at": work.now(),
        **{name: data[name] for name in _ALERT},
    }
    if known is None:
        key = {"cycle_id": cycle.cycle_id, "alert_id": data["alert_id"]}
        work.session.execute(_NOTES.insert().values(**key, **values))
    else:
        work.session.execute(update(_NOTES).where(this).values(**values))
    # Without the reason: the cycle's audit log goes into packages that others read, and an alert may be about one of them.
    work.audit(
        "alert:noted",
        data["alert_id"],
        before={"state": before},
        after={"state": values["state"]},
        cycle_id=cycle.cycle_id,
    )
    return _shown(work.session.execute(select(_NOTES).where(this)).one())


def listed(work: Work, conductor: Conductor, data: dict[str, Any]) -> dict[str, Any]:
    """All notes of a cycle, the newest first."""
    cycle = conductor.cycle(work, data["cycle_id"])
    return {"notes": [_shown(row) for row in _rows(work, cycle)]}


def on(work: Work, data: dict[str, Any]) -> dict[str, Any]:
    """The notes on some alerts, of whichever cycles; whoever plays a rehearsal hears of rehearsals' alone."""
    cycles = models.procedure.cycles
    seen = select(cycles.c.id).where(cycles.c.rehearsal.is_(work.context.rehearsal_date is not None))
    this = and_(_NOTES.c.alert_id.in_(data["alert_ids"]), _NOTES.c.cycle_id.in_(seen))
    query = select(_NOTES).where(this).order_by(_NOTES.c.noted_at.desc(), _NOTES.c.alert_id)
    return {"notes": [_shown(row) for row in work.session.execute(query)]}


def _rows(work: Work, cycle: Cycle) -> list[Row[Any]]:
    query = select(_NOTES).where(_NOTES.c.cycle_id == cycle.cycle_id)
    return list(work.session.execute(query.order_by(_NOTES.c.noted_at.desc(), _NOTES.c.alert_id)))


def _shown(row: Row[Any]) -> dict[str, Any]:
    names = ("cycle_id", "alert_id", "state", "reason", "noted_by", *_ALERT)
    return {**{name: getattr(row, name) for name in names}, "noted_at": row.noted_at.isoformat()}
