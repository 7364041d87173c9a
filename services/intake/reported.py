"""部门报送的不良记录: kept as the agency said it, once for each of its own references, and told to whom it may concern.

It stops no application: whether it counts is for people to decide, or for an enquiry to the department.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Row, and_, select
from sqlalchemy.exc import IntegrityError

from services.intake import models
from services.intake.statuses import Status
from shared.contracts.base import dump
from shared.contracts.dossier import Record
from shared.contracts.events import RecordReported
from shared.identifiers import digest
from shared.problems import Conflict, Forbidden, invalid_field
from shared.store import Work

_REPORTS = models.reported_records
_CONCERNED = (Status.IN_PROGRESS.value, Status.AWARDED.value)


def report(work: Work, data: dict[str, Any]) -> dict[str, Any]:
    """Keep a report. The same said again under one reference has the same answer; anything else is a Conflict."""
    if work.context.rehearsal_date is not None:
        raise Forbidden("演练不报送记录", "a rehearsal reports no records")
    if data["on"] > work.today():
        raise invalid_field("on", "不得晚于今日", "lies after today")
    record = dump(Record(), {name: data[name] for name in ("kind", "on", "severity", "liable")})
    said = {
        "reporter": work.context.actor,
        "department": work.context.on_behalf_of,
        "reference": data["reference"],
        "uscc": data["uscc"],
        "record": record,
        "evidence": data["evidence"],
    }
    named = digest(said)
    known = _find(work, data["reference"])
    if known is not None:
        return _again(known, named)
    row = {
        **said,
        "id": work.new_id(),
        "digest": named,
        "reported_on": work.today(),
        "reported_at": work.now(),
    }
    try:
        with work.session.begin_nested():
            work.session.execute(_REPORTS.insert().values(**row))
    except IntegrityError:  # the same reference, at the same moment
        known = _find(work, data["reference"])
        if known is None:
            raise
        return _again(known, named)
    _tell(work, row)
    return _kept(row)


def listed(work: Work, data: dict[str, Any]) -> dict[str, Any]:
    """Reports, the newest first, each with the applications of that code in real cycles that it may concern."""
    query = select(_REPORTS).order_by(_REPORTS.c.reported_at.desc(), _REPORTS.c.id.desc())
    if data["uscc"] is not None:
        query = query.where(_REPORTS.c.uscc == data["uscc"])
    rows = work.session.execute(query).all()
    concerned = _concerned(work, {row.uscc for row in rows})
    return {"records": [_line(row, concerned.get(row.uscc, [])) for row in rows]}


def _tell(work: Work, row: dict[str, Any]) -> None:
    told = {
        "record_id": row["id"],
        "record": Record().load(row["record"]),
        **{
            name: row[name]
            for name in ("department", "reference", "uscc", "evidence", "reported_on", "digest")
        },
    }
    work.publish(RecordReported, told, subject=row["uscc"])
    work.audit("record:reported", row["uscc"], after={"record_id": row["id"], "digest": row["digest"]})


def _concerned(work: Work, codes: Iterable[str]) -> dict[str, list[dict[str, Any]]]:
    applications, cycles = models.applications, models.procedure.cycles
    query = (
        select(applications)
        .join(cycles, cycles.c.id == applications.c.cycle_id)
        .where(
            and_(
                applications.c.uscc.in_(sorted(codes)),
                applications.c.status.in_(_CONCERNED),
                cycles.c.rehearsal.is_(False),
            )
        )
        .order_by(applications.c.submitted_on, applications.c.id)
    )
    found: dict[str, list[dict[str, Any]]] = {}
    for row in work.session.execute(query):
        line = {name: getattr(row, name) for name in ("cycle_id", "name", "status")}
        found.setdefault(row.uscc, []).append({"application_id": row.id, **line})
    return found


def _find(work: Work, reference: str) -> Row[Any] | None:
    this = and_(_REPORTS.c.reporter == work.context.actor, _REPORTS.c.reference == reference)
    return work.session.execute(select(_REPORTS).where(this)).one_or_none()


def _again(known: Row[Any], named: str) -> dict[str, Any]:
    if known.digest != named:
        raise Conflict(
            f"编号 {known.reference} 已用于另一内容",
            f"reference {known.reference} was used for something else",
            code="reference_reused",
        )
    return _kept(known._asdict())


def _kept(row: dict[str, Any]) -> dict[str, Any]:
    names = ("reference", "uscc", "digest")
    return {
        "record_id": row["id"],
        "reported_at": row["reported_at"].isoformat(),
        **{name: row[name] for name in names},
    }


def _line(row: Row[Any], concerns: list[dict[str, Any]]) -> dict[str, Any]:
    names = ("department", "reporter", "reference", "evidence")
    return {
        **_kept(row._asdict()),
        **{name: getattr(row, name) for name in names},
        "record": Record().load(row.record),
        "concerns": concerns,
    }
