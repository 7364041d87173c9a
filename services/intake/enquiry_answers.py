"""What people bring: a clerk's answer (函询), a department's batch file, a credit report kept as evidence."""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, func, select

from services.intake import dossiers, enquiries, enquiry_log, files, models, rechecks
from services.intake.departments import batch
from services.intake.departments.replies import NotTaken, understood
from services.intake.enquiries import Came
from services.intake.enquiry_terms import Terms
from services.intake.stages import conductor
from shared.contracts.base import dump
from shared.contracts.dossier import Record
from shared.contracts.operations import CLERK
from shared.identifiers import digest
from shared.problems import FieldError, Forbidden, NotFound, invalid_field
from shared.store import Work

_ENQUIRIES = models.enquiries
_TOLD = {
    "taken": ("已采用", "taken"),
    "second": (
        "此前已有答复，本次留存备查，不改变结果",
        "answered already; this one is kept and changes nothing",
    ),
    "after_decision": (
        "该事项已有决定，本次留存备查，没有效果",
        "it is decided; this one is kept and has no effect",
    ),
}
_REPORTED = {"taken": "accepted", "second": "answered_already"}


# --- the clerk ----------------------------------------------------------------------------------------------------


def mine(work: Work, data: Mapping[str, Any]) -> dict[str, Any]:
    """The open enquiries of the clerk's own department, and of no other."""
    conductor.cycle(work, data["cycle_id"])
    rows = _open(work, data["cycle_id"], _unit(work))
    return {"enquiries": [_to_answer(row) for row in rows]}


def of_all_cycles(work: Work, data: Mapping[str, Any]) -> dict[str, Any]:
    """The reply `ToAnswerPage`: those of the clerk's own department, and of no other; of rehearsals where one is played."""
    playing = work.context.rehearsal_date is not None
    wanted = [_waits_for(_unit(work)), models.procedure.cycles.c.rehearsal.is_(playing)]
    wanted += [
        _ENQUIRIES.c[name] == data[name] for name in ("cycle_id", "application_id") if data[name] is not None
    ]
    found = enquiries.rows().where(and_(*wanted))
    total = work.session.execute(select(func.count()).select_from(found.subquery())).scalar_one()
    nearest = (_ENQUIRIES.c.due_at.nulls_last(), _ENQUIRIES.c.application_id)
    page = found.order_by(*nearest).limit(data["size"]).offset((data["page"] - 1) * data["size"])
    return {
        "enquiries": [{**_to_answer(row), "cycle_id": row.cycle_id} for row in work.session.execute(page)],
        "page": data["page"],
        "size": data["size"],
        "total": total,
    }


def answer(work: Work, data: dict[str, Any], terms: Terms) -> dict[str, Any]:
    """A clerk answers with records or an explicit 无记录; what names another organization is kept and not taken."""
    if data["department"] != _unit(work):
        raise NotFound("没有这项征询", "no such enquiry")
    row = enquiries.require(work, data["application_id"], data["department"])
    conductor.cycle(work, row.cycle_id)
    if bool(data["records"]) == data["no_records"]:
        raise invalid_field(
            "no_records",
            "有记录则逐条填写，无记录须明确勾选，二者必居其一",
            "give records or say that there are none",
        )
    found = {name: data[name] for name in ("reference", "uscc", "evidence")}
    found["records"] = [dump(Record(), record) for record in data["records"]]
    outcome, error = _take(
        work, row, found, "clerk", terms, file=_brought(work, row.application_id, data["file_id"])
    )
    zh, en = _TOLD[outcome] if error is None else (error.reason_zh, error.reason_en)
    return {
        "application_id": row.application_id, "department": row.department, "outcome": outcome,
        "reason_zh": zh, "reason_en": en,
    }  # fmt: skip


def _brought(work: Work, application_id: str, file_id: str | None) -> dict[str, Any] | None:
    return None if file_id is None else files.evidence(work, application_id, file_id)


def _take(
    work: Work,
    row: Row[Any],
    found: dict[str, Any],
    channel: str,
    terms: Terms,
    *,
    file: Mapping[str, Any] | None,
) -> tuple[str, FieldError | None]:
    """Settle an enquiry by what people brought; one that is not taken goes into the log with the reason."""
    try:
        reply = understood(found, enquiries.enquiry_of(row), work.today())
    except NotTaken as refused:
        _keep_refused(work, row, found, channel, refused, file)
        return refused.outcome, refused.error
    records = [dump(Record(), record) for record in reply["records"]]
    came = Came(records, channel, 0, reply["evidence"], reply["answered_at"], file)
    return enquiries.settle(work, row, came, terms), None


