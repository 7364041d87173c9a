"""申报人员: several people work on one dossier, each with a part; there is always exactly one lead."""

from __future__ import annotations

import secrets
from datetime import timedelta
from typing import Any

from sqlalchemy import and_, case, delete, select, update

from services.intake import applications, models
from services.intake.dossiers import LEAD, own, part_of, require, who_is_on
from services.intake.stages import conductor
from shared.contracts.events import DossierPeopleChanged
from shared.identifiers import digest
from shared.problems import Conflict, NotFound
from shared.store import Work

_PEOPLE, _INVITATIONS = models.dossier_people, models.invitations


def invite(work: Work, data: dict[str, Any], *, days: int) -> dict[str, Any]:
    """A code with which one more person may join. Only its digest is kept."""
    row = own(work, data["application_id"], may=(LEAD,))
    conductor.cycle(work, row.cycle_id)
    code, expires_on = secrets.token_urlsafe(32), work.today() + timedelta(days=days)
    work.session.execute(
        _INVITATIONS.insert().values(
            digest=digest(code), application_id=row.id, role=data["role"], expires_on=expires_on
        )
    )
    work.audit(
        "dossier:invited",
        row.id,
        after={"role": data["role"], "expires_on": expires_on},
        cycle_id=row.cycle_id,
    )
    return {"code": code, "role": data["role"], "expires_on": expires_on.isoformat()}


def join(work: Work, data: dict[str, Any]) -> dict[str, Any]:
    """Join by a code, which is good once. One answer for a wrong, a used and an expired code: NotFound."""
    me = work.context.actor
    found = work.session.execute(
        select(_INVITATIONS).where(_INVITATIONS.c.digest == digest(data["code"])).with_for_update()
    ).one_or_none()
    if found is None or found.used_by is not None or found.expires_on < work.today():
        raise NotFound(
            "邀请码无效或已过期", "the code is not valid, or not any more", code="no_such_invitation"
        )
    if part_of(work, found.application_id, me) is not None:
        raise Conflict("您已在这份申报中", "you are on this dossier already", code="joined_already")
    work.session.execute(update(_INVITATIONS).where(_INVITATIONS.c.digest == found.digest).values(used_by=me))
    work.session.execute(
        _PEOPLE.insert().values(
            application_id=found.application_id, subject=me, role=found.role, joined_on=work.today()
        )
    )
    work.audit("dossier:joined", found.application_id, after={"subject": me, "role": found.role})
    _tell(work, found.application_id)
    return applications.one(work, {"application_id": found.application_id})


def set_person(work: Work, data: dict[str, Any]) -> dict[str, Any]:
    """Change somebody's part, hand the lead over, or take somebody off. Raises Conflict where nobody would lead."""
    row = own(work, data["application_id"], may=(LEAD,), lock=True)
    conductor.cycle(work, row.cycle_id)
    subject, role = data["subject"], data["role"]
    before = part_of(work, row.id, subject)
    if before is None:
        raise NotFound("申报中没有此人", "nobody of that name is on the dossier")
    if subject == work.context.actor and role != LEAD:
        raise Conflict("请先把负责人移交给他人", "hand the lead over first", code="last_lead")
    which = and_(_PEOPLE.c.application_id == row.id, _PEOPLE.c.subject == subject)
    if role is None:
        work.session.execute(delete(_PEOPLE).where(which))
    else:
        if role == LEAD and subject != work.context.actor:
            me = and_(_PEOPLE.c.application_id == row.id, _PEOPLE.c.subject == work.context.actor)
            work.session.execute(update(_PEOPLE).where(me).values(role="editor"))
        work.session.execute(update(_PEOPLE).where(which).values(role=role))
    work.audit(
        "dossier:person", row.id, before={"subject": subject, "role": before},
        after={"subject": subject, "role": role}, cycle_id=row.cycle_id,
    )  # fmt: skip
    _tell(work, row.id)
    return _everybody(work, row.id)


def _tell(work: Work, application_id: str) -> None:
    """Whoever shows an applicant what is its own has to know of it; of a draft nobody else has heard yet.

    The row is held, so that somebody who joins while the office signs is in one of the two messages.
    """
    row = require(work, application_id, lock=True)
    if row.accepted_version is None:
        return
    told = {"cycle_id": row.cycle_id, "application_id": row.id, **who_is_on(work, row.id)}
    work.publish(DossierPeopleChanged, told, subject=row.id)


def listed(work: Work, data: dict[str, Any]) -> dict[str, Any]:
    """Everybody on a dossier of one's own."""
    row = own(work, data["application_id"])
    conductor.cycle(work, row.cycle_id)
    return _everybody(work, row.id)


def _everybody(work: Work, application_id: str) -> dict[str, Any]:
    rows = work.session.execute(
        select(_PEOPLE)
        .where(_PEOPLE.c.application_id == application_id)
        .order_by(case((_PEOPLE.c.role == LEAD, 0), else_=1), _PEOPLE.c.joined_on, _PEOPLE.c.subject)
    )
    return {
        "people": [
            {"subject": row.subject, "role": row.role, "joined_on": row.joined_on.isoformat()} for row in rows
        ]
    }
