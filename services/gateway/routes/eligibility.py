"""Ways to eligibility."""

from __future__ import annotations

from services.gateway.routes.paths import APPLICATION, CYCLE
from services.gateway.routes.route import Route

ROUTES: tuple[Route, ...] = (
    Route("GET", APPLICATION + "/findings", "eligibility.my_findings", "eligibility"),
    Route("POST", APPLICATION + "/judgements", "eligibility.judge", "eligibility"),
    Route("POST", APPLICATION + "/events", "eligibility.report_after_award", "eligibility"),
    Route("GET", CYCLE + "/findings", "eligibility.findings", "eligibility"),
    Route("POST", CYCLE + "/bans", "eligibility.record_ban", "eligibility"),
    Route("GET", CYCLE + "/notices", "eligibility.notices", "eligibility"),
    Route("GET", CYCLE + "/honours", "eligibility.honours", "eligibility"),
    Route("GET", "/organizations/{uscc}", "eligibility.organization", "eligibility"),
    Route("GET", "/reported-records", "intake.reported_records", "eligibility"),
)
