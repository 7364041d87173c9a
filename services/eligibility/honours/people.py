"""申报人员: who is on an application's dossier, as intake tells it, so that a winner is held to its own."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Table, and_, delete, exists, func, select

from services.eligibility import models
from shared.contracts.operations import APPLICANT
from shared.problems import Forbidden, NotFound, Transient
from shared.procedure import Conductor
from shared.store import Work

_PEOPLE = models.application_people
_READER = "reader"


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


def mine(work: Work, table: Table) -> ColumnElement[bool]:
    """The condition that holds a query to the applications of whoever asks."""
    here = and_(_PEOPLE.c.application_id == table.c.application_id, _PEOPLE.c.subject == work.context.actor)
    return exists().where(here)


def require_own(work: Work, application_id: str, *, to_write: bool = False) -> None:
    """Hold an applicant to its own application; others are let through. Raises NotFound, and Forbidden for a mere reader."""
    if work.context.role != APPLICANT:
        return
    here = and_(_PEOPLE.c.application_id == application_id, _PEOPLE.c.subject == work.context.actor)
    part = work.session.execute(select(_PEOPLE.c.part).where(here)).scalar_one_or_none()
    if part is None:
        raise NotFound("没有这份申报", "no such application")
    if to_write and part == _READER:
        raise Forbidden("您只能查阅", "you may read only")


def _keep(work: Work, data: dict[str, Any]) -> None:
    here = _PEOPLE.c.application_id == data["application_id"]
    known = work.session.execute(select(func.max(_PEOPLE.c.version)).where(here)).scalar_one()
    if known is not None and known >= data["people_version"]:
        return
    work.session.execute(delete(_PEOPLE).where(here))
    key = {"application_id": data["application_id"], "version": data["people_version"]}
    if data["people"]:
        work.session.execute(_PEOPLE.insert(), [{**key, **person} for person in data["people"]])
