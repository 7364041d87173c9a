"""Ways of an operator: how all services stand, and what becomes of parked messages."""

from __future__ import annotations

from services.gateway.routes.route import ASKED, Route

_TAG = "operating"
_PARKED = "/operations/parked/{queue}/{message_id}"

ROUTES: tuple[Route, ...] = (
    Route(
        "GET", "/operations/services", "gateway.services", _TAG,
        behind=tuple(f"{service}.{what}" for service in ASKED for what in ("health", "replica")),
    ),
    *(
        Route(
            "POST", f"{_PARKED}/{act}", f"gateway.{act}_parked", _TAG,
            behind=tuple(f"{service}.{act}_parked" for service in ASKED),
        )
        for act in ("replay", "discard")
    ),
)  # fmt: skip
