"""Applications: drafted, recommended, submitted once, withdrawn; the dossier is frozen at submission."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row, and_, func, select, update

from services.intake import enquiries, glance, models, nominations, progress
from services.intake.applicants import applicant_key
from services.intake.stages import conductor
from services.intake.statuses import Status, before
from shared.contracts.base import dump
from shared.contracts.dossier import Dossier, Facts
from shared.contracts.events import ApplicationAccepted, ApplicationNotAccepted, ApplicationWithdrawn
from shared.contracts.operations import APPLICANT
from shared.identifiers import check_id_number, digest, new_id
from shared.problems import Conflict, NotFound, invalid_field
from shared.procedure import Cycle
from shared.store import Work

_APPLICATIONS = models.applications


def create(work: Work, data: dict[str, Any]) -> dict[str, Any]:
    """Draft an application. What the rulebook thinks of it is said by the findings, not here."""
    cycle = conductor.cycle(work, data["cycle_id"])
    known = set(cycle.rulebook.materials(data["kind"]))
    for number, material in enumerate(data["materials"]):
        if known and material not in known:
            raise invalid_field(
                f"materials.{number}",
                f"本办法没有材料 {material}",
                f"the rulebook knows no material {material}",
            )
    reason = check_id_number(data["id_number"]) if data["id_number"] else None
    if reason is not None:
        raise invalid_field("id_number", reason.zh, reason.en)
    key = applicant_key(
        data["kind"],
        data["uscc"],
        data["name"],
        data["id_number"],
        lambda number: work.blind_index(number, "applications.id_number"),
    )
    row = {
        "id": new_id(),
        "owner": work.context.actor,
        "applicant_key": key,
        "status": Status.DRAFT.value,
        "facts": dump(Facts(), data["facts"]),
        "materials": sorted(set(data["materials"])),
        "nomination_id": nominations.named(work, cycle, data),
        "missing_materials": glance.as_text(
            glance.missing_materials(cycle.rulebook, data["kind"], data["category"], data["materials"])
        ),
        **{
            name: data[name]
            for name in ("cycle_id", "name", "kind", "uscc", "category", "nominated_by", "id_number")
        },
    }
    work.session.execute(_APPLICATIONS.insert().values(**row))
    work.audit("application:drafted", row["id"], after={"digest": digest(row)}, cycle_id=cycle.cycle_id)
    return line(require(work, row["id"]))


def submit(work: Work, data: dict[str, Any]) -> dict[str, Any]:
    """Submit a draft: in time it is frozen and handed on, after the last day it is kept as late."""
    row = own(work, data["application_id"])
    cycle = conductor.cycle(work, row.cycle_id)
    require_changeable(row)
    today = work.today()
    if today < cycle.opens_on:
        raise Conflict(f"申报自 {cycle.opens_on} 起受理", f"applications are taken from {cycle.opens_on}")
    submission = cycle.rulebook.procedure[0].stages[0].key
    if today > cycle.closes_on or conductor.row(work, cycle.cycle_id, submission).state == "closed":
        _update(work, row.id, status=Status.LATE.value, stopped_at=submission, submitted_on=today)
        _tell_not_accepted(work, row, Status.LATE)
        work.audit("application:late", row.id, after={"on": today}, cycle_id=row.cycle_id)
        return line(require(work, row.id))
    return _accept(work, cycle, row, submission)


def _accept(work: Work, cycle: Cycle, row: Row[Any], submission: str) -> dict[str, Any]:
    conductor.records.cycle(work, cycle.cycle_id, lock=True)  # numbers are given one at a time
    row = own(work, row.id)  # with the opinion that was signed meanwhile
    require_changeable(row)
    nominations.hand_in(work, cycle, row)
    dossier = {
        "name": row.name,
        "kind": row.kind,
        "uscc": row.uscc,
        "applicant_key": row.applicant_key,
        "category": row.category,
        "submitted_on": work.today(),
        "recommended_by": row.recommended_by,
        "nominated_by": row.nominated_by,
        "facts": Facts().load(row.facts),
        "materials": row.materials,
    }
    receipt = digest(dump(Dossier(), dossier))
    sequence = (
        1
        + work.session.execute(
            select(func.coalesce(func.max(_APPLICATIONS.c.sequence), 0)).where(
                _APPLICATIONS.c.cycle_id == cycle.cycle_id
            )
        ).scalar_one()
    )
    _update(
        work,
        row.id,
        status=Status.IN_PROGRESS.value,
        stopped_at=submission,
        sequence=sequence,
        submitted_on=work.today(),
        receipt=receipt,
    )
    accepted = {
        "cycle_id": cycle.cycle_id,
        "application_id": row.id,
        "sequence": sequence,
        "dossier": dossier,
        "dossier_digest": receipt,
    }
    conductor.enter(work, accepted, submission)
    work.publish(ApplicationAccepted, accepted, subject=row.id)
    enquiries.raise_all(work, cycle, row.id)
    work.audit(
        "application:submitted",
        row.id,
        after={"receipt": receipt, "sequence": sequence},
        cycle_id=cycle.cycle_id,
    )
    return line(require(work, row.id))


def withdraw(work: Work, data: dict[str, Any]) -> dict[str, Any]:
    """Take an application back, at any time before its end."""
    conductor.records.cycle(work, own(work, data["application_id"]).cycle_id, lock=True)
    row = own(work, data["application_id"])  # as the stage that closed meanwhile left it
    cycle = conductor.cycle(work, row.cycle_id)
    if row.status not in before(Status.WITHDRAWN):
        raise Conflict(
            f"申报当前为 {row.status}，不能撤回", f"the application is {row.status} and cannot be withdrawn"
        )
    stopped_at = row.stopped_at or cycle.rulebook.procedure[0].stages[0].key
    progress.set_status(work, row.id, Status.WITHDRAWN, stopped_at)
    if row.status == Status.IN_PROGRESS.value:
        withdrawn = {"cycle_id": cycle.cycle_id, "application_id": row.id, "withdrawn_on": work.today()}
        conductor.records.withdraw(work, row.id, work.today())
        work.publish(ApplicationWithdrawn, withdrawn, subject=row.id)
    else:
        _tell_not_accepted(work, row, Status.WITHDRAWN)
    work.audit("application:withdrawn", row.id, before={"status": row.status}, cycle_id=cycle.cycle_id)
    progress.nobody_left(work, cycle.cycle_id)
    return line(require(work, row.id))


def _tell_not_accepted(work: Work, row: Row[Any], status: Status) -> None:
    names = ("cycle_id", "applicant_key", "uscc")
    told = {"application_id": row.id, **{name: getattr(row, name) for name in names}, "status": status.value}
    work.publish(ApplicationNotAccepted, told, subject=row.id)


def one(work: Work, data: dict[str, Any]) -> dict[str, Any]:
    """One application: an applicant's own, or any for the office."""
    row = own(work, data["application_id"])
    conductor.cycle(work, row.cycle_id)  # a rehearsal sees no real one
    return line(row)


