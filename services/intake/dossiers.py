"""Whose an application is: the people of a dossier, what each may do, and the row as they may see it.

Nobody sees what is not theirs: for an applicant the query itself asks whether it is one of the dossier's people.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Row, and_, exists, select, update

from services.intake import corrections, models
from services.intake.stages import conductor
from services.intake.statuses import Status
from shared.contracts.operations import APPLICANT
from shared.problems import Conflict, Forbidden, NotFound
from shared.store import Work

_APPLICATIONS = models.applications
_PEOPLE = models.dossier_people
LEAD, EDITOR, READER = "lead", "editor", "reader"
_ANY = (LEAD, EDITOR, READER)


def mine(work: Work) -> list[ColumnElement[bool]]:
    """What a query of applications has to hold for whoever asks."""
    if work.context.role != APPLICANT:
        return []
    return [
        exists().where(
            _PEOPLE.c.application_id == _APPLICATIONS.c.id, _PEOPLE.c.subject == work.context.actor
        )
    ]


def own(work: Work, application_id: str, *, may: tuple[str, ...] = _ANY, lock: bool = False) -> Row[Any]:
    """An application that whoever asks may see; an applicant needs one of the parts `may` on its dossier.

    Raises NotFound for any other, Forbidden where the part is not enough. `lock`: nobody else changes it meanwhile.
    """
    query = select(_APPLICATIONS).where(and_(_APPLICATIONS.c.id == application_id, *mine(work)))
    row = work.session.execute(query.with_for_update() if lock else query).one_or_none()
    if row is None:
        raise NotFound("没有这份申报", "no such application")
    enough = work.context.role != APPLICANT or may == _ANY
    if not enough and part_of(work, application_id, work.context.actor) not in may:
        raise Forbidden("您在这份申报中没有此项权限", "your part on this dossier does not allow this")
    return row


def hold(work: Work, application_id: str, *, may: tuple[str, ...] = _ANY) -> Row[Any]:
    """The same with its cycle held, and as whoever held them before left it. Everybody locks the cycle first: who went
    the other way round would wait for one who waits for him.
    """
    row = own(work, application_id, may=may)
    conductor.records.cycle(work, row.cycle_id, lock=True)
    return own(work, application_id, may=may, lock=True)


def may_count(work: Work) -> bool:
    """Whether somebody may know how many applications there are; in a rehearsal everybody."""
    return work.context.role != APPLICANT or work.context.rehearsal_date is not None


def part_of(work: Work, application_id: str, subject: str) -> str | None:
    """What somebody is on a dossier; None for nobody."""
    query = select(_PEOPLE.c.role).where(
        _PEOPLE.c.application_id == application_id, _PEOPLE.c.subject == subject
    )
    return work.session.execute(query).scalar_one_or_none()


def who_is_on(work: Work, application_id: str) -> dict[str, Any]:
    """Everybody on a dossier as events tell it, with a version that grows with time."""
    rows = work.session.execute(
        select(_PEOPLE.c.subject, _PEOPLE.c.role)
        .where(_PEOPLE.c.application_id == application_id)
        .order_by(_PEOPLE.c.subject)
    )
    people = [{"subject": row.subject, "part": row.role} for row in rows]
    return {"people": people, "people_version": work.new_id()}


def require(work: Work, application_id: str, *, lock: bool = False) -> Row[Any]:
    """An application, whoever asks. Raises NotFound."""
    query = select(_APPLICATIONS).where(_APPLICATIONS.c.id == application_id)
    row = work.session.execute(query.with_for_update() if lock else query).one_or_none()
    if row is None:
        raise NotFound("没有这份申报", "no such application")
    return row


def require_changeable(work: Work, row: Row[Any], *parts: str) -> None:
    """A draft may be changed; one returned for correction in the parts named to it, until its day. Raises Conflict."""
    if row.status == Status.RETURNED.value:
        corrections.require_open(work, row.id, parts)
    elif row.status != Status.DRAFT.value:
        raise Conflict("申报已提交，不能再修改", "the application was handed in and is not changed any more")


def change(work: Work, application_id: str, **values: Any) -> None:
    """Write columns of one application."""
    work.session.execute(update(_APPLICATIONS).where(_APPLICATIONS.c.id == application_id).values(**values))