def _keep_refused(
    work: Work,
    row: Row[Any],
    found: Mapping[str, Any],
    channel: str,
    refused: NotTaken,
    file: Mapping[str, Any] | None,
) -> None:
    kept = enquiry_log.entry(
        work, row, "answer", refused.outcome, channel=channel, digest=digest(found), reason=str(refused),
        **enquiry_log.of_file(file),
    )  # fmt: skip
    enquiry_log.add(work, [kept])
    work.audit(
        "enquiry:refused", enquiries.key(row), after={"outcome": refused.outcome}, cycle_id=row.cycle_id
    )


def _unit(work: Work) -> str:
    unit = work.context.on_behalf_of
    if not unit:
        raise Forbidden("账号未登记所在部门", "the account names no department", code="no_unit")
    return unit


def _open(work: Work, cycle_id: str, department: str) -> list[Row[Any]]:
    query = enquiries.rows().where(and_(_ENQUIRIES.c.cycle_id == cycle_id, _waits_for(department)))
    return list(work.session.execute(query.order_by(_ENQUIRIES.c.application_id)))


def _waits_for(department: str) -> ColumnElement[bool]:
    """Open, and an answer would still have an effect."""
    return and_(_ENQUIRIES.c.department == department, models.UNANSWERED, enquiries.matters())


def _to_answer(row: Row[Any]) -> dict[str, Any]:
    enquiry = enquiries.enquiry_of(row)
    return {
        "application_id": row.application_id,
        "department": row.department,
        "reference": enquiry.reference,
        "uscc": row.uscc,
        "name": row.name,
        "purpose": row.purpose,
        "raised_at": None if row.raised_at is None else row.raised_at.isoformat(),
        "due_at": None if row.due_at is None else row.due_at.isoformat(),
        "reminders": row.reminders,
    }


# --- batch files --------------------------------------------------------------------------------------------------