def line(row: Row[Any]) -> dict[str, Any]:
    """The reply `ApplicationLine`."""
    names = (
        "cycle_id", "name", "kind", "category", "status", "stopped_at", "submitted_on", "sequence",
        "recommended_by", "receipt",
    )  # fmt: skip
    return {"application_id": row.id, **{name: getattr(row, name) for name in names}}


def mine(work: Work) -> list[Any]:
    """Nobody sees what is not theirs: for an applicant the query itself holds the owner."""
    return [_APPLICATIONS.c.owner == work.context.actor] if work.context.role == APPLICANT else []


def own(work: Work, application_id: str) -> Row[Any]:
    """An application that whoever asks may see. Raises NotFound for any other."""
    query = select(_APPLICATIONS).where(and_(_APPLICATIONS.c.id == application_id, *mine(work)))
    row = work.session.execute(query).one_or_none()
    if row is None:
        raise NotFound("没有这份申报", "no such application")
    return row


def require(work: Work, application_id: str) -> Row[Any]:
    """An application, whoever asks. Raises NotFound."""
    row = work.session.execute(
        select(_APPLICATIONS).where(_APPLICATIONS.c.id == application_id)
    ).one_or_none()
    if row is None:
        raise NotFound("没有这份申报", "no such application")
    return row


def require_changeable(row: Row[Any]) -> None:
    """Only a draft may be changed. Raises Conflict."""
    if row.status != Status.DRAFT.value:
        raise Conflict(f"申报当前为 {row.status}", f"the application is {row.status}")


def _update(work: Work, application_id: str, **values: Any) -> None:
    work.session.execute(update(_APPLICATIONS).where(_APPLICATIONS.c.id == application_id).values(**values))
