"""Ways to identity, accounts and the rulebooks."""

from __future__ import annotations

from services.gateway.own.second_factor import CODE_HEADER
from services.gateway.routes.route import Route

_CODE = (CODE_HEADER, "验证码或恢复码", "a code, or a recovery code", "123456")

ROUTES: tuple[Route, ...] = (
    Route("POST", "/tokens", "gateway.sign_in", "identity", 201),
    Route("DELETE", "/tokens/current", "gateway.sign_out", "identity"),
    Route("GET", "/me", "gateway.me", "identity"),
    Route("PUT", "/me/password", "gateway.change_password", "identity"),
    Route("POST", "/me/second-factor", "gateway.begin_second_factor", "identity", 201),
    Route("POST", "/me/second-factor/confirmation", "gateway.confirm_second_factor", "identity"),
    Route("DELETE", "/me/second-factor", "gateway.remove_second_factor", "identity", headers=(_CODE,)),
    Route("DELETE", "/accounts/{account_id}/second-factor", "gateway.reset_second_factor", "identity"),
    Route("GET", "/me/identities", "gateway.my_identities", "identity"),
    Route("DELETE", "/me/identities/{identity_id}", "gateway.unlink_identity", "identity", headers=(_CODE,)),
    Route("GET", "/accounts/{account_id}/identities", "gateway.account_identities", "identity"),
    Route("DELETE", "/accounts/{account_id}/identities/{identity_id}", "gateway.remove_identity", "identity"),
    Route("GET", "/delegations", "gateway.delegations", "identity"),
    Route("POST", "/delegations", "gateway.delegate", "identity", 201),
    Route("POST", "/delegations/{delegation_id}/end", "gateway.end_delegation", "identity"),
    Route("GET", "/accounts", "gateway.accounts", "identity"),
    Route("GET", "/accounts/{account_id}", "gateway.account", "identity"),
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
