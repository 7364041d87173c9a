"""The conditions by which every query of review leaves out what somebody is kept from, and the recusals as known now."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any

from sqlalchemy import ColumnElement, FromClause, Select, and_, exists, select, true

from services.review import models
from services.review.conditions import PAIR, agree, serving
from services.review.conflicts import sources
from services.review.conflicts.recusals import Recusal, in_order, worded
from services.review.seating.states import ON_DUTY
from shared.problems import Conflict, NotFound
from shared.procedure import Cycle, Entrant
from shared.store import Work

_CONFLICTS, _STATEMENTS, _ASSIGNMENTS = models.conflicts, models.case_statements, models.assignments
_DOSSIERS = models.procedure.dossiers
_FEW = 50  # applications that a query names one by one


def free(table: FromClause) -> ColumnElement[bool]:
    """The one condition: the expert of a row (with cycle_id, expert_id, application_id) is not kept from its application."""
    known = and_(agree(_CONFLICTS, table, PAIR), _CONFLICTS.c.ended_at.is_(None))
    return ~exists().where(known).correlate(table)


def free_for(expert_id: str, table: FromClause) -> ColumnElement[bool]:
    """The same for one expert and the applications of a table (with cycle_id and application_id), assigned to it or not."""
    known = and_(agree(_CONFLICTS, table, PAIR[:2]), _CONFLICTS.c.ended_at.is_(None))
    return ~exists().where(known, _CONFLICTS.c.expert_id == expert_id).correlate(table)


def stated_by(expert_id: str, table: FromClause, cycle: Cycle) -> ColumnElement[bool]:
    """The expert has stated its interests in the application of a row (with cycle_id and application_id). In a rehearsal
    nobody is asked.
    """
    if cycle.rehearsal:
        return true()
    said = and_(agree(_STATEMENTS, table, PAIR[:2]), _STATEMENTS.c.expert_id == expert_id)
    return exists().where(said).correlate(table)


def nothing_of_yours() -> NotFound:
    """The one refusal of an application that does not exist, is somebody else's, or that one is kept from."""
    return NotFound("没有这项评审任务", "no such assignment of yours")


def recusals(work: Work, cycle: Cycle, entrants: Iterable[Entrant]) -> tuple[Recusal, ...]:
    """Who is kept from which of these applications, by what is known now; one ground from two sources is told once."""
    sequences = {entrant.application_id: entrant.sequence for entrant in entrants}
    names = (_CONFLICTS.c.expert_id, _CONFLICTS.c.application_id, _CONFLICTS.c.ground, _CONFLICTS.c.rule)
    here = _known([cycle.cycle_id], sequences.keys())
    found = [
        worded(*row)
        for row in work.session.execute(select(*names).where(here).distinct())
        if row.application_id in sequences
    ]
    return in_order(found, sequences)


def kept(work: Work, cycle_id: str, expert_id: str, application_id: str) -> bool:
    """Whether an expert is kept from an application."""
    return (application_id, expert_id) in pairs(work, [cycle_id], {application_id})


def pairs(
    work: Work, cycle_ids: Collection[str], applications: Collection[str]
) -> frozenset[tuple[str, str]]:
    """Who is kept from which of these applications: application and expert."""
    query = select(_CONFLICTS.c.application_id, _CONFLICTS.c.expert_id).where(_known(cycle_ids, applications))
    return frozenset(
        (row.application_id, row.expert_id)
        for row in work.session.execute(query)
        if row.application_id in applications
    )


def _known(cycle_ids: Collection[str], applications: Collection[str]) -> ColumnElement[bool]:
    """The open conflicts of some cycles; of few applications no others are read."""
    here = and_(_CONFLICTS.c.cycle_id.in_(cycle_ids), _CONFLICTS.c.ended_at.is_(None))
    return (
        and_(here, _CONFLICTS.c.application_id.in_(sorted(applications)))
        if len(applications) <= _FEW
        else here
    )


def recused(work: Work, cycle: Cycle, application_id: str) -> set[str]:
    """Everybody who is kept from an application."""
    return {expert_id for _, expert_id in pairs(work, [cycle.cycle_id], {application_id})}


def assigned(cycle: Cycle, expert_id: str) -> ColumnElement[bool]:
    """The condition on dossiers of those that an expert reviews, on a panel that serves. Interests are left out of account."""
    return exists().where(
        _ASSIGNMENTS.c.cycle_id == cycle.cycle_id,
        _ASSIGNMENTS.c.application_id == _DOSSIERS.c.application_id,
        _ASSIGNMENTS.c.expert_id == expert_id,
        _ASSIGNMENTS.c.state.in_(ON_DUTY),
        serving(_ASSIGNMENTS),
    )


def unkept(cycle: Cycle, expert_id: str, which: ColumnElement[bool]) -> Select[Any]:
    """The dossiers of a condition that an expert is not kept from; those withdrawn are nobody's."""
    here = and_(_DOSSIERS.c.cycle_id == cycle.cycle_id, _DOSSIERS.c.withdrawn_on.is_(None))
    return select(_DOSSIERS).where(here, which, free_for(expert_id, _DOSSIERS))


def require_readable(work: Work, cycle: Cycle, application_id: str) -> Entrant:
    """The application, to a reviewer who may read it. Raises NotFound unless it is its own and it is free of any interest;
    Conflict where the yearly declaration or the statement for this application is still owed.
    """
    me = work.context.actor
    query = unkept(cycle, me, assigned(cycle, me)).where(_DOSSIERS.c.application_id == application_id)
    row = work.session.execute(query).one_or_none()
    if row is None:
        raise nothing_of_yours()
    require_stated(work, cycle, application_id)
    return Entrant(row.application_id, row.sequence, row.dossier)


def require_declared(work: Work, cycle: Cycle) -> None:
    """No declaration, no content. Raises Conflict; a rehearsal asks for none."""
    if not cycle.rehearsal and not sources.declared(work, cycle, work.context.actor):
        raise Conflict(
            "没有有效的年度利害关系申报，不能查看申报材料",
            "no yearly declaration of interests is in force: nothing is shown",
            code="no_declaration",
        )


def require_stated(work: Work, cycle: Cycle, application_id: str) -> None:
    """The same, and no content without a statement on the application."""
    if cycle.rehearsal:
        return
    require_declared(work, cycle)
    me = work.context.actor
    said = exists().where(
        _STATEMENTS.c.cycle_id == cycle.cycle_id,
        _STATEMENTS.c.application_id == application_id,
        _STATEMENTS.c.expert_id == me,
    )
    if not work.session.execute(select(said)).scalar_one():
        raise Conflict(
            "请先就该申报作出利害关系申明",
            "state first whether you have an interest in this application",
            code="statement_required",
        )
