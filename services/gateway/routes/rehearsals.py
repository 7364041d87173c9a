"""Ways to rehearsals that are watched."""

from __future__ import annotations

from services.gateway.routes.route import Route

ROUTES: tuple[Route, ...] = (
    Route("POST", "/rehearsals/checks", "gateway.check_rehearsal", "rehearsals"),
    Route("GET", "/rehearsals/plays", "gateway.rehearsal_plays", "rehearsals"),
    Route("POST", "/rehearsals/plays", "gateway.play_rehearsal", "rehearsals", 202),
    Route("GET", "/rehearsals/plays/{play_id}", "gateway.rehearsal_play", "rehearsals"),
)
