"""What of the stages somebody may see: the one place that says which applications are a reviewer's or an applicant's own.

A reviewer's are those assigned to it of which it is not kept; an applicant's those on whose dossier it is. One that was
withdrawn is nobody's. Recusals that become known later hold at once, since every query asks for them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence

from sqlalchemy import ColumnElement, Table, and_, exists, select, true

from services.review import conflicts, models
from services.review.conditions import APPLICATION, agree
from services.review.seating.states import ON_DUTY
from shared.contracts.operations import APPLICANT, REVIEWER
from shared.problems import NotFound
from shared.procedure import Cycle, Entrant
from shared.procedure.records import of_stages
from shared.store import Work

_ASSIGNMENTS, _APPLICANTS = models.assignments, models.applicants
_DOSSIERS = models.procedure.dossiers


def own(work: Work, cycle: Cycle, table: Table) -> ColumnElement[bool]:
    """The condition that a query of `table` (with cycle_id, stage and application_id) has to hold for whoever asks."""
    here = and_(table.c.cycle_id == cycle.cycle_id, _not_withdrawn(table))
    role, me = work.context.role, work.context.actor
    if role == REVIEWER:
        mine = exists().where(
            agree(_ASSIGNMENTS, table, APPLICATION),
            _ASSIGNMENTS.c.expert_id == me,
            _ASSIGNMENTS.c.state.in_(ON_DUTY),
        )
        return and_(here, mine, conflicts.free_for(me, table))
    if role == APPLICANT:
        mine = exists().where(
            _APPLICANTS.c.application_id == table.c.application_id, _APPLICANTS.c.subject == me
        )
        return and_(here, mine)
    return here


def content(work: Work, cycle: Cycle, table: Table) -> ColumnElement[bool]:
    """The same for what an application holds or what was found of it: a reviewer has stated its interests in it before.

    Raises Conflict for a reviewer whose yearly declaration is owed.
    """
    if work.context.role != REVIEWER:
        return own(work, cycle, table)
    conflicts.require_declared(work, cycle)
    return and_(own(work, cycle, table), conflicts.stated_by(work.context.actor, table, cycle))


def require_own(
    work: Work, cycle: Cycle, stage: str, application_id: str, parts: Sequence[str] = ()
) -> Entrant:
    """An application that is in the stage and that whoever asks may see. Raises NotFound for any other.

    `parts`: what an applicant has to be on the dossier. Raises Conflict for a reviewer who has yet to declare its interests.
    """
    entrants = models.procedure.entrants
    which = and_(
        own(work, cycle, entrants),
        entrants.c.stage == stage,
        entrants.c.application_id == application_id,
        entrants.c.removed.is_(False),
    )
    part: ColumnElement[bool] = true()
    if work.context.role == APPLICANT and parts:
        part = exists().where(
            _APPLICANTS.c.application_id == entrants.c.application_id,
            _APPLICANTS.c.subject == work.context.actor,
            _APPLICANTS.c.part.in_(parts),
        )
    row = work.session.execute(
        select(_DOSSIERS)
        .join(entrants, entrants.c.application_id == _DOSSIERS.c.application_id)
        .where(which, part)
    ).one_or_none()
    if row is None:
        raise NotFound("没有这份申报", "no such application")
    if work.context.role == REVIEWER:
        conflicts.require_stated(work, cycle, application_id)
    return Entrant(row.application_id, row.sequence, row.dossier)


def reviewers(work: Work, cycle: Cycle, stage: str, entrants: Sequence[Entrant]) -> dict[str, list[str]]:
    """By application: those assigned to it in a stage who are not kept from it, in the order of assignment."""
    here = {entrant.application_id for entrant in entrants}
    teams = on_duty(work, [(cycle.cycle_id, stage)])
    return {application: team for (*_, application), team in teams.items() if application in here}


def on_duty(work: Work, stages: Collection[tuple[str, str]]) -> dict[tuple[str, str, str], list[str]]:
    """The same by cycle, stage and application, of several stages of cycles."""
    rows = work.session.execute(
        select(_ASSIGNMENTS)
        .where(
            of_stages(_ASSIGNMENTS, stages),
            _ASSIGNMENTS.c.state.in_(ON_DUTY),
            conflicts.free(_ASSIGNMENTS),
        )
        .order_by(_ASSIGNMENTS.c.position)
    )
    found: dict[tuple[str, str, str], list[str]] = defaultdict(list)
    for row in rows:
        found[row.cycle_id, row.stage, row.application_id].append(row.expert_id)
    return dict(found)


def _not_withdrawn(table: Table) -> ColumnElement[bool]:
    here = _DOSSIERS.alias()  # whoever asks may have joined the dossiers itself
    return exists().where(here.c.application_id == table.c.application_id, here.c.withdrawn_on.is_(None))