def outgoing(work: Work, data: Mapping[str, Any], terms: Terms) -> dict[str, Any]:
    """A department's open enquiries as a file; of many, the part that is asked for."""
    _check_department(work, data["department"])
    conductor.cycle(work, data["cycle_id"])
    rows = _open(work, data["cycle_id"], data["department"])
    start = (data["part"] - 1) * terms.batch_lines
    asked = [
        batch.Asked(
            enquiries.enquiry_of(row).reference, row.uscc, row.name, row.purpose,
            None if row.raised_at is None else row.raised_at.date(), row.department,
        )
        for row in rows[start : start + terms.batch_lines]
    ]  # fmt: skip
    content = batch.write(asked, data["format"], "部门征询")
    return {
        "file_name": f"enquiries-{data['department']}-{data['part']}.{data['format']}",
        "content_type": batch.XLSX if data["format"] == "xlsx" else batch.CSV,
        "content": base64.b64encode(content).decode("ascii"),
        "sha256": hashlib.sha256(content).hexdigest(),
        "lines": len(asked),
        "parts": -(-len(rows) // terms.batch_lines),
    }


def take_batch(work: Work, data: Mapping[str, Any], terms: Terms) -> dict[str, Any]:
    """Read a department's file back: what became of every line. An answer is taken whole or not at all."""
    _check_department(work, data["department"])
    conductor.cycle(work, data["cycle_id"])
    try:
        content = base64.b64decode(data["content"], validate=True)
    except (binascii.Error, ValueError) as error:
        raise invalid_field("content", "不是 Base64", "not base64") from error
    lines = batch.read(content, terms.batch_lines)
    sha256 = hashlib.sha256(content).hexdigest()
    file = {"file_id": None, "name": data["file_name"], "sha256": sha256, "size": len(content)}
    report: list[dict[str, Any]] = []
    for reference, several in batch.by_reference(lines).items():
        report += _take_lines(work, data, reference, several, file, terms)
    report.sort(key=lambda line: line["line"])
    work.audit(
        "enquiries:batch_taken",
        f"{data['cycle_id']}/{data['department']}",
        after={"sha256": sha256, "lines": len(report)},
        cycle_id=data["cycle_id"],
    )
    return {"sha256": sha256, "lines": report}


def _take_lines(
    work: Work,
    data: Mapping[str, Any],
    reference: str,
    lines: list[batch.Line],
    file: Mapping[str, Any],
    terms: Terms,
) -> list[dict[str, Any]]:
    """All lines of one reference are one answer."""
    row = _referred_to(work, data, reference)
    if row is None:
        unknown = FieldError("reference", "没有这项征询", "no such reference")
        return [_reported(line, "unknown_reference", unknown) for line in lines]
    wrong = batch.wrong_together(lines, row.department)
    if wrong is not None:
        number, error = wrong
        kept = enquiry_log.entry(
            work, row, "answer", "malformed", channel="batch", reason=f"line {number}: {error.field}: {error.reason_en}",
            **enquiry_log.of_file(file),
        )  # fmt: skip
        enquiry_log.add(work, [kept])
        beside = FieldError(error.field, f"见第 {number} 行", f"see line {number}")
        return [_reported(line, "malformed", error if line.number == number else beside) for line in lines]
    found = batch.reply_of(lines)
    stale = _of_earlier(work, row, lines)
    if stale is not None:
        _keep_refused(work, row, found, "batch", stale, file)
        return [_reported(line, stale.outcome, stale.error) for line in lines]
    outcome, refused = _take(work, row, found, "batch", terms, file=file)
    if outcome == "malformed" and refused is not None:
        refused = FieldError(refused.field.rpartition(".")[2], refused.reason_zh, refused.reason_en)
    return [_reported(line, _REPORTED.get(outcome, outcome), refused) for line in lines]


def _referred_to(work: Work, data: Mapping[str, Any], reference: str) -> Row[Any] | None:
    """The enquiry of this cycle and department that a reference names, whatever it was asked for."""
    application_id = reference.partition("-")[0]
    row = enquiries.find(work, application_id, data["department"])
    return row if row is not None and row.cycle_id == data["cycle_id"] else None


def _of_earlier(work: Work, row: Row[Any], lines: list[batch.Line]) -> NotTaken | None:
    """Records that are asked for anew bear the reference of the time before: a file that was made out then is told by its
    day, and says nothing of today.
    """
    asked_again = rechecks.find(work, row.application_id, row.purpose)
    if asked_again is None or asked_again.state not in rechecks.OPEN:
        return None
    since = asked_again.asked_at.date()
    if all(line.asked_on is None or line.asked_on >= since for line in lines):
        return None
    zh, en = f"征询日期早于本次征询（{since}）", f"made out before the records were asked for anew, {since}"
    return NotTaken("other_reference", FieldError("asked_on", zh, en))


def _reported(line: batch.Line, outcome: str, error: FieldError | None) -> dict[str, Any]:
    return {
        "line": line.number,
        "reference": line.reference[:100],
        "outcome": outcome,
        "field": None if error is None else error.field,
        "reason_zh": None if error is None else error.reason_zh[:500],
        "reason_en": None if error is None else error.reason_en[:500],
    }


def _check_department(work: Work, department: str) -> None:
    if work.context.role == CLERK and department != _unit(work):
        raise NotFound("没有这个部门的征询", "no enquiries of this department")


# --- evidence -----------------------------------------------------------------------------------------------------


def attach_report(work: Work, data: Mapping[str, Any]) -> dict[str, Any]:
    """Keep a credit report as evidence, with its digest. It is a paper of the applicant's, never by itself a clean record."""
    row = dossiers.own(work, data["application_id"])
    conductor.cycle(work, row.cycle_id)
    file = files.evidence(work, row.id, data["file_id"])
    kept = dict.fromkeys(column.name for column in models.enquiry_log.columns) | {
        "id": work.new_id(),
        "application_id": row.id,
        "cycle_id": row.cycle_id,
        "entry": "evidence",
        "outcome": "kept",
        "revision": 0,
        "purpose": enquiries.QUALIFICATION,
        "channel": "report",
        "at": work.now(),
        "actor": work.context.actor,
        "digest": f"sha256:{file['sha256']}",
        "evidence": data["issuer"],
        "answered_at": data["issued_on"].isoformat(),
        **enquiry_log.of_file(file),
    }
    enquiry_log.add(work, [kept])
    work.audit("evidence:attached", row.id, after={"sha256": kept["file_sha256"]}, cycle_id=row.cycle_id)
    return {"done": True}
