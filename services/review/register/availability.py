"""Who is there when: what panels ask of the times of absence that experts entered."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, and_, select

from services.review import models
from services.review.register.worlds import of as of_expert
from shared.store import Work

Data = dict[str, Any]
_ABSENCES, _REGISTER = models.absences, models.expert_register


def available(work: Work, world: str, expert_id: str, since: date, until: date) -> bool:
    """Whether an active expert of the register has no absence on any day from `since` to `until`, both included."""
    active = and_(of_expert(_REGISTER, world, expert_id), _REGISTER.c.state == "active")
    if work.session.execute(select(_REGISTER.c.expert_id).where(active)).first() is None:
        return False
    away = and_(of_expert(_ABSENCES, world, expert_id), _meets(since, until))
    return work.session.execute(select(_ABSENCES.c.id).where(away)).first() is None


def absent(work: Work, world: str, since: date, until: date) -> frozenset[str]:
    """Everybody of a world who has an absence on some day from `since` to `until`, both included: one query for a panel."""
    away = and_(_ABSENCES.c.world == world, _meets(since, until))
    return frozenset(work.session.execute(select(_ABSENCES.c.expert_id).where(away)).scalars())


def retired(work: Work, world: str) -> frozenset[str]:
    """Everybody of a world who has left its register: from then on nothing is given to it."""
    gone = and_(_REGISTER.c.world == world, _REGISTER.c.state != "active")
    return frozenset(work.session.execute(select(_REGISTER.c.expert_id).where(gone)).scalars())


def of(work: Work, world: str, ids: Sequence[str]) -> dict[str, list[Data]]:
    """The absences of experts that are not over, by expert, the next one first."""
    wanted = and_(
        _ABSENCES.c.world == world, _ABSENCES.c.expert_id.in_(ids), _ABSENCES.c.until >= work.today()
    )
    found: dict[str, list[Data]] = defaultdict(list)
    query = select(_ABSENCES).where(wanted).order_by(_ABSENCES.c.since, _ABSENCES.c.id)
    for row in work.session.execute(query):
        line = {name: getattr(row, name) for name in ("since", "until", "entered_by")}
        found[row.expert_id].append({"absence_id": row.id, **line})
    return found


def _meets(since: date, until: date) -> ColumnElement[bool]:
    return and_(_ABSENCES.c.since <= until, _ABSENCES.c.until >= since)
