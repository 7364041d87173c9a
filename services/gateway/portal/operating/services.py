"""运维: which services answer, how the departments stand. Nothing of a dossier is here."""

from __future__ import annotations

from typing import Any

from flask import Response

from services.gateway.portal.room import Room
from services.gateway.portal.text import Text
from services.gateway.portal.visit import Visit
from services.gateway.portal.words import BREAKERS, CHANNELS, word
from shared.contracts.operations import OPERATOR
from shared.rulebooks.facts import DEPARTMENTS

ROOM = Room("services", (OPERATOR,))


@ROOM.page("/ops")
def ops(visit: Visit) -> Response:
    """What does not answer comes first."""
    why = visit.gateway.readiness()
    found = visit.ask_or_none("intake.departments")
    departments: list[dict[str, Any]] | None = None
    if found is not None:
        departments = [
            {
                **each,
                "name": word(DEPARTMENTS, each["department"]),
                "way": word(CHANNELS, each["channel"]),
                "state": word(BREAKERS, each["breaker"]) if each.get("breaker") else None,
            }
            for each in found["departments"]
        ]
    return visit.page(
        "operating/services.html", Text("运维", "Operations"), why=why, departments=departments,
        now=visit.now(),
    )  # fmt: skip
