"""Ways to stages of any service."""

from __future__ import annotations

from services.gateway.routes.paths import STAGE
from services.gateway.routes.route import Route

ROUTES: tuple[Route, ...] = (
    Route("GET", STAGE, "*.stage", "stages"),
    Route("GET", STAGE + "/awaits", "*.stage_awaits", "stages"),
    Route("POST", STAGE + "/begin", "*.begin_stage", "stages"),
    Route("POST", STAGE + "/close", "*.close_stage", "stages"),
    Route("PUT", STAGE + "/admitted", "review.admit", "stages"),
)
