"""提交与签收: frozen versions of a dossier, their receipt, and the version that the office signs for."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row, and_, func, select

from services.intake import corrections, files, models
from services.intake.applicants import applicant_key
from services.intake.dossiers import may_count, own
from services.intake.stages import conductor
from services.intake.told import told_to
from shared.contracts.base import dump
from shared.contracts.dossier import Dossier, Facts
from shared.identifiers import digest
from shared.store import Work

_SUBMISSIONS = models.submissions


def key_of(work: Work, row: Row[Any]) -> str:
    """Who applies, as one application is told from another."""
    return applicant_key(
        row.kind,
        row.uscc,
        row.name,
        row.id_number,
        lambda number: work.blind_index(number, "applications.id_number"),
    )


def freeze(work: Work, row: Row[Any], *, version: int, submitted_on: Any) -> Row[Any]:
    """Keep what is handed in as it stands, for good."""
    dossier = dump(
        Dossier(),
        {
            "name": row.name,
            "kind": row.kind,
            "uscc": row.uscc,
            "applicant_key": key_of(work, row),
            "category": row.category,
            "submitted_on": submitted_on,
            "recommended_by": row.recommended_by,
            "nominated_by": row.nominated_by,
            "facts": Facts().load(files.facts_of(work, row)),
            "materials": row.materials,
            "files": files.handed_in(work, row.id),
        },
    )
    work.session.execute(
        _SUBMISSIONS.insert().values(
            application_id=row.id,
            version=version,
            submitted_at=work.now(),
            submitted_by=work.context.actor,
            dossier=dossier,
            digest=digest(dossier),
        )
    )
    return latest(work, row.id)


def latest(work: Work, application_id: str) -> Row[Any]:
    """The version that was handed in last."""
    newest = select(func.max(_SUBMISSIONS.c.version)).where(_SUBMISSIONS.c.application_id == application_id)
    return one(work, application_id, work.session.execute(newest).scalar_one())


def one(work: Work, application_id: str, version: int) -> Row[Any]:
    """One frozen version."""
    wanted = and_(_SUBMISSIONS.c.application_id == application_id, _SUBMISSIONS.c.version == version)
    return work.session.execute(select(_SUBMISSIONS).where(wanted)).one()


def receipt(work: Work, data: dict[str, Any]) -> dict[str, Any]:
    """The reply `Receipt`: every version, and which one was signed for."""
    row = own(work, data["application_id"])
    conductor.cycle(work, row.cycle_id)
    versions = work.session.execute(
        select(_SUBMISSIONS).where(_SUBMISSIONS.c.application_id == row.id).order_by(_SUBMISSIONS.c.version)
    )
    return {
        "application_id": row.id,
        "cycle_id": row.cycle_id,
        "status": told_to(work, row.cycle_id).status(row),
        "sequence": row.sequence if may_count(work) else None,
        "public_number": row.public_number,
        "submissions": [
            {
                "version": each.version,
                "submitted_at": each.submitted_at.isoformat(),
                "submitted_by": each.submitted_by,
                "digest": each.digest,
                "dossier": each.dossier,
            }
            for each in versions
        ],
        "correction": corrections.shown(corrections.of(work, row.id)),
        "accepted": row.accepted_version,
        "accepted_at": None if row.accepted_at is None else row.accepted_at.isoformat(),
        "accepted_by": row.accepted_by,
    }
