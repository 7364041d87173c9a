"""提名 as a draft sees it: which nominations fit it, and the one that it stands on."""

from __future__ import annotations

from typing import Any

from sqlalchemy import and_, select

from services.intake import applications, models, nominations
from services.intake.dossiers import EDITOR, LEAD, change, own, require, require_changeable
from services.intake.stages import conductor
from shared.problems import NotFound
from shared.store import Work

_NOMINATIONS = models.nominations


def open_to(work: Work, data: dict[str, Any]) -> dict[str, Any]:
    """What a draft may take up: the nominations of its code and kind."""
    row = own(work, data["application_id"])
    conductor.cycle(work, row.cycle_id)
    rows = work.session.execute(
        select(_NOMINATIONS)
        .where(nominations.fits(row.cycle_id, row.uscc, row.kind))
        .order_by(_NOMINATIONS.c.id)
    )
    return {"nominations": [nominations.line(each) for each in rows]}


def take_up(work: Work, data: dict[str, Any]) -> dict[str, Any]:
    """A draft stands on a nomination of its code and kind: it is nominated by that body."""
    row = own(work, data["application_id"], may=(LEAD, EDITOR))
    conductor.cycle(work, row.cycle_id)
    require_changeable(work, row, "nominated_by")
    query = select(_NOMINATIONS).where(
        and_(_NOMINATIONS.c.id == data["nomination_id"], nominations.fits(row.cycle_id, row.uscc, row.kind))
    )
    nomination = work.session.execute(query).one_or_none()
    if nomination is None:
        raise NotFound("没有与本申报相符的这项提名", "no such nomination that fits this application")
    after = {"nominated_by": nomination.body, "nomination_id": nomination.id}
    change(work, row.id, **after)
    work.audit(
        "nomination:taken_up",
        row.id,
        before={"nominated_by": row.nominated_by},
        after=after,
        cycle_id=row.cycle_id,
    )
    return applications.line(work, require(work, row.id))
