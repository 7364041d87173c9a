"""申报人员: who is on an application's dossier, as intake tells it, so that a query can hold an applicant to its own."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, delete, exists, func, select

from services.incentives import models
from shared.problems import Transient
from shared.procedure import Conductor
from shared.store import Work

_PEOPLE = models.dossier_people
_READER = "reader"  # somebody on a dossier who may only look at it


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


def own(work: Work, application_id: Any, *, writing: bool = False) -> ColumnElement[bool]:
    """The condition that whoever asks is on the dossier of an application (a column); `writing`: as more than a reader."""
    mine = [_PEOPLE.c.application_id == application_id, _PEOPLE.c.subject == work.context.actor]
    if writing:
        mine.append(_PEOPLE.c.part != _READER)
    return exists().where(*mine)


def _keep(work: Work, data: dict[str, Any]) -> None:
    here = _PEOPLE.c.application_id == data["application_id"]
    known = work.session.execute(select(func.max(_PEOPLE.c.version)).where(here)).scalar_one()
    if known is not None and known >= data["people_version"]:
        return
    work.session.execute(delete(_PEOPLE).where(here))
    key = {"application_id": data["application_id"], "version": data["people_version"]}
    rows = [{**key, **person} for person in data["people"]]
    if rows:
        work.session.execute(_PEOPLE.insert(), rows)
