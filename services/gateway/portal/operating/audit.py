"""审计: whether the sealed logs of all services are whole, and where one breaks."""

from __future__ import annotations

from typing import Any

from flask import Response

from services.gateway.portal.room import Room
from services.gateway.portal.text import Text
from services.gateway.portal.visit import Visit
from services.gateway.portal.words import word
from shared.contracts.operations import AUDITOR
from shared.rulebooks.words import OWNERS

ROOM = Room("audit", (AUDITOR,))


@ROOM.page("/audit")
def audit(visit: Visit) -> Response:
    """The cycles, newest first; each leads to its logs."""
    cycles = visit.ask("intake.cycles")["cycles"]
    return visit.page("operating/audit.html", Text("审计", "Audit"), cycles=cycles)


@ROOM.page("/audit/<cycle_id>")
def logs(visit: Visit, cycle_id: str) -> Response:
    """The logs of one cycle, read and checked when the page is opened."""
    told: dict[str, Any] | None = visit.ask_or_none("gateway.audit", cycle_id=cycle_id)
    services = [] if told is None else told["services"]
    names = {each["service"]: word(OWNERS, each["service"]) for each in services}
    return visit.page(
        "operating/logs.html",
        Text("审计日志核验", "The audit logs, checked"),
        told=told,
        names=names,
        cycle_id=cycle_id,
    )
