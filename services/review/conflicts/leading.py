"""Who leads the review of an application, the one condition: its panel's leader, or, where that one is kept from it, a deputy."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Case, ColumnElement, FromClause, ScalarSelect, and_, case, exists, or_, select

from services.review import models
from services.review.conditions import APPLICATION, PAIR, PANEL, agree, heads, released
from services.review.seating.states import ON_DUTY

_PANELS, _DEPUTIES, _CONFLICTS = models.panels, models.panel_deputies, models.conflicts
_SEAT = models.assignments.alias("seat_of_deputy")  # whoever asks may have named the assignments itself
WHOLE_PANEL = ""  # in the place of an application: the order in which members follow for each


def leads(expert_id: str, table: FromClause) -> ColumnElement[bool]:
    """The condition on rows with cycle_id, stage, category and application_id that an expert leads that application now. What
    is not released yet, or dissolved, is led by nobody.
    """
    in_line = exists().where(agree(_DEPUTIES, _PANELS, PANEL), _DEPUTIES.c.expert_id == expert_id)
    may = or_(heads(expert_id), in_line.correlate(_PANELS))
    here = and_(agree(_PANELS, table, PANEL), released(), may, leader_of(table) == expert_id)
    return exists().where(here).correlate(table)


def leader_of(table: FromClause) -> Case[Any]:
    """Who leads the application of a row, in a query of its panel too: nobody where all who could are kept from it."""
    return case((leader_is_free(table), _PANELS.c.leader), else_=_first_deputy(table))


def leader_is_free(table: FromClause) -> ColumnElement[bool]:
    """The leader of a panel is not kept from the application of a row."""
    return and_(_PANELS.c.leader.is_not(None), ~_kept(_PANELS.c.leader, table, _PANELS))


def _first_deputy(table: FromClause) -> ScalarSelect[Any]:
    """Whom the office named for it, else the first in the order of the draw: of those who review it, else of all."""
    reads = and_(
        agree(_SEAT, table, APPLICATION),
        _SEAT.c.expert_id == _DEPUTIES.c.expert_id,
        _SEAT.c.state.in_(ON_DUTY),
    )
    whole = _DEPUTIES.c.application_id == WHOLE_PANEL
    # The order names no column of the query around it: SQLite looks for none of those there.
    return (
        select(_DEPUTIES.c.expert_id)
        .select_from(_DEPUTIES.outerjoin(_SEAT, reads))
        .where(agree(_DEPUTIES, table, PANEL))
        .where(or_(whole, _DEPUTIES.c.application_id == table.c.application_id))
        .where(~_kept(_DEPUTIES.c.expert_id, table, _DEPUTIES))
        .order_by(
            case((whole, 1), else_=0),
            case((_SEAT.c.expert_id.is_(None), 1), else_=0),
            _DEPUTIES.c.rank,
        )
        .limit(1)
        .correlate(table, _PANELS)
        .scalar_subquery()
    )


def _kept(expert: ColumnElement[Any], table: FromClause, of: FromClause) -> ColumnElement[bool]:
    known = and_(agree(_CONFLICTS, table, PAIR[:2]), _CONFLICTS.c.ended_at.is_(None))
    return exists().where(known, _CONFLICTS.c.expert_id == expert).correlate(table, of)
