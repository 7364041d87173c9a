"""我的反馈报告: what an applicant reads of its own, and what it answers.

All of it goes by `feedback_versions`, in which there is nothing before the release; the one query holds the reader too, so that
a report that is not released, another's, and none at all are the same answer after the same work.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Row, and_, exists, select
from sqlalchemy.exc import IntegrityError

from services.review import models
from services.review.feedback import shown
from shared.problems import Conflict, NotFound
from shared.procedure import Conductor, Cycle, Entrant
from shared.store import Work

Data = dict[str, Any]
_VERSIONS, _ANSWERS = models.feedback_versions, models.feedback_answers
_APPLICANTS, _DOSSIERS = models.applicants, models.procedure.dossiers
_READER = "reader"  # somebody on a dossier who may only look at it


def read(work: Work, conductor: Conductor, data: Data) -> Data:
    """The version that stands of one's own report. Raises NotFound, whatever the reason."""
    cycle = conductor.cycle(work, data["cycle_id"])
    row = _require(work, cycle, data["application_id"])
    entrant = Entrant(row.application_id, row.sequence, row.dossier)
    return shown.report(cycle, entrant, row, row.released_on, version=row.version, reason=row.reason)


def listed(work: Work, conductor: Conductor, data: Data) -> Data:
    """One's own released reports: none before the release, as for somebody who never applied."""
    cycle = conductor.cycle(work, data["cycle_id"])
    standing = {row.application_id: row for row in _rows(work, cycle)}
    said = select(_ANSWERS.c.application_id).where(_ANSWERS.c.application_id.in_(standing))
    answered = set(work.session.execute(said).scalars())
    return {
        "reports": [
            {
                "application_id": name,
                "version": row.version,
                "released_on": row.released_on,
                "answered": name in answered,
            }
            for name, row in standing.items()
        ]
    }


def answer(work: Work, conductor: Conductor, data: Data) -> Data:
    """Say something to one's report, once. Raises NotFound, Conflict where it was said, or another version stands by now."""
    cycle = conductor.cycle(work, data["cycle_id"])
    row = _require(work, cycle, data["application_id"], writing=True)
    if row.version != data["version"]:
        raise Conflict(
            f"报告已有第 {row.version} 版，请先查看",
            f"there is version {row.version} by now; read it first",
            code="stale_version",
        )
    values = {name: data[name] for name in ("cycle_id", "application_id", "version", "comment")}
    values |= {"answered_by": work.context.actor, "answered_on": work.today()}
    try:
        with work.session.begin_nested():
            work.session.execute(_ANSWERS.insert().values(**values))
    except IntegrityError:
        raise Conflict("已经回复过", "this was answered already", code="answered") from None
    told = {"version": data["version"]}
    work.audit("feedback:answered", data["application_id"], after=told, cycle_id=cycle.cycle_id)
    return {"done": True}


def _require(work: Work, cycle: Cycle, application_id: str, *, writing: bool = False) -> Row[Any]:
    rows = _rows(work, cycle, application_id, writing=writing)
    if not rows:
        raise NotFound("没有这份反馈报告", "no such feedback report")
    return rows[-1]


def _rows(
    work: Work, cycle: Cycle, application_id: str | None = None, *, writing: bool = False
) -> list[Row[Any]]:
    """Released versions of applications on whose dossier whoever asks is, by application and version."""
    wanted: list[ColumnElement[bool]] = [_VERSIONS.c.cycle_id == cycle.cycle_id]
    if application_id is not None:
        wanted.append(_VERSIONS.c.application_id == application_id)
    mine = [
        _APPLICANTS.c.application_id == _VERSIONS.c.application_id,
        _APPLICANTS.c.subject == work.context.actor,
    ]
    if writing:
        mine.append(_APPLICANTS.c.part != _READER)
    query = (
        select(_VERSIONS, _DOSSIERS.c.sequence, _DOSSIERS.c.dossier)
        .join(_DOSSIERS, _DOSSIERS.c.application_id == _VERSIONS.c.application_id)
        .where(and_(*wanted), exists().where(*mine))
        .order_by(_DOSSIERS.c.sequence, _VERSIONS.c.version)
    )
    return list(work.session.execute(query))
