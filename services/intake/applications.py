"""Applications: drafted, submitted once, signed for or returned once, withdrawn; a dossier is frozen at submission."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import Row, func, select

from services.intake import (
    checking,
    corrections,
    enquiries,
    files,
    glance,
    models,
    nominations,
    progress,
    submissions,
)
from services.intake.corrections import CorrectionTerms
from services.intake.dossiers import (
    LEAD,
    change,
    hold,
    may_count,
    own,
    require,
    require_changeable,
    who_is_on,
)
from services.intake.parts import PERSONAL
from services.intake.stages import conductor
from services.intake.statuses import Status
from services.intake.told import UNTOLD, Told, told_to
from shared.calendar import in_words
from shared.contracts.base import dump
from shared.contracts.dossier import Dossier, Facts
from shared.contracts.events import (
    ApplicationAccepted,
    ApplicationNotAccepted,
    ApplicationWithdrawn,
    CorrectionAsked,
    CorrectionSettled,
)
from shared.identifiers import check_id_number, digest, new_id
from shared.problems import Conflict, FieldError, Invalid, invalid_field
from shared.procedure import Cycle
from shared.store import Work

_APPLICATIONS = models.applications
_IN_REHEARSALS = "rehearsal"  # who signs there: nobody has to


def create(work: Work, data: dict[str, Any]) -> dict[str, Any]:
    """Draft an application. What the rulebook thinks of it is said by the findings, not here."""
    cycle = conductor.cycle(work, data["cycle_id"])
    _require_form(cycle, data)
    reason = check_id_number(data["id_number"]) if data["id_number"] else None
    if reason is not None:
        raise invalid_field("id_number", reason.zh, reason.en)
    row: dict[str, Any] = {
        "id": new_id(),
        "owner": work.context.actor,
        "applicant_key": "",  # who applies is known for good when it is handed in
        "status": Status.DRAFT.value,
        "facts": dump(Facts(), data["facts"]),
        "materials": sorted(set(data["materials"])),
        "uscc": data["uscc"] or "",
        "nomination_id": nominations.named(work, cycle, data),
        "missing_materials": glance.lacking(
            cycle.rulebook, data["kind"], data["category"], data["materials"]
        ),
        **{
            name: data.get(name)
            for name in ("cycle_id", "name", "kind", "category", "nominated_by", *PERSONAL)
        },
    }
    work.session.execute(_APPLICATIONS.insert().values(**row))
    work.session.execute(
        models.dossier_people.insert().values(
            application_id=row["id"], subject=work.context.actor, role=LEAD, joined_on=work.today()
        )
    )
    work.audit("application:drafted", row["id"], after={"digest": digest(row)}, cycle_id=cycle.cycle_id)
    return line(work, require(work, row["id"]))


def _require_form(cycle: Cycle, data: dict[str, Any]) -> None:
    """A rehearsal states everything at once; really, materials are files. Raises Invalid."""
    if not cycle.rehearsal and data["materials"]:
        raise invalid_field(
            "materials",
            "材料以上传的文件为准，不在此填写",
            "materials are the files that are handed in, not stated here",
        )
    if cycle.rehearsal and data["uscc"] is None:
        raise invalid_field("uscc", "必填", "needed")
    known = set(cycle.rulebook.materials(data["kind"]))
    unknown = [(n, name) for n, name in enumerate(data["materials"]) if known and name not in known]
    if unknown:
        raise Invalid(
            f"本办法没有材料 {'、'.join(name for _, name in unknown)}",
            f"the rulebook knows no material {', '.join(name for _, name in unknown)}",
            errors=[FieldError(f"materials.{n}", "没有这种材料", "no such material") for n, _ in unknown],
        )


def submit(work: Work, data: dict[str, Any]) -> dict[str, Any]:
    """Hand a draft in: in time it is frozen and waits for the office's signature, after the last day it is kept as late.

    One that was returned is handed in anew until its day is over. In a rehearsal nobody has to sign.
    """
    row = hold(work, data["application_id"], may=(LEAD,))  # numbers are given one at a time
    cycle = conductor.cycle(work, row.cycle_id)
    require_changeable(work, row)
    if row.status == Status.RETURNED.value:
        return _resubmit(work, cycle, row)
    today = work.today()
    if today < cycle.opens_on:
        raise Conflict(
            f"申报自 {in_words(cycle.opens_on).zh} 起受理",
            f"applications are taken from {in_words(cycle.opens_on).en}",
        )
    submission = _submission(cycle)
    if today > cycle.closes_on or conductor.row(work, cycle.cycle_id, submission).state == "closed":
        change(work, row.id, status=Status.LATE.value, stopped_at=submission, submitted_on=today)
        _tell_not_accepted(work, row, Status.LATE)
        work.audit("application:late", row.id, after={"on": today}, cycle_id=row.cycle_id)
        return line(work, require(work, row.id))
    checking.require_ready(work, cycle, row)
    nominations.hand_in(work, cycle, row)
    frozen = submissions.freeze(work, row, version=1, submitted_on=today)
    number = _next_number(work, cycle.cycle_id)
    row = _handed_in(work, row, frozen, stopped_at=submission, sequence=number, submitted_on=today)
    return _accept(work, cycle, row, frozen, _IN_REHEARSALS) if cycle.rehearsal else line(work, row)


def _resubmit(work: Work, cycle: Cycle, row: Row[Any]) -> dict[str, Any]:
    checking.require_ready(work, cycle, row)
    nominations.hand_in(work, cycle, row)
    version = submissions.latest(work, row.id).version + 1
    frozen = submissions.freeze(work, row, version=version, submitted_on=row.submitted_on)
    row = _handed_in(work, row, frozen)
    corrections.done(work, row.id)
    _tell_settled(work, row)
    return line(work, row)


def _handed_in(work: Work, row: Row[Any], frozen: Row[Any], **first: Any) -> Row[Any]:
    """The application as it stands with the version that was frozen; `first`: what is settled with the first one alone."""
    change(
        work,
        row.id,
        status=Status.SUBMITTED.value,
        receipt=frozen.digest,
        applicant_key=frozen.dossier["applicant_key"],
        **first,
    )
    row = require(work, row.id)
    work.audit(
        "application:submitted",
        row.id,
        after={"receipt": row.receipt, "sequence": row.sequence},
        cycle_id=row.cycle_id,
    )
    return row


def _next_number(work: Work, cycle_id: str) -> int:
    largest = select(func.coalesce(func.max(_APPLICATIONS.c.sequence), 0)).where(
        _APPLICATIONS.c.cycle_id == cycle_id
    )
    return 1 + int(work.session.execute(largest).scalar_one())


def _submission(cycle: Cycle) -> str:
    return cycle.rulebook.procedure[0].stages[0].key


def accept(work: Work, data: dict[str, Any]) -> dict[str, Any]:
    """签收: a named officer signs for what was handed in, by its digest; only then does it go on.

    Where a correction was not handed in by its day, what was handed in before it stands. Raises Conflict.
    """
    row = hold(work, data["application_id"])
    cycle = conductor.cycle(work, row.cycle_id)
    if row.status not in (Status.SUBMITTED.value, Status.RETURNED.value):
        raise Conflict(
            f"申报当前为 {row.status}，不能签收", f"the application is {row.status} and cannot be signed for"
        )
    correction = corrections.of(work, row.id)
    if row.status == Status.RETURNED.value and correction is not None and work.today() <= correction.due_on:
        raise Conflict(
            f"补正期限至 {in_words(correction.due_on).zh}，期满前不能签收",
            f"the applicant may correct it until {in_words(correction.due_on).en}; it cannot be signed for before",
        )
    frozen = submissions.latest(work, row.id)
    if data["digest"] != frozen.digest:
        raise Conflict(
            f"所签内容不是现有版本（{frozen.digest}）", f"what is signed for is not what stands ({frozen.digest})",
            code="other_version",
        )  # fmt: skip
    return _accept(work, cycle, row, frozen, work.context.actor)


def _accept(work: Work, cycle: Cycle, row: Row[Any], frozen: Row[Any], by: str) -> dict[str, Any]:
    """Hand the frozen dossier on. What a correction had begun to change and never handed in is put back."""
    stated = frozen.dossier
    files.put_back(work, row.id, stated["files"])
    columns = ("name", "uscc", "category", "nominated_by", "applicant_key", "facts", "materials")
    change(
        work,
        row.id,
        status=Status.IN_PROGRESS.value,
        accepted_version=frozen.version,
        accepted_at=work.now(),
        accepted_by=by,
        receipt=frozen.digest,
        typed=None,
        missing_materials=glance.lacking(cycle.rulebook, row.kind, stated["category"], stated["materials"]),
        **{name: stated[name] for name in columns},
    )
    accepted = {
        "cycle_id": cycle.cycle_id,
        "application_id": row.id,
        "sequence": row.sequence,
        "dossier": Dossier().load(stated),
        "dossier_digest": frozen.digest,
    }
    conductor.enter(work, accepted, _submission(cycle))
    if row.status == Status.RETURNED.value:
        _tell_settled(work, row)
    work.publish(ApplicationAccepted, {**accepted, **who_is_on(work, row.id)}, subject=row.id)
    enquiries.raise_all(work, cycle, row.id)
    work.audit(
        "application:accepted",
        row.id,
        after={"digest": frozen.digest, "version": frozen.version, "by": by},
        cycle_id=cycle.cycle_id,
    )
    return line(work, require(work, row.id))


def send_back(work: Work, data: dict[str, Any], *, terms: CorrectionTerms) -> dict[str, Any]:
    """退回补正: once, with what is to be mended and until when. Raises Conflict, Invalid, CalendarNotPublished."""
    row = require(work, data["application_id"], lock=True)
    cycle = conductor.cycle(work, row.cycle_id)
    if row.status != Status.SUBMITTED.value:
        raise Conflict(
            f"申报当前为 {row.status}，不能退回", f"the application is {row.status} and cannot be returned"
        )
    known = {f"materials.{name}" for name in cycle.rulebook.materials(row.kind)}
    for number, item in enumerate(data["items"]):
        if item["field"].startswith("materials.") and item["field"] not in known:
            raise invalid_field(f"items.{number}.field", "没有这种材料", "no such material")
    due_on = corrections.add(work, row.id, data["items"], data["due_on"], terms)
    change(work, row.id, status=Status.RETURNED.value)
    told = {"cycle_id": cycle.cycle_id, "application_id": row.id, "due_on": due_on}
    work.publish(CorrectionAsked, {**told, "people": who_is_on(work, row.id)["people"]}, subject=row.id)
    work.audit(
        "application:returned",
        row.id,
        after={"items": data["items"], "due_on": due_on},
        cycle_id=row.cycle_id,
    )
    return line(work, require(work, row.id), due_on)


def withdraw(work: Work, data: dict[str, Any]) -> dict[str, Any]:
    """Take an application back, at any time before its end."""
    row = hold(work, data["application_id"], may=(LEAD,))
    cycle = conductor.cycle(work, row.cycle_id)
    told = told_to(work, row.cycle_id).status(row)
    if told not in (Status.DRAFT, Status.SUBMITTED, Status.RETURNED, Status.IN_PROGRESS):
        raise Conflict(f"申报当前为 {told}，不能撤回", f"the application is {told} and cannot be withdrawn")
    stopped_at = row.stopped_at or _submission(cycle)
    progress.set_status(work, row.id, Status.WITHDRAWN, stopped_at)
    if row.status == Status.IN_PROGRESS.value:
        withdrawn = {"cycle_id": cycle.cycle_id, "application_id": row.id, "withdrawn_on": work.today()}
        conductor.records.withdraw(work, row.id, work.today())
        work.publish(ApplicationWithdrawn, withdrawn, subject=row.id)
    elif row.status not in UNTOLD:  # one that is out, and does not know it yet, is nowhere to be taken out of
        _tell_not_accepted(work, row, Status.WITHDRAWN)
    if row.status == Status.RETURNED.value:
        _tell_settled(work, row)
    work.audit("application:withdrawn", row.id, before={"status": row.status}, cycle_id=cycle.cycle_id)
    progress.nobody_left(work, cycle.cycle_id)
    return line(work, require(work, row.id))


def _tell_settled(work: Work, row: Row[Any]) -> None:
    """Nothing waits for the applicant's correction any more."""
    work.publish(CorrectionSettled, {"cycle_id": row.cycle_id, "application_id": row.id}, subject=row.id)


