"""Ways to incentives."""

from __future__ import annotations

from services.gateway.routes.paths import CYCLE
from services.gateway.routes.route import Route

ROUTES: tuple[Route, ...] = (
    Route("GET", CYCLE + "/grants", "incentives.grants", "incentives"),
    Route("POST", CYCLE + "/grants/paid-before", "incentives.record_paid", "incentives"),
)
