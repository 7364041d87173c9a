"""申报人员: who is on an application's dossier, so that an applicant is held to its own money."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, and_, delete, exists, func, select

from services.incentives import models
from shared.contracts.operations.roles import APPLICANT
from shared.problems import NotFound, Transient
from shared.procedure import Conductor
from shared.store import Work

_PEOPLE = models.people
MAY_WRITE = ("lead", "editor")


def accepted(work: Work, data: dict[str, Any]) -> None:
    """The people of an application that was just accepted."""
    if data["people_version"] is not None:
        _keep(work, data)


def changed(work: Work, conductor: Conductor, data: dict[str, Any]) -> None:
    """All people of an application, anew; what is older than what is known is left out."""
    if conductor.records.dossier(work, data["application_id"]) is None:
        raise Transient("申报材料尚未到达", "the dossier has not arrived yet")
    conductor.records.cycle(work, data["cycle_id"], lock=True)
    _keep(work, data)
    work.audit("dossier:people_heard", data["application_id"], after=data, cycle_id=data["cycle_id"])


def own(work: Work) -> list[str] | None:
    """The applications whose money whoever asks may see; None: all of them, for whoever is no applicant."""
    if work.context.role != APPLICANT:
        return None
    query = select(_PEOPLE.c.application_id).where(_PEOPLE.c.subject == work.context.actor)
    return list(work.session.execute(query).scalars())


def holds(work: Work, application_id: ColumnElement[str], *, to_write: bool = False) -> ColumnElement[bool]:
    """The condition that whoever asks is on the dossier of an application; to write, as more than a reader."""
    mine = [_PEOPLE.c.application_id == application_id, _PEOPLE.c.subject == work.context.actor]
    if to_write:
        mine.append(_PEOPLE.c.part.in_(MAY_WRITE))
    return exists().where(*mine)


def require_own(work: Work, application_id: str, *, to_write: bool = False) -> None:
    """Raises NotFound where an applicant asks for somebody else's application, or only reads where it would write."""
    if work.context.role != APPLICANT:
        return
    this = and_(_PEOPLE.c.application_id == application_id, _PEOPLE.c.subject == work.context.actor)
    part = work.session.execute(select(_PEOPLE.c.part).where(this)).scalar_one_or_none()
    if part is None or (to_write and part not in MAY_WRITE):
        raise NotFound("没有这份申报", "no such application")


def _keep(work: Work, data: dict[str, Any]) -> None:
    here = _PEOPLE.c.application_id == data["application_id"]
    known = work.session.execute(select(func.max(_PEOPLE.c.version)).where(here)).scalar_one()
    if known is not None and known >= data["people_version"]:
        return
    work.session.execute(delete(_PEOPLE).where(here))
    key = {"application_id": data["application_id"], "version": data["people_version"]}
    if data["people"]:
        work.session.execute(_PEOPLE.insert(), [{**key, **person} for person in data["people"]])
