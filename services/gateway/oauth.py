"""POST /oauth/token: client credentials after RFC 6749, section 4.4. The protocol is Authlib's; tokens and secrets are ours.

Both ways of giving the secret are taken: HTTP Basic, and in the form. A client that does not exist, one that is shut and a
wrong secret have one answer.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from authlib.oauth2.rfc6749 import AuthorizationServer, ClientMixin, OAuth2Payload, OAuth2Request
from authlib.oauth2.rfc6749.errors import InvalidScopeError
from authlib.oauth2.rfc6749.grants import ClientCredentialsGrant
from flask import Request, Response

from services.gateway.agencies import Agencies, Client

if TYPE_CHECKING:
    from services.gateway.identity import Identity

_WAYS = ["client_secret_basic", "client_secret_post"]


class _Form(OAuth2Payload):  # type: ignore[misc]
    """The fields of the form; a secret in the address would stand in logs, so the query string counts for nothing."""

    def __init__(self, form: Mapping[str, str]) -> None:
        self._form = form

    @property
    def data(self) -> Mapping[str, str]:
        return self._form


class _Asked(OAuth2Request):  # type: ignore[misc]
    """A request of ours in Authlib's form. Transport is secured in front of the gateway, which never sees it."""

    def __init__(self, request: Request) -> None:
        super().__init__(request.method, f"https://{request.host}{request.path}", headers=request.headers)
        self._given = request.form
        self.payload = _Form(request.form)

    @property
    def form(self) -> Mapping[str, str]:
        return self._given


class _Program(ClientMixin):  # type: ignore[misc]
    """A program of an agency as Authlib asks about it."""

    def __init__(self, client: Client) -> None:
        self.client = client

    def check_client_secret(self, client_secret: str) -> bool:
        return self.client.has_secret(client_secret)

    def check_endpoint_auth_method(self, method: str, endpoint: str) -> bool:
        return method in _WAYS

    def check_grant_type(self, grant_type: str) -> bool:
        return bool(grant_type == ClientCredentialsGrant.GRANT_TYPE)

    def get_allowed_scope(self, scope: str | None) -> str | None:
        """All of its scopes where it asks for none; None, which is a refusal, where it asks for others."""
        wanted = set(scope.split()) if scope else set(self.client.scopes)
        return " ".join(sorted(wanted)) if wanted and wanted <= self.client.scopes else None


class _Credentials(ClientCredentialsGrant):  # type: ignore[misc]
    TOKEN_ENDPOINT_AUTH_METHODS = _WAYS


class TokenServer(AuthorizationServer):  # type: ignore[misc]
    """Authlib's server on our tables."""

    def __init__(self, agencies: Agencies, identity: Identity, seconds: int) -> None:
        super().__init__()
        self._agencies = agencies
        self._identity = identity
        self._seconds = seconds
        self.register_token_generator("default", self._token)
        self.register_grant(_Credentials)

    def respond(self, request: Request, address: str) -> Response:
        """The answer to a token request. Raises TooMany for an address that has guessed too often, RateLimited."""
        self._identity.hold_back(address)
        response: Response = self.create_token_response(request)
        if response.status_code != 401 and b"invalid_client" not in response.get_data():
            self._identity.forgive(address)
        return response

    def _token(self, client: _Program, scope: str | None, **_: object) -> dict[str, Any]:
        allowed = client.get_allowed_scope(scope)
        if allowed is None:
            raise InvalidScopeError
        issued = self._agencies.issue(client.client, allowed)
        return {
            "access_token": issued.token,
            "token_type": "Bearer",
            "expires_in": self._seconds,
            "scope": allowed,
        }

    def query_client(self, client_id: str) -> _Program:
        return _Program(self._agencies.client(client_id))

    def save_token(self, token: Mapping[str, Any], request: OAuth2Request) -> None:
        """Its digest is kept already: nobody but the client ever has the token itself."""

    def create_oauth2_request(self, request: Request) -> OAuth2Request:
        return _Asked(request)

    def handle_response(self, status: int, body: Any, headers: Any) -> Response:
        return Response(json.dumps(body), status, dict(headers), mimetype="application/json")

    def send_signal(self, name: str, *args: Any, **kwargs: Any) -> None:
        """Nobody listens."""
