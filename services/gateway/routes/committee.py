"""Ways to committee."""

from __future__ import annotations

from services.gateway.feedback import DOCX, PDF
from services.gateway.routes.paths import CYCLE
from services.gateway.routes.route import Route

ROUTES: tuple[Route, ...] = (
    Route("PUT", CYCLE + "/committee", "committee.convene", "committee"),
    Route("PUT", CYCLE + "/proposal", "committee.propose", "committee"),
    Route("GET", CYCLE + "/proposal", "committee.proposal", "committee"),
    Route("GET", CYCLE + "/ballot", "committee.round", "committee"),
    Route("POST", CYCLE + "/ballot/votes", "committee.cast_ballot", "committee"),
    Route("POST", CYCLE + "/ballot/close", "committee.close_round", "committee"),
    Route("POST", CYCLE + "/ballot/open", "committee.open_round", "committee"),
    Route("POST", CYCLE + "/ballot/void", "committee.void_round", "committee"),
    Route("GET", CYCLE + "/votes", "committee.votes", "committee"),
    Route("GET", CYCLE + "/votes/slips", "committee.slips", "committee"),
    Route("GET", CYCLE + "/votes/recount", "committee.recount", "committee"),
    Route("GET", CYCLE + "/agenda", "committee.agenda", "committee"),
    Route("GET", CYCLE + "/committee/attendance", "committee.attendance", "committee"),
    Route("POST", CYCLE + "/committee/attendance", "committee.record_attendance", "committee", 201),
    Route("POST", CYCLE + "/committee/recusals", "committee.declare_recusal", "committee", 201),
    Route("PUT", CYCLE + "/committee/chair", "committee.appoint_chair", "committee"),
    Route("GET", CYCLE + "/minutes", "committee.minutes", "committee"),
    Route("POST", CYCLE + "/minutes", "committee.draft_minutes", "committee", 201),
    Route("GET", CYCLE + "/minutes/versions", "committee.minutes_versions", "committee"),
    Route("POST", CYCLE + "/minutes/{version}/confirm", "committee.confirm_minutes", "committee"),
    Route("POST", CYCLE + "/minutes/{version}/return", "committee.return_minutes", "committee"),
    Route(
        "GET",
        CYCLE + "/minutes.docx",
        "gateway.minutes_docx",
        "committee",
        gives=DOCX,
        behind=("committee.minutes",),
    ),
    Route(
        "GET",
        CYCLE + "/minutes.pdf",
        "gateway.minutes_pdf",
        "committee",
        gives=PDF,
        behind=("committee.minutes",),
    ),
    Route("GET", CYCLE + "/approval", "committee.approval", "committee"),
    Route("PUT", CYCLE + "/approval", "committee.record_approval", "committee"),
)
