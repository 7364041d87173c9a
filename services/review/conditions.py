"""The conditions that queries of several rooms share: the rows of a key, rows that belong together, who was withdrawn, which
panels serve and who is their leader.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import ColumnElement, FromClause, and_, exists

from services.review import models
from services.review.seating.states import Panelled
from shared.procedure import REAL_WORLD

_PANELS, _CYCLES = models.panels, models.procedure.cycles
PANEL = ("cycle_id", "stage", "category")
APPLICATION = ("cycle_id", "stage", "application_id")
SEAT = (*APPLICATION, "expert_id")  # an assignment, a sheet, a recusal
EXPERT = ("world", "expert_id")  # of the register
PAIR = ("cycle_id", "application_id", "expert_id")  # whatever the stage


def is_(table: FromClause, key: Mapping[str, Any]) -> ColumnElement[bool]:
    """The rows of a key."""
    return and_(*(table.c[name] == value for name, value in key.items()))


def agree(one: FromClause, other: FromClause, names: Iterable[str]) -> ColumnElement[bool]:
    """Rows of two tables that agree in these columns."""
    return and_(*(one.c[name] == other.c[name] for name in names))


def in_world(world: str) -> ColumnElement[bool]:
    """The cycles of a world."""
    if world == REAL_WORLD:
        return _CYCLES.c.rehearsal.is_(False)
    return and_(_CYCLES.c.id == world, _CYCLES.c.rehearsal.is_(True))


def withdrawn(table: FromClause) -> ColumnElement[bool]:
    """The application of a row (with application_id) was withdrawn."""
    here = models.procedure.dossiers.alias()  # whoever asks may have joined the dossiers itself
    gone = and_(here.c.application_id == table.c.application_id, here.c.withdrawn_on.is_not(None))
    return exists().where(gone).correlate(table)


def serving(table: FromClause) -> ColumnElement[bool]:
    """The assignment of a row is on a panel that is not dissolved: with it ends all that its members could see."""
    gone = and_(agree(_PANELS, table, PANEL), _PANELS.c.dissolved_on.is_not(None))
    return ~exists().where(gone).correlate(table)


def released() -> ColumnElement[bool]:
    """The condition on panels that they serve: of a draft nobody is told, and with a dissolved one all sight ends."""
    return and_(_PANELS.c.state == Panelled.RELEASED.value, _PANELS.c.dissolved_on.is_(None))


def heads(expert_id: str) -> ColumnElement[bool]:
    """The condition on panels that an expert is their leader now. Of one application it need not be: `conflicts.leads`."""
    return and_(_PANELS.c.leader == expert_id, released())
