"""Ways of other departments' programs."""

from __future__ import annotations

from services.gateway.routes.route import FORM, Route

ROUTES: tuple[Route, ...] = (
    Route("POST", "/oauth/token", "gateway.agency_token", "agencies", takes=FORM),
    Route("GET", "/agencies/standing/{uscc}", "eligibility.standing", "agencies"),
    Route("POST", "/agencies/records", "intake.report_record", "agencies", 201),
    Route("GET", "/agencies/clients", "gateway.agency_clients", "agencies"),
    Route("POST", "/agencies/clients", "gateway.register_agency", "agencies", 201),
    Route("PUT", "/agencies/clients/{client_id}", "gateway.change_agency", "agencies"),
    Route("POST", "/agencies/clients/{client_id}/secrets", "gateway.rotate_agency_secret", "agencies", 201),
    Route("PUT", "/agencies/clients/{client_id}/disabled", "gateway.set_agency_disabled", "agencies"),
)
