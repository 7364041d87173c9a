"""监督反馈表一览: a page of forms, each side its own."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, and_, func, select

from services.eligibility import models
from services.eligibility.supervision import forms, states
from shared.procedure import Conductor, Cycle
from shared.store import Work

_FORMS = models.supervision_forms


def listed(work: Work, conductor: Conductor, data: dict[str, Any]) -> dict[str, Any]:
    """A page of a cycle's forms that whoever asks may see: those that wait for an answer first, by their day."""
    cycle = conductor.cycle(work, data["cycle_id"])
    wanted = [_FORMS.c.cycle_id == cycle.cycle_id, forms.visible(work)]
    if data["state"] is not None:
        wanted.append(_FORMS.c.state == data["state"])
    if data["overdue"] == "yes":
        wanted.append(overdue(work))
    total = work.session.execute(select(func.count()).select_from(_FORMS).where(and_(*wanted))).scalar_one()
    query = (
        select(_FORMS)
        .where(and_(*wanted))
        .order_by(_FORMS.c.state.not_in(states.WAITING), _FORMS.c.due_on, _FORMS.c.id)
        .limit(data["size"])
        .offset((data["page"] - 1) * data["size"])
    )
    return {
        "forms": [forms.line(work, row) for row in work.session.execute(query)],
        "page": data["page"],
        "size": data["size"],
        "total": total,
    }


def one(work: Work, conductor: Conductor, data: dict[str, Any]) -> dict[str, Any]:
    """One form with all that was written in it. Raises NotFound for one that is not one's own."""
    row = forms.require(work, data["form_id"])
    conductor.cycle(work, row.cycle_id)
    return forms.shown(work, row)


def overdue(work: Work) -> ColumnElement[bool]:
    """The condition on forms that an answer was due before today."""
    return and_(_FORMS.c.state.in_(states.WAITING), _FORMS.c.due_on < work.today())


def counts(work: Work, cycle: Cycle) -> dict[str, int]:
    """How many forms of a cycle stand how."""
    query = (
        select(_FORMS.c.state, func.count())
        .where(_FORMS.c.cycle_id == cycle.cycle_id)
        .group_by(_FORMS.c.state)
    )
    return {state: int(number) for state, number in work.session.execute(query)}
