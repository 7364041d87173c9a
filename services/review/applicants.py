"""申报人员: who is on an application's dossier, as intake tells it, so that a query can hold an applicant to its own."""

from __future__ import annotations

from typing import Any

from sqlalchemy import and_, delete, func, select

from services.review import models
from shared.problems import Transient
from shared.procedure import Conductor
from shared.store import Work

_APPLICANTS = models.applicants


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
    here = _APPLICANTS.c.application_id == data["application_id"]
    known = work.session.execute(select(func.max(_APPLICANTS.c.version)).where(here)).scalar_one()
    if known is not None and known >= data["people_version"]:
        return
    work.session.execute(delete(_APPLICANTS).where(and_(here)))
    key = {"application_id": data["application_id"], "version": data["people_version"]}
    work.session.execute(_APPLICANTS.insert(), [{**key, **person} for person in data["people"]])