def _tell_not_accepted(work: Work, row: Row[Any], status: Status) -> None:
    if not row.uscc:
        return  # a draft without a code is nobody's yet
    told = {
        "application_id": row.id,
        "cycle_id": row.cycle_id,
        "applicant_key": submissions.key_of(work, row),
        "uscc": row.uscc,
        "status": status.value,
    }
    work.publish(ApplicationNotAccepted, told, subject=row.id)


def one(work: Work, data: dict[str, Any]) -> dict[str, Any]:
    """One application: an applicant's own, or any for the office."""
    row = own(work, data["application_id"])
    conductor.cycle(work, row.cycle_id)  # a rehearsal sees no real one
    correction = corrections.of(work, row.id)
    return line(work, row, None if correction is None else correction.due_on)


def line(
    work: Work, row: Row[Any], correction_due_on: date | None = None, told: Told | None = None
) -> dict[str, Any]:
    """The reply `ApplicationLine`. An applicant is not told its number: it would tell how many were there before; nor an
    outcome before it is public.
    """
    names = (
        "cycle_id", "name", "kind", "category", "submitted_on", "sequence", "public_number", "recommended_by", "receipt",
    )  # fmt: skip
    told = told or told_to(work, row.cycle_id)
    found = {"application_id": row.id, **{name: getattr(row, name) for name in names}}
    found |= {"status": told.status(row), "stopped_at": told.stopped_at(row)}
    waiting = row.status == Status.RETURNED.value
    if not may_count(work):
        found["sequence"] = None
    return {**found, "correction_due_on": correction_due_on if waiting else None}
