"""催报: who owes a declaration, and what the clock does about it for real experts. It asks, it concludes nothing.

Done by every replica, each taking other rows; a reminder is a row, so none is given twice.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, literal, or_, select, update
from sqlalchemy.exc import IntegrityError

from services.review import models
from services.review.conditions import EXPERT, agree, is_
from services.review.register.terms import Terms
from services.review.register.worlds import world_of
from shared.contracts.events import DeclarationDue
from shared.procedure import REAL_WORLD, Conductor
from shared.store import Work

Data = dict[str, Any]
_REGISTER, _REMINDERS = models.expert_register, models.declaration_reminders
_AT_A_TIME = 200  # experts in one transaction


def chase(work: Work, terms: Terms) -> None:
    """Remind those whose next step has come."""
    query = (
        select(_REGISTER)
        .where(
            and_(
                _REGISTER.c.world == REAL_WORLD,
                _owes(work.today(), terms),
                _not_reminded(work.today(), terms),
            )
        )
        .order_by(_REGISTER.c.expert_id)
        .limit(_AT_A_TIME)
        .with_for_update(skip_locked=True)
    )
    for row in work.session.execute(query).all():
        due_on = row.declared_until or row.entered_on
        step = terms.step(due_on, work.today())
        if step is not None:
            _remind(work, row.expert_id, row.declared_until, due_on, step)


def told(work: Work, data: Data) -> None:
    """A reminder's event has come over the bus: from then on it is known to have been sent."""
    key = {name: data[name] for name in ("world", "expert_id", "due_on", "step")}
    this = and_(is_(_REMINDERS, key), _REMINDERS.c.sent_at.is_(None))
    work.session.execute(update(_REMINDERS).where(this).values(sent_at=work.now()))


def owed(work: Work, conductor: Conductor, data: Data, terms: Terms) -> Data:
    """A page of the active experts of a register who owe a declaration, whoever has owed it longest first."""
    world, today = world_of(work, conductor, data), work.today()
    state = _state(today)
    wanted = and_(_REGISTER.c.world == world, _owes(today, terms))
    if data["state"] is not None:
        wanted = and_(wanted, state == data["state"])
    counted = select(state, func.count()).where(wanted).group_by(state).order_by(state)
    counts = {row[0]: row[1] for row in work.session.execute(counted)}
    since = func.coalesce(_REGISTER.c.declared_until, _REGISTER.c.entered_on)
    query = (
        select(_REGISTER, state.label("owed"), since.label("due_on"))
        .where(wanted)
        .order_by(since, _REGISTER.c.expert_id)
        .limit(data["size"])
        .offset((data["page"] - 1) * data["size"])
    )
    rows = work.session.execute(query).all()
    reminders = _reminders(work, world, [row.expert_id for row in rows])
    none: tuple[int, str | None] = (0, None)
    return {
        "experts": [
            {
                "expert_id": row.expert_id,
                "name": row.name,
                "state": row.owed,
                "declared_until": row.declared_until,
                "reminders": reminders.get((row.expert_id, row.declared_until or row.entered_on), none)[0],
                "last_reminded_at": reminders.get(
                    (row.expert_id, row.declared_until or row.entered_on), none
                )[1],
            }
            for row in rows
        ],
        "page": data["page"],
        "size": data["size"],
        "total": sum(counts.values()),
        "counts": counts,
    }


def _owes(today: date, terms: Terms) -> ColumnElement[bool]:
    until = _REGISTER.c.declared_until
    return and_(_REGISTER.c.state == "active", or_(until.is_(None), until <= today + terms.soon))


def _state(today: date) -> ColumnElement[str]:
    until = _REGISTER.c.declared_until
    return case(
        (until.is_(None), literal("missing")), (until < today, literal("expired")), else_=literal("expiring")
    )


def _not_reminded(today: date, terms: Terms) -> ColumnElement[bool]:
    """Those for whom the step that is due has no row, said in the query so that a batch is not filled with the others."""
    due_on = func.coalesce(_REGISTER.c.declared_until, _REGISTER.c.entered_on)
    return or_(
        *(
            and_(due_on >= first, due_on <= last, ~_reminded(due_on, step))
            for step, first, last in _spans(today, terms)
        )
    )


def _spans(today: date, terms: Terms) -> Iterable[tuple[int, date, date]]:
    """For each step the days that it is due for today: from the next step's day, which is later, up to its own."""
    for number, step in enumerate(terms.steps):
        last = date.fromordinal(today.toordinal() + step)
        after = terms.steps[number + 1 :]
        yield step, date.fromordinal(today.toordinal() + after[0] + 1) if after else date.min, last


def _reminded(due_on: ColumnElement[date], step: int) -> ColumnElement[bool]:
    this = and_(_REMINDERS.c.due_on == due_on, _REMINDERS.c.step == step)
    return select(_REMINDERS.c.step).where(agree(_REMINDERS, _REGISTER, EXPERT), this).exists()


def _remind(work: Work, expert_id: str, until: date | None, due_on: date, step: int) -> None:
    row = {
        "world": REAL_WORLD,
        "expert_id": expert_id,
        "due_on": due_on,
        "step": step,
        "reminded_at": work.now(),
    }
    try:
        with work.session.begin_nested():
            work.session.execute(_REMINDERS.insert().values(**row))
    except IntegrityError:
        return  # another replica was quicker
    state = "missing" if until is None else "expired" if until < work.today() else "expiring"
    said = {"world": REAL_WORLD, "expert_id": expert_id, "state": state, "due_on": due_on, "step": step}
    work.publish(DeclarationDue, said, subject=expert_id)
    work.audit(
        "declaration:reminded",
        f"{REAL_WORLD}/{expert_id}",
        after={"due_on": due_on.isoformat(), "step": step},
    )


def _reminders(work: Work, world: str, ids: list[str]) -> dict[tuple[str, date], tuple[int, str | None]]:
    """By expert and the day they are about: how many reminders, and when the last one was."""
    wanted = and_(_REMINDERS.c.world == world, _REMINDERS.c.expert_id.in_(ids))
    query = (
        select(_REMINDERS.c.expert_id, _REMINDERS.c.due_on, func.count(), func.max(_REMINDERS.c.reminded_at))
        .where(wanted)
        .group_by(_REMINDERS.c.expert_id, _REMINDERS.c.due_on)
    )
    return {(row[0], row[1]): (row[2], row[3].isoformat()) for row in work.session.execute(query)}
