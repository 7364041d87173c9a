"""与身份服务的往来: what a provider says of itself, and its ID token for a code.

Whatever is wrong with an answer is `Distrusted`.
"""

from __future__ import annotations

import json
import secrets
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from hmac import compare_digest
from typing import Any
from urllib.parse import urlsplit

import requests
from authlib.common.errors import AuthlibBaseError
from authlib.integrations.requests_client import OAuth2Session
from joserfc import jwt
from joserfc.errors import InvalidKeyIdError, JoseError
from joserfc.jwk import KeySet

from services.gateway.oidc.providers import Provider, is_safe
from services.gateway.session import digest_of
from shared.clock import Clock

_ASYMMETRIC = {"RSA", "EC"}
_LEEWAY = 30  # seconds by which the clocks may differ
_METADATA_LASTS = 3600.0  # seconds
_KEYS_AGAIN = 30.0  # seconds, at least, between two askings for keys that were not known
_LARGEST = 1 << 20  # bytes of an answer
_LONGEST_TOKEN = 16_384  # characters
_ENDPOINTS = ("authorization_endpoint", "token_endpoint", "jwks_uri")


class Distrusted(Exception):
    """The provider is away, or what came from it, or through the browser, does not hold; the message is for the log."""


class Conversation:
    """One provider, asked over HTTP. Safe to share between threads."""

    def __init__(self, provider: Provider, *, back: str, timeout: float, clock: Clock) -> None:
        self.provider = provider
        self._back = back
        self._timeout = timeout
        self._clock = clock
        self._lock = threading.Lock()
        self._metadata: tuple[float, dict[str, Any]] | None = None
        self._keys: tuple[float, KeySet] | None = None

    def authorization(self, state: str, nonce: str, verifier: str, *, anew: bool = False) -> str:
        """Where a browser goes to sign in; `anew`: also where somebody is signed in there already. Raises Distrusted.

        `prompt` asks for it; `max_age` means the same and has the provider say in its token when it was (OpenID Connect Core,
        3.1.2.1), without which nobody could tell whether it did.
        """
        more = {"prompt": "login", "max_age": "0"} if anew else {}
        with self._session() as session:
            address, _ = session.create_authorization_url(
                self._endpoint("authorization_endpoint"),
                state=state,
                nonce=nonce,
                code_verifier=verifier,
                **more,
            )
        return str(address)

    def end_session(self, back: str) -> str | None:
        """Where a browser goes to sign out there too; None where the provider has no such place, or is away."""
        try:
            address = self.metadata().get("end_session_endpoint")
        except Distrusted:
            return None
        if not isinstance(address, str) or not is_safe(address):
            return None
        query = requests.models.PreparedRequest()
        query.prepare_url(address, {"client_id": self.provider.client_id, "post_logout_redirect_uri": back})
        return query.url

    def claims(
        self, code: str, verifier: str, nonce_digest: str, *, since: int | None = None
    ) -> dict[str, Any]:
        """What the ID token for a code says, after all that has to be checked was checked. Raises Distrusted."""
        return self.token(code, verifier, nonce_digest, since=since)[1]

    def token(
        self, code: str, verifier: str, nonce_digest: str, *, since: int | None = None
    ) -> tuple[str, dict[str, Any]]:
        """The ID token itself, checked, and what it says: for whoever has to show it to somebody else. Raises Distrusted.

        `since` (seconds since 1970): the moment after which somebody has to have signed in there, as `anew` asks.
        """
        try:
            with self._session() as session:
                answer = session.fetch_token(
                    self._endpoint("token_endpoint"), grant_type="authorization_code", code=code, code_verifier=verifier,
                    timeout=self._timeout, allow_redirects=False,
                )  # fmt: skip
        except (AuthlibBaseError, requests.RequestException, ValueError, TypeError, AttributeError) as error:
            raise Distrusted(f"token: {type(error).__name__}") from None
        token = answer.get("id_token")
        if not isinstance(token, str) or not token.isascii() or len(token) > _LONGEST_TOKEN:
            raise Distrusted("no ID token")
        claims = self._checked(token)
        nonce = claims.get("nonce")
        if not isinstance(nonce, str) or not compare_digest(digest_of(nonce), nonce_digest):
            raise Distrusted("nonce")
        mine, several = self.provider.client_id, isinstance(claims["aud"], list) and len(claims["aud"]) > 1
        if claims.get("azp", None if several else mine) != mine:
            raise Distrusted("azp")
        if since is not None:
            self._check_moment(claims.get("auth_time"), since)
        return token, claims

    def _check_moment(self, told: Any, since: int) -> None:
        """Whether somebody has signed in since then, by what the provider tells. Raises Distrusted."""
        if isinstance(told, bool) or not isinstance(told, int | float):
            raise Distrusted("no auth_time")
        if not since - _LEEWAY <= told <= self._clock.now().timestamp() + _LEEWAY:
            raise Distrusted("auth_time")

    def metadata(self) -> dict[str, Any]:
        """What the provider says of itself, kept for an hour. Raises Distrusted."""
        with self._lock:
            if self._metadata is not None and self._metadata[0] > time.monotonic():
                return self._metadata[1]
        address = self.provider.issuer.rstrip("/") + "/.well-known/openid-configuration"
        found = self._json(address)
        if found.get("issuer") != self.provider.issuer:
            raise Distrusted("metadata of another issuer")
        if not all(isinstance(found.get(name), str) and is_safe(found[name]) for name in _ENDPOINTS):
            raise Distrusted("metadata without its addresses")
        with self._lock:
            self._metadata = (time.monotonic() + _METADATA_LASTS, found)
        return found

    def _endpoint(self, name: str) -> str:
        return str(self.metadata()[name])

    def _checked(self, token: str) -> dict[str, Any]:
        registry = jwt.JWTClaimsRegistry(
            now=lambda: int(self._clock.now().timestamp()),
            leeway=_LEEWAY,
            iss={"essential": True, "value": self.provider.issuer},
            aud={"essential": True, "value": self.provider.client_id},
            sub={"essential": True},
            exp={"essential": True},
            iat={"essential": True},
        )
        for anew in (False, True):  # a key that is not known may be a new one
            try:
                decoded = jwt.decode(
                    token, self._key_set(anew=anew), algorithms=list(self.provider.algorithms)
                )
                registry.validate(decoded.claims)
            except (JoseError, ValueError, KeyError, TypeError) as error:
                if anew or not isinstance(error, InvalidKeyIdError):
                    claim = getattr(error, "claim", "")
                    raise Distrusted(f"ID token: {type(error).__name__} {claim}".rstrip()) from None
            else:
                return dict(decoded.claims)
        raise AssertionError("the last turn returns or raises")

    def _key_set(self, *, anew: bool) -> KeySet:
        with self._lock:
            known = self._keys
        now = time.monotonic()
        fresh = known is not None and now - known[0] < (_KEYS_AGAIN if anew else _METADATA_LASTS)
        if known is not None and fresh:
            return known[1]
        found = self._json(self._endpoint("jwks_uri"))
        try:
            keys = KeySet.import_key_set(
                {"keys": [key for key in found["keys"] if key.get("kty") in _ASYMMETRIC]}
            )
        except (JoseError, ValueError, KeyError, TypeError, AttributeError) as error:
            raise Distrusted(f"keys: {type(error).__name__}") from None
        if any(key.is_private for key in keys.keys):
            raise Distrusted("private keys")
        with self._lock:
            self._keys = (now, keys)
        return keys

    def _json(self, address: str) -> dict[str, Any]:
        """An object, not too long a one, from the provider itself and not from where it points to."""
        try:
            with (
                requests.Session() as session,
                session.get(address, timeout=self._timeout, allow_redirects=False, stream=True) as answer,
            ):
                if answer.status_code != 200:
                    raise Distrusted(f"{urlsplit(address).path}: {answer.status_code}")
                raw = answer.raw.read(_LARGEST + 1, decode_content=True)
                if len(raw) > _LARGEST:
                    raise Distrusted(f"{urlsplit(address).path}: too long")
                found = json.loads(raw)
        except (requests.RequestException, OSError, ValueError, RecursionError) as error:
            raise Distrusted(f"{urlsplit(address).path}: {type(error).__name__}") from None
        if not isinstance(found, dict):
            raise Distrusted(f"{urlsplit(address).path}: no object")
        return found

    @contextmanager
    def _session(self) -> Iterator[OAuth2Session]:
        with OAuth2Session(
            self.provider.client_id,
            self.provider.client_secret,
            scope=self.provider.scope,
            redirect_uri=self._back,
            code_challenge_method="S256",
        ) as session:
            session.trust_env = False  # no .netrc beside the client's secret
            yield session


def new_secrets() -> tuple[str, str, str]:
    """State, nonce and code verifier of one sign-in."""
    return secrets.token_urlsafe(32), secrets.token_urlsafe(32), secrets.token_urlsafe(48)


def single(query: Mapping[str, str], name: str) -> str:
    """A field of what the browser came back with, empty where it is missing or too long to be one of ours."""
    value = query.get(name, "")
    return value if len(value) <= 2048 and value.isascii() else ""
