"""Ways to committee."""

from __future__ import annotations

from services.gateway.routes.paths import CYCLE
from services.gateway.routes.route import Route

ROUTES: tuple[Route, ...] = (
    Route("PUT", CYCLE + "/committee", "committee.convene", "committee"),
    Route("PUT", CYCLE + "/proposal", "committee.propose", "committee"),
    Route("GET", CYCLE + "/proposal", "committee.proposal", "committee"),
    Route("GET", CYCLE + "/ballot", "committee.round", "committee"),
    Route("POST", CYCLE + "/ballot/votes", "committee.cast_ballot", "committee"),
    Route("POST", CYCLE + "/ballot/close", "committee.close_round", "committee"),
    Route("GET", CYCLE + "/votes", "committee.votes", "committee"),
)
