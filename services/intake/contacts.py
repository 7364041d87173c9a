"""联系表: whom the office rings up about each application of a cycle; personal data, told to the office alone."""

from __future__ import annotations

from typing import Any

from sqlalchemy import and_, select

from services.intake import models
from services.intake.lists import filtered
from services.intake.stages import conductor
from services.intake.told import Told
from shared.contracts.operations.intake.applications import CONTACT
from shared.contracts.operations.pages import START
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
