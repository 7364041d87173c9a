"""下达与催办: what a reviewer is offered, by when it should answer, and what the clock does until it has.

The clock reminds, and then it says that an expert was silent: it accepts nothing for anybody, and replaces nobody.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, and_, func, select, update

from services.review import models
from services.review.conditions import PANEL, agree, is_
from services.review.seating import interests
from services.review.seating.rows import Place
from services.review.seating.states import Assigned
from shared.config import Settings
from shared.contracts.events import AssignmentOffered
from shared.store import Work

_OFFERS, _ASSIGNMENTS, _PANELS = models.offers, models.assignments, models.panels
_AT_A_TIME = 500  # rows in one transaction


@dataclass(frozen=True)
class Terms:
    """How long an expert has to answer, and after which times since the offer it is reminded."""

    answer: timedelta = timedelta(hours=120)
    reminders: tuple[timedelta, ...] = (timedelta(hours=48), timedelta(hours=96))

    @classmethod
    def of(cls, settings: Settings) -> Terms:
        """The terms that the settings say; a reminder after the answer's term is none."""
        answer = timedelta(hours=settings.panels_answer_hours)
        given = sorted(timedelta(hours=hours) for hours in settings.panels_reminder_hours)
        return cls(answer, tuple(pause for pause in given if pause < answer))

    def due(self, offered_at: datetime, reminders: int) -> datetime:
        """When one who was reminded so often is reminded next, or found silent."""
        after = self.reminders[reminders] if reminders < len(self.reminders) else self.answer
        return offered_at + after


def offer(work: Work, where: Place, experts: Iterable[str], terms: Terms, occasion: str) -> None:
    """Tell experts that work waits for their answer; one who was offered some before has the whole term again."""
    now = work.now()
    for expert_id in sorted(set(experts)):
        values = {
            "offered_at": now,
            "answer_by": now + terms.answer,
            "reminders": 0,
            "due_at": terms.due(now, 0),
            "silent_at": None,
        }
        this = and_(where.of(_OFFERS), _OFFERS.c.expert_id == expert_id)
        known = work.session.execute(update(_OFFERS).where(this).values(**values))
        if not getattr(known, "rowcount", 0):
            work.session.execute(_OFFERS.insert().values(**where.key, expert_id=expert_id, **values))
        _tell(work, where.key, expert_id, now + terms.answer, occasion)


def settled(work: Work, where: Place, expert_id: str) -> None:
    """An expert answered, or was replaced: nothing is chased any more once none of its work waits for an answer."""
    if not _waiting(work, where.key, expert_id):
        this = and_(where.of(_OFFERS), _OFFERS.c.expert_id == expert_id)
        work.session.execute(update(_OFFERS).where(this).values(due_at=None, silent_at=None))


def chase(work: Work, terms: Terms) -> None:
    """Do what is due. Done by every replica, each taking other rows."""
    query = (
        select(_OFFERS)
        .where(_OFFERS.c.due_at <= work.now())
        .order_by(_OFFERS.c.due_at)
        .limit(_AT_A_TIME)
        .with_for_update(skip_locked=True)
    )
    for row in work.session.execute(query).all():
        _do(work, row, terms)


def _do(work: Work, row: Row[Any], terms: Terms) -> None:
    key = {name: getattr(row, name) for name in PANEL}
    this = and_(is_(_OFFERS, key), _OFFERS.c.expert_id == row.expert_id)
    values: dict[str, Any]
    if not _waiting(work, key, row.expert_id):
        values = {"due_at": None}
    elif row.reminders < len(terms.reminders):
        values = {"reminders": row.reminders + 1, "due_at": terms.due(row.offered_at, row.reminders + 1)}
        _tell(work, key, row.expert_id, row.answer_by, "reminder")
        _note(work, key, row.expert_id, "reminded")
    else:
        values = {"due_at": None, "silent_at": work.now()}
        _note(work, key, row.expert_id, "silent")
    work.session.execute(update(_OFFERS).where(this).values(**values))


def _waiting(work: Work, key: dict[str, str], expert_id: str) -> int:
    """How much of an expert's work waits for its answer: on a panel that serves, in a stage that is not closed, and nothing
    that it is kept from or that was withdrawn: of that it is told nothing, by no reminder either.
    """
    stages = models.procedure.stages
    running = and_(
        stages.c.cycle_id == _PANELS.c.cycle_id, stages.c.stage == _PANELS.c.stage, stages.c.state != "closed"
    )
    serving = and_(agree(_PANELS, _ASSIGNMENTS, PANEL), _PANELS.c.dissolved_on.is_(None))
    query = (
        select(func.count())
        .select_from(_ASSIGNMENTS)
        .join(_PANELS, serving)
        .join(stages, running)
        .where(
            and_(
                is_(_ASSIGNMENTS, key),
                _ASSIGNMENTS.c.expert_id == expert_id,
                _ASSIGNMENTS.c.state == Assigned.RELEASED.value,
                interests.free(),
            )
        )
    )
    return work.session.execute(query).scalar_one()


def _tell(work: Work, key: dict[str, str], expert_id: str, answer_by: datetime, occasion: str) -> None:
    told = {
        **key,
        "category": key["category"] or None,
        "expert_id": expert_id,
        "applications": _waiting(work, key, expert_id),
        "answer_by": answer_by.isoformat(),
        "occasion": occasion,
    }
    work.publish(AssignmentOffered, told, subject=f"{key['cycle_id']}/{expert_id}")


def _note(work: Work, key: dict[str, str], expert_id: str, entry: str) -> None:
    work.audit(
        f"offer:{entry}",
        f"{key['stage']}/{key['category']}/{expert_id}",
        after=key,
        cycle_id=key["cycle_id"],
    )


def heard(work: Work, data: dict[str, Any]) -> None:
    """An offer has left the house; notifications carries it to the expert, and here its arrival is written down."""
    work.audit("offer:told", f"{data['stage']}/{data['expert_id']}", after=data, cycle_id=data["cycle_id"])
