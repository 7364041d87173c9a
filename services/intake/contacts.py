"""联系表: whom the office rings up about each application of a cycle; personal data, told to the office alone.

After the submission an applicant may name another person: nothing that was handed in changes, its digest neither.
"""

from __future__ import annotations

import json
from typing import Any

from sqlalchemy import Row, and_, select

from services.intake import models
from services.intake.dossiers import EDITOR, LEAD, change, hold, own, require
from services.intake.lists import filtered
from services.intake.stages import conductor
from services.intake.statuses import Status
from services.intake.told import Told
from shared.contracts.operations.intake.applications import CONTACT
from shared.contracts.operations.pages import START
from shared.problems import Conflict
from shared.store import Work

_APPLICATIONS = models.applications
_NAMES = (
    "sequence", "public_number", "name", "uscc", "kind", "category", "status", "recommender", *CONTACT
)  # fmt: skip
_COLUMNS = [_APPLICATIONS.c.id, *(_APPLICATIONS.c[name] for name in _NAMES)]


def listed(work: Work, data: dict[str, Any]) -> dict[str, Any]:
    """The reply `ContactList`: some lines of a walk through all that the filter lets through, each once."""
    cycle = conductor.cycle(work, data["cycle_id"])
    wanted = and_(*filtered(work, cycle, data, Told(open=True)))
    query = select(*_COLUMNS).where(wanted).order_by(_APPLICATIONS.c.id).limit(data["size"])
    if data["after"] != START:
        query = query.where(_APPLICATIONS.c.id > data["after"])
    rows = work.session.execute(query).all()
    return {
        "contacts": [
            {"application_id": row.id, **{name: getattr(row, name) for name in _NAMES}} for row in rows
        ],
        "next": rows[-1].id if len(rows) == data["size"] else None,
    }


# --- one application ----------------------------------------------------------------------------------------------

# A draft has a page of its own for this; nobody rings up about what is over without an award.
_NOT_NOW = frozenset({Status.DRAFT.value, Status.LATE.value, Status.WITHDRAWN.value})


def of(work: Work, data: dict[str, Any]) -> dict[str, Any]:
    """The reply `ContactOf`: an applicant's own, or any for the office. Raises NotFound."""
    row = own(work, data["application_id"])
    conductor.cycle(work, row.cycle_id)
    return _shown(row)


def replace(work: Work, data: dict[str, Any]) -> dict[str, Any]:
    """Name another person. Raises NotFound, Forbidden, and Conflict for a draft or for what is over."""
    row = hold(work, data["application_id"], may=(LEAD, EDITOR))
    conductor.cycle(work, row.cycle_id)
    if row.status in _NOT_NOW:
        raise Conflict(
            "草稿在填写时更改联系人；已撤回或逾期的申报不再更改",
            "in a draft it is changed on the draft's own page; of what was withdrawn or came late it is changed no more",
            code="no_contact_now",
        )
    before = {name: getattr(row, name) for name in CONTACT}
    after = {name: data[name] for name in CONTACT}
    if before != after:
        told = {"at": work.now().isoformat(), "by": work.by, "before": before, "after": after}
        changes = [told, *_changes(row)]
        change(work, row.id, **after, contact_changes=json.dumps(changes, ensure_ascii=False))
        work.audit("contact:changed", row.id, before=before, after=after, cycle_id=row.cycle_id)
    return _shown(require(work, row.id))


def _changes(row: Row[Any]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(row.contact_changes) if row.contact_changes else []
    return found


def _shown(row: Row[Any]) -> dict[str, Any]:
    return {
        "application_id": row.id,
        "cycle_id": row.cycle_id,
        **{name: getattr(row, name) for name in CONTACT},
        "may_change": row.status not in _NOT_NOW,
        "changes": _changes(row),
    }
