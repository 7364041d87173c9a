"""Enquiries to the departments: every question and what came of it; silence is never a clean record."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import Row, and_, select, update

from services.intake import models
from services.intake.departments import Answer, DepartmentPort, DepartmentSilent, Enquiry
from services.intake.stages import conductor
from shared.contracts.base import dump
from shared.contracts.dossier import Record
from shared.contracts.events import EnquiryRaised, RecordsAnswered
from shared.identifiers import digest
from shared.problems import Conflict, NotFound
from shared.procedure import Cycle
from shared.store import Store, Work

_ENQUIRIES = models.enquiries


def raise_all(work: Work, cycle: Cycle, application_id: str) -> None:
    """Ask every department that the rulebook names."""
    for department in cycle.rulebook.departments:
        work.session.execute(
            _ENQUIRIES.insert().values(
                application_id=application_id,
                department=department,
                cycle_id=cycle.cycle_id,
                state="pending",
                revision=1,
                attempts=0,
            )
        )
        _put_on_the_bus(work, cycle.cycle_id, application_id, department, 1)


def ask_again(work: Work, data: dict[str, Any]) -> dict[str, Any]:
    """The office presses a department that stayed silent."""
    row = _find(work, data["application_id"], data["department"])
    if row is None:
        raise NotFound("没有这项征询", "no such enquiry")
    conductor.cycle(work, row.cycle_id)
    if row.state != "silent":
        raise Conflict(f"征询当前为 {row.state}", f"the enquiry is {row.state}")
    if not _set(work, row, state="pending", revision=row.revision + 1):
        raise Conflict("征询已被他人更新", "the enquiry was changed by somebody else")
    _put_on_the_bus(work, row.cycle_id, row.application_id, row.department, row.revision + 1)
    work.audit(
        "enquiry:pressed",
        f"{row.application_id}/{row.department}",
        after={"revision": row.revision + 1},
        cycle_id=row.cycle_id,
    )
    return _line(_require(work, row.application_id, row.department))


def ask(store: Store, event: Any, port: DepartmentPort) -> Callable[[Work], None]:
    """Ask one department, outside any transaction: it may take its time. Gives what is to be written then.

    Asked twice it still keeps one answer: what is written holds the revision that it answers.
    """
    data = event.data
    with store.read(event.context) as work:
        enquiry = _to_ask(work, data)
    if enquiry is None:
        return _nothing_to_keep
    try:
        answer = port.ask(enquiry)
    except DepartmentSilent as silent:
        failure, attempts = silent.reason, silent.attempts
        return lambda work: _keep(work, data, None, attempts, failure)
    return lambda work: _keep(work, data, answer, answer.attempts, "")


def _nothing_to_keep(work: Work) -> None:
    """The enquiry was settled meanwhile, or asked anew."""


def listed(work: Work, data: dict[str, Any]) -> dict[str, Any]:
    """The enquiries of a cycle, or of one application."""
    conductor.cycle(work, data["cycle_id"])
    wanted = [_ENQUIRIES.c.cycle_id == data["cycle_id"]]
    if data["application_id"]:
        wanted.append(_ENQUIRIES.c.application_id == data["application_id"])
    query = select(_ENQUIRIES).where(and_(*wanted))
    rows = work.session.execute(query.order_by(_ENQUIRIES.c.application_id, _ENQUIRIES.c.department))
    return {"enquiries": [_line(row) for row in rows]}


def _to_ask(work: Work, data: dict[str, Any]) -> Enquiry | None:
    row = _find(work, data["application_id"], data["department"])
    if row is None or row.state != "pending" or row.revision != data["revision"]:
        return None
    applications = models.applications
    asked = work.session.execute(
        select(applications).where(applications.c.id == data["application_id"])
    ).one()
    return Enquiry(
        department=row.department,
        reference=row.application_id,
        cycle_id=row.cycle_id,
        uscc=asked.uscc,
        name=asked.name,
    )


def _keep(work: Work, data: dict[str, Any], answer: Answer | None, attempts: int, failure: str) -> None:
    row = _find(work, data["application_id"], data["department"])
    if row is None or row.state != "pending" or row.revision != data["revision"]:
        return  # another replica was faster, or the office has asked anew since
    records = None if answer is None else [dump(Record(), record) for record in answer.records]
    answer_digest = None if records is None else digest(records)
    kept = _set(
        work,
        row,
        state="silent" if answer is None else "answered",
        attempts=row.attempts + attempts,
        records=records,
        answered_at=None if answer is None else work.now(),
        answer_digest=answer_digest,
        last_failure=failure or None,
    )
    if not kept:
        return
    told = {
        "cycle_id": row.cycle_id,
        "application_id": row.application_id,
        "department": row.department,
        "answered": answer is not None,
        "records": None if answer is None else list(answer.records),
        "attempts": row.attempts + attempts,
        "answer_digest": answer_digest,
        "revision": row.revision,
    }
    work.publish(RecordsAnswered, told, subject=row.application_id)
    work.audit(
        "enquiry:answered" if answer is not None else "enquiry:silent",
        f"{row.application_id}/{row.department}",
        after={"answer_digest": answer_digest, "attempts": told["attempts"]},
        cycle_id=row.cycle_id,
    )


def _put_on_the_bus(work: Work, cycle_id: str, application_id: str, department: str, revision: int) -> None:
    data = {
        "cycle_id": cycle_id,
        "application_id": application_id,
        "department": department,
        "revision": revision,
    }
    work.publish(EnquiryRaised, data, subject=application_id)


def _find(work: Work, application_id: str, department: str) -> Row[Any] | None:
    return work.session.execute(
        select(_ENQUIRIES).where(
            and_(_ENQUIRIES.c.application_id == application_id, _ENQUIRIES.c.department == department)
        )
    ).one_or_none()


def _require(work: Work, application_id: str, department: str) -> Row[Any]:
    row = _find(work, application_id, department)
    if row is None:
        raise NotFound("没有这项征询", "no such enquiry")
    return row


def _set(work: Work, row: Row[Any], **values: Any) -> bool:
    """Conditional on what was read, so that of two writers one succeeds; False for the other."""
    done = work.session.execute(
        update(_ENQUIRIES)
        .where(
            and_(
                _ENQUIRIES.c.application_id == row.application_id,
                _ENQUIRIES.c.department == row.department,
                _ENQUIRIES.c.revision == row.revision,
                _ENQUIRIES.c.state == row.state,
            )
        )
        .values(**values)
    )
    return bool(getattr(done, "rowcount", 0))


def _line(row: Row[Any]) -> dict[str, Any]:
    return {
        "application_id": row.application_id,
        "department": row.department,
        "state": row.state,
        "attempts": row.attempts,
        "records": None if row.records is None else [Record().load(record) for record in row.records],
        "answered_at": None if row.answered_at is None else row.answered_at.isoformat(),
        "answer_digest": row.answer_digest,
    }
