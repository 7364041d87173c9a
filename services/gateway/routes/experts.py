"""Ways to the register of experts."""

from __future__ import annotations

from services.gateway.exports import CSV, XLSX
from services.gateway.routes.paths import CYCLE, EXPERT, STAGE
from services.gateway.routes.route import Route

ROUTES: tuple[Route, ...] = (
    Route("GET", "/experts", "review.experts", "experts"),
    Route("POST", "/experts", "review.enter_expert", "experts", 201),
    Route("GET", "/experts.xlsx", "gateway.experts_xlsx", "experts", gives=XLSX, behind=("review.experts",)),
    Route("GET", "/experts.csv", "gateway.experts_csv", "experts", gives=CSV, behind=("review.experts",)),
    Route("POST", "/experts/batch", "review.import_experts", "experts"),
    Route("GET", EXPERT, "review.expert", "experts"),
    Route("PUT", EXPERT, "review.change_expert", "experts"),
    Route("POST", EXPERT + "/retirement", "review.retire_expert", "experts"),
    Route("POST", EXPERT + "/reinstatement", "review.reinstate_expert", "experts"),
    Route("POST", EXPERT + "/proposals", "review.propose_change", "experts", 201),
    Route("GET", EXPERT + "/declarations", "review.declarations", "experts"),
    Route("POST", EXPERT + "/declarations", "review.declare_interests", "experts", 201),
    Route("POST", EXPERT + "/absences", "review.add_absence", "experts", 201),
    Route("DELETE", EXPERT + "/absences/{absence_id}", "review.remove_absence", "experts"),
    Route("GET", EXPERT + "/service", "review.service_history", "experts"),
    Route("GET", "/expert-proposals", "review.proposals", "experts"),
    Route("POST", "/expert-proposals/{proposal_id}/decision", "review.decide_proposal", "experts"),
    Route("GET", "/owed-declarations", "review.owed_declarations", "experts"),
    Route("POST", CYCLE + "/experts/from-register", "review.enter_pool", "experts"),
    Route(
        "POST",
        STAGE + "/conduct/reviewers",
        "gateway.rate_reviewers",
        "experts",
        201,
        behind=("intake.application", "review.rate_reviewers"),
    ),
    Route("POST", STAGE + "/conduct/applicants", "review.comment_on_applicant", "experts", 201),
    Route("GET", CYCLE + "/conduct", "review.conduct_reports", "experts"),
)
