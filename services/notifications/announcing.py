"""Announcements 通告: one officer writes to all applicants of a cycle, another one sends it."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row, and_, select, update

from services.notifications import models, writing
from services.notifications.states import Announced, before_decision
from shared.problems import Conflict, Forbidden, NotFound
from shared.store import Work

_CYCLES, _ANNOUNCEMENTS = models.cycles, models.announcements
_TEXTS = ("cycle_id", "subject_zh", "subject_en", "text_zh", "text_en")


def announce(work: Work, data: dict[str, Any]) -> dict[str, Any]:
    """Keep what is to be announced; nobody is told yet. Raises NotFound for a cycle that is not known here, or a rehearsal's."""
    _require_cycle(work, data["cycle_id"])
    announcement_id = work.new_id()
    row = {name: data[name] for name in _TEXTS}
    work.session.execute(
        _ANNOUNCEMENTS.insert().values(
            id=announcement_id,
            state=Announced.PROPOSED.value,
            proposed_by=work.by,
            proposed_at=work.now(),
            **row,
        )
    )
    work.audit("announcement:proposed", announcement_id, after=row, cycle_id=data["cycle_id"])
    return _told(_find(work, announcement_id))


def decide(work: Work, data: dict[str, Any]) -> dict[str, Any]:
    """Send it to everybody at one instant, or refuse it. Raises Forbidden for its writer, Conflict where it is decided."""
    row = _find(work, data["announcement_id"], lock=True)
    if work.same_person(row.proposed_by, about=row.id):
        raise Forbidden("起草人不得签发", "whoever wrote it does not send it", code="same_person")
    state = Announced.SENT if data["accept"] else Announced.REFUSED
    this = and_(_ANNOUNCEMENTS.c.id == row.id, _ANNOUNCEMENTS.c.state.in_(before_decision(state)))
    decided = {"decided_by": work.by, "decided_at": work.now(), "reason": data["reason"]}
    done = work.session.execute(update(_ANNOUNCEMENTS).where(this).values(state=state.value, **decided))
    if not getattr(done, "rowcount", 0):
        raise Conflict("通告已有决定", "it is decided already", code="decided")
    number = 0
    if state is Announced.SENT:
        values = {
            "subject": {"zh": row.subject_zh, "en": row.subject_en},
            "text": {"zh": row.text_zh, "en": row.text_en},
        }
        number = writing.write_to_all(work, row.cycle_id, "announcement", values)
    work.audit(
        f"announcement:{state}", row.id, after={"state": state.value, "messages": number},
        reason=data["reason"], cycle_id=row.cycle_id,
    )  # fmt: skip
    return _told(_find(work, row.id))


def listed(work: Work, data: dict[str, Any]) -> dict[str, Any]:
    """A cycle's announcements, the newest first."""
    _require_cycle(work, data["cycle_id"])
    query = (
        select(_ANNOUNCEMENTS)
        .where(_ANNOUNCEMENTS.c.cycle_id == data["cycle_id"])
        .order_by(_ANNOUNCEMENTS.c.proposed_at.desc(), _ANNOUNCEMENTS.c.id)
    )
    return {"announcements": [_told(row) for row in work.session.execute(query).all()]}


def _require_cycle(work: Work, cycle_id: str) -> None:
    known = work.session.execute(select(_CYCLES.c.id).where(_CYCLES.c.id == cycle_id)).scalar_one_or_none()
    if known is None or work.context.rehearsal_date is not None:
        raise NotFound("没有这个周期", "no such cycle")


def _find(work: Work, announcement_id: str, *, lock: bool = False) -> Row[Any]:
    query = select(_ANNOUNCEMENTS).where(_ANNOUNCEMENTS.c.id == announcement_id)
    row = work.session.execute(query.with_for_update() if lock else query).one_or_none()
    if row is None or work.context.rehearsal_date is not None:
        raise NotFound("没有这份通告", "no such announcement")
    return row


def _told(row: Row[Any]) -> dict[str, Any]:
    names = (*_TEXTS, "state", "proposed_by", "decided_by", "reason")
    return {"announcement_id": row.id, **{name: getattr(row, name) for name in names}}
