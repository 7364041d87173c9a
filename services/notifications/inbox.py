"""One's own messages 站内消息, and what could not be sent, for operators."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, and_, func, select, update

from services.notifications import models
from services.notifications.said import Awards
from services.notifications.states import OPERATORS
from shared.procedure.people import plays
from shared.rulebooks import Library
from shared.store import Work

_MESSAGES, _DELIVERIES = models.messages, models.deliveries
_NAMES = ("cycle_id", "application_id")


def mine(work: Work, data: dict[str, Any], library: Library) -> dict[str, Any]:
    """A page of what whoever asks was told, the newest first; in a rehearsal nobody is told anything."""
    page = {"page": data["page"], "size": data["size"]}
    if plays(work):
        return {"messages": [], "total": 0, "unread": 0, **page}
    own = and_(_MESSAGES.c.recipient == work.context.actor, _MESSAGES.c.due_at <= work.now())
    unread = and_(own, _MESSAGES.c.read_at.is_(None))
    wanted = {"yes": unread, "no": and_(own, _MESSAGES.c.read_at.is_not(None))}.get(data["unread"] or "", own)
    query = (
        select(_MESSAGES)
        .where(wanted)
        .order_by(_MESSAGES.c.due_at.desc(), _MESSAGES.c.id.desc())
        .limit(data["size"])
        .offset((data["page"] - 1) * data["size"])
    )
    rows = work.session.execute(query).all()
    awards = Awards(work, library, [row.cycle_id for row in rows])
    return {
        "messages": [_shown(row, awards) for row in rows],
        "total": _count(work, wanted),
        "unread": _count(work, unread),
        **page,
    }


def _shown(row: Any, awards: Awards) -> dict[str, Any]:
    zh, en = awards.rendered(row, "zh"), awards.rendered(row, "en")
    return {
        "message_id": row.id,
        "at": row.due_at.isoformat(),
        "subject_zh": zh.subject,
        "subject_en": en.subject,
        "text_zh": zh.text,
        "text_en": en.text,
        "read_at": None if row.read_at is None else row.read_at.isoformat(),
        **{name: getattr(row, name) for name in _NAMES},
    }


def read(work: Work, data: dict[str, Any]) -> dict[str, Any]:
    """Mark messages as read; whoever names others' is told nothing of them."""
    if not plays(work):
        own = and_(
            _MESSAGES.c.id.in_(data["message_ids"]),
            _MESSAGES.c.recipient == work.context.actor,
            _MESSAGES.c.due_at <= work.now(),
            _MESSAGES.c.read_at.is_(None),
        )
        work.session.execute(update(_MESSAGES).where(own).values(read_at=work.now()))
    return {"done": True}


def failed(work: Work, data: dict[str, Any]) -> dict[str, Any]:
    """A page of deliveries that were given up, or of which nobody knows whether they were taken, the newest first."""
    wanted: ColumnElement[bool] = _DELIVERIES.c.state.in_(OPERATORS)
    for name in ("channel", "state"):
        if data[name] is not None:
            wanted = and_(wanted, _DELIVERIES.c[name] == data[name])
    query = (
        select(_DELIVERIES, _MESSAGES.c.recipient, _MESSAGES.c.template)
        .join(_MESSAGES, _MESSAGES.c.id == _DELIVERIES.c.message_id)
        .where(wanted)
        .order_by(_DELIVERIES.c.settled_at.desc(), _DELIVERIES.c.id)
        .limit(data["size"])
        .offset((data["page"] - 1) * data["size"])
    )
    total = work.session.execute(select(func.count()).select_from(_DELIVERIES).where(wanted)).scalar_one()
    return {
        "deliveries": [
            {
                "delivery_id": row.id, "at": row.settled_at.isoformat(),
                **{n: getattr(row, n) for n in ("state", "channel", "recipient", "template", "attempts", "failure")},
            }
            for row in work.session.execute(query).all()
        ],
        "page": data["page"],
        "size": data["size"],
        "total": total,
    }  # fmt: skip


def _count(work: Work, wanted: Any) -> int:
    return work.session.execute(select(func.count()).select_from(_MESSAGES).where(wanted)).scalar_one()
