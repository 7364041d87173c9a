"""What the office and the auditor see of enquiries: lists, whole histories, and how each department stands."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import and_, exists, func, or_, select

from services.intake import dossiers, enquiries, enquiry_log, models, rechecks
from services.intake.departments import Channels
from services.intake.stages import conductor
from shared.contracts.dossier import DEPARTMENTS
from shared.store import Work

_ENQUIRIES, _LOG = models.enquiries, models.enquiry_log


def listed(work: Work, data: Mapping[str, Any]) -> dict[str, Any]:
    """The enquiries of a cycle, or of one application; by state where one is asked for, and page by page."""
    conductor.cycle(work, data["cycle_id"])
    wanted = [_ENQUIRIES.c.cycle_id == data["cycle_id"]]
    if data["application_id"]:
        wanted.append(_ENQUIRIES.c.application_id == data["application_id"])
    if data["state"]:
        wanted.append(_in_state(data["state"]))
    query = select(_ENQUIRIES).where(*wanted).order_by(_ENQUIRIES.c.application_id, _ENQUIRIES.c.department)
    if data["size"] is not None:
        query = query.limit(data["size"]).offset((data["page"] - 1) * data["size"])
    counted = (_ENQUIRIES.c.department, _ENQUIRIES.c.state)
    counts = select(*counted, func.count()).where(*wanted).group_by(*counted).order_by(*counted)
    found = [
        dict(zip(("department", "state", "number"), row, strict=True)) for row in work.session.execute(counts)
    ]
    return {
        "enquiries": [enquiries.line(row) for row in work.session.execute(query)],
        "total": sum(each["number"] for each in found),
        "counts": found,
    }


def _in_state(state: str) -> Any:
    """`silent` is the office's queue: on which something still hangs, those too that are being reminded at this moment.
    `flagged` holds those to which something came amiss.
    """
    if state == "silent":
        reminded = and_(_ENQUIRIES.c.state == "pending", _ENQUIRIES.c.reminders > 0)
        return and_(or_(_ENQUIRIES.c.state == "silent", reminded), enquiries.matters())
    if state == "flagged":
        amiss = and_(
            _LOG.c.application_id == _ENQUIRIES.c.application_id,
            _LOG.c.department == _ENQUIRIES.c.department,
            _LOG.c.outcome.in_(enquiry_log.FLAGGED),
        )
        return exists().where(amiss)
    return _ENQUIRIES.c.state == state


def of_application(work: Work, data: Mapping[str, Any]) -> dict[str, Any]:
    """One application's enquiries with everything that was asked and came back."""
    row = dossiers.own(work, data["application_id"])
    conductor.cycle(work, row.cycle_id)
    query = select(_ENQUIRIES).where(_ENQUIRIES.c.application_id == row.id).order_by(_ENQUIRIES.c.department)
    return {
        "cycle_id": row.cycle_id,
        "enquiries": [enquiries.line(each) for each in work.session.execute(query)],
        "history": enquiry_log.of_application(work, row.id),
        "rechecks": rechecks.of_application(work, row.id),
    }


def departments(work: Work, port: Channels) -> dict[str, Any]:
    """How each department stands: its channel, what waits for it, and this replica's breaker and calls in flight. What nobody
    answered before it was decided waits for nobody any more.
    """
    cycles = models.procedure.cycles
    real = _ENQUIRIES.c.cycle_id.in_(select(cycles.c.id).where(cycles.c.rehearsal.is_(False)))
    columns = _ENQUIRIES.c.department, _ENQUIRIES.c.state
    counted = (
        select(*columns, func.count(), func.max(_ENQUIRIES.c.answered_at)).where(real).group_by(*columns)
    )
    # Two statements: in one of both PostgreSQL asks of every answer what only matters of what is not answered.
    answered = counted.where(_ENQUIRIES.c.state == "answered")
    waiting = counted.where(_ENQUIRIES.c.state.in_(models.OPEN), enquiries.matters())
    found: dict[str, dict[str, Any]] = {name: {} for name in DEPARTMENTS}
    last: dict[str, datetime] = {}
    for query in (answered, waiting):
        for department, state, number, at in work.session.execute(query):
            found[department][state] = number
            if at is not None:
                last[department] = max(at, last.get(department, at))
    for department, at in last.items():
        found[department]["last"] = at.isoformat()
    return {"departments": [_standing(name, found[name], port) for name in DEPARTMENTS]}


def _standing(name: str, counts: Mapping[str, Any], port: Channels) -> dict[str, Any]:
    gate = port.gates.get(name)
    return {
        "department": name,
        "channel": port.channel(name),
        "breaker": None if gate is None else gate.state,
        "in_flight": 0 if gate is None else gate.in_flight,
        "waiting": 0 if gate is None else gate.waiting,
        "pending": counts.get("pending", 0),
        "silent": counts.get("silent", 0),
        "answered": counts.get("answered", 0),
        "last_answer_at": counts.get("last"),
    }
