"""The way to the audit logs."""

from __future__ import annotations

from services.gateway.routes.paths import CYCLE
from services.gateway.routes.route import Route

ROUTES: tuple[Route, ...] = (
    Route(
        "GET",
        CYCLE + "/audit",
        "gateway.audit",
        "audit",
        behind=("intake.audit", "eligibility.audit", "review.audit", "committee.audit", "incentives.audit"),
    ),
    Route("GET", "/audit/checks", "gateway.audit_checks", "audit"),
)
