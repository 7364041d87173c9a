"""申报人员: who is on an application's dossier, as intake tells it, so that a query can hold an applicant to its own."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select, delete, func, select

from services.eligibility import models
from shared.problems import NotFound, Transient
from shared.procedure import Conductor
from shared.store import Work

_PEOPLE = models.dossier_people
_READER = "reader"  # somebody who may only look


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


def _keep(work: Work, data: dict[str, Any]) -> None:
    here = _PEOPLE.c.application_id == data["application_id"]
    known = work.session.execute(select(func.max(_PEOPLE.c.version)).where(here)).scalar_one()
    if known is not None and known >= data["people_version"]:
        return
    work.session.execute(delete(_PEOPLE).where(here))
    key = {"application_id": data["application_id"], "version": data["people_version"]}
    if data["people"]:
        work.session.execute(_PEOPLE.insert(), [{**key, **person} for person in data["people"]])


def applications_of(subject: str, *, writing: bool = False) -> Select[Any]:
    """The ids of the applications on whose dossiers somebody is; `writing`: and may do more than read."""
    query = select(_PEOPLE.c.application_id).where(_PEOPLE.c.subject == subject)
    return query.where(_PEOPLE.c.part != _READER) if writing else query


def require_own(work: Work, application_id: str, *, writing: bool = False) -> None:
    """Raises NotFound for an application that is not one's own, as for one that does not exist."""
    own = applications_of(work.by, writing=writing).where(_PEOPLE.c.application_id == application_id)
    if work.session.execute(own).first() is None:
        raise NotFound("没有这项异议", "no such objection")
