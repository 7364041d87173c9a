"""How long messages are kept: those about an application until its records are destroyed, the others for a time."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import and_, delete, select

from services.notifications import models
from shared.store import Work

_MESSAGES, _DELIVERIES, _ATTEMPTS = models.messages, models.deliveries, models.attempts
_AT_A_TIME = 500  # rows in one statement


def drop(work: Work, message_ids: Sequence[str]) -> None:
    """Delete messages, their deliveries and every try."""
    for start in range(0, len(message_ids), _AT_A_TIME):
        some = message_ids[start : start + _AT_A_TIME]
        deliveries = select(_DELIVERIES.c.id).where(_DELIVERIES.c.message_id.in_(some))
        work.session.execute(delete(_ATTEMPTS).where(_ATTEMPTS.c.delivery_id.in_(deliveries)))
        work.session.execute(delete(_DELIVERIES).where(_DELIVERIES.c.message_id.in_(some)))
        work.session.execute(delete(_MESSAGES).where(_MESSAGES.c.id.in_(some)))


def about(work: Work, application_ids: Sequence[str]) -> list[str]:
    """The messages about applications."""
    query = select(_MESSAGES.c.id).where(_MESSAGES.c.application_id.in_(application_ids))
    return list(work.session.execute(query).scalars())


def purge(work: Work, days: int) -> int:
    """Delete what is about no application and was due so many days ago; gives how many messages went this time."""
    before = work.now() - timedelta(days=days)
    old = and_(_MESSAGES.c.application_id.is_(None), _MESSAGES.c.due_at < before)
    ids = list(work.session.execute(select(_MESSAGES.c.id).where(old).limit(_AT_A_TIME)).scalars())
    drop(work, ids)
    work.session.execute(delete(models.heard_tasks).where(models.heard_tasks.c.heard_at < before))
    if ids:
        work.audit("message:purged", "messages", after={"number": len(ids), "before": before.isoformat()})
    return len(ids)
