"""Ways to identity, accounts and the rulebooks."""

from __future__ import annotations

from services.gateway.routes.route import Route

ROUTES: tuple[Route, ...] = (
    Route("POST", "/tokens", "gateway.sign_in", "identity", 201),
    Route("DELETE", "/tokens/current", "gateway.sign_out", "identity"),
    Route("GET", "/me", "gateway.me", "identity"),
    Route("PUT", "/me/password", "gateway.change_password", "identity"),
    Route("GET", "/accounts", "gateway.accounts", "identity"),
    Route("POST", "/accounts", "gateway.create_account", "identity", 201),
    Route("PUT", "/accounts/{account_id}/roles", "gateway.set_roles", "identity"),
    Route("PUT", "/accounts/{account_id}/unit", "gateway.set_unit", "identity"),
    Route("PUT", "/accounts/{account_id}/disabled", "gateway.set_disabled", "identity"),
    Route("POST", "/rehearsals/tokens", "gateway.persona", "identity", 201),
    Route("GET", "/rulebooks", "gateway.rulebooks", "rulebooks"),
    Route("GET", "/rulebooks/{rulebook}", "gateway.rulebook", "rulebooks"),
    Route("GET", "/rulebooks/{rulebook}/form", "gateway.form", "rulebooks"),
    Route("GET", "/rulebooks/{rulebook}/text", "gateway.regulation", "rulebooks"),
    Route("GET", "/rulebooks/{rulebook}/differences", "gateway.differences", "rulebooks"),
    Route("POST", "/rulebooks/{rulebook}/check", "gateway.self_check", "rulebooks"),
    Route("GET", "/rulebooks/{rulebook}/criteria", "gateway.criteria", "rulebooks"),
)
