"""Who votes: the city's identity service says so, in assertions that it signs.

`Identities` is the port. `SignedAssertions` is the adapter to any service that issues OpenID Connect ID tokens (JWT, RFC 7519)
for people whose identity it has verified. Only signatures by a private key are taken: whoever can check one cannot make one.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Protocol

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from shared.clock import Clock
from shared.config import ConfigurationError
from shared.problems import Unauthenticated

ALGORITHMS = ("RS256", "ES256")  # OpenID Connect's own; of those at hand RS256 is the quickest to check
LONGEST = 2048  # characters of an assertion
_LONGEST_SUBJECT = 255  # OpenID Connect Core, 2


@dataclass(frozen=True, slots=True)
class Identity:
    """A verified person, as the identity service calls it: a pseudonym that means something to that service alone."""

    issuer: str
    subject: str


class Identities(Protocol):
    """The identity service of a city."""

    def verify(self, assertion: str) -> Identity:
        """Who presents this assertion. Raises Unauthenticated where it is forged, expired, or made for others."""
        ...


class SignedAssertions:
    """Checks assertions against the public keys of the service, without asking it."""

    def __init__(self, keys: KeySet, *, issuer: str, audience: str, leeway: int, clock: Clock) -> None:
        self._keys = keys
        self._issuer = issuer
        self._claims = jwt.JWTClaimsRegistry(
            now=lambda: int(clock.now().timestamp()),
            leeway=leeway,
            iss={"essential": True, "value": issuer},
            aud={"essential": True, "value": audience},
            sub={"essential": True},
            exp={"essential": True},
        )

    @classmethod
    def of(cls, keys: str, *, issuer: str, audience: str, leeway: int, clock: Clock) -> SignedAssertions:
        """From a JWKS as text. Raises ConfigurationError for one that holds anything but public keys."""
        try:
            found = KeySet.import_key_set(json.loads(keys))
        except (JoseError, ValueError, KeyError, TypeError) as error:
            raise ConfigurationError(f"ZHIHENG_IDENTITY_KEYS: {type(error).__name__}") from None
        if (
            not issuer
            or not found.keys
            or any(key.key_type not in {"RSA", "EC"} or key.is_private for key in found.keys)
        ):
            raise ConfigurationError(
                "ZHIHENG_IDENTITY_KEYS: public RSA or EC keys are needed, and ZHIHENG_IDENTITY_ISSUER"
            )
        return cls(found, issuer=issuer, audience=audience, leeway=leeway, clock=clock)

    def verify(self, assertion: str) -> Identity:
        if not assertion.isascii() or len(assertion) > LONGEST:
            raise refused()
        try:
            token = jwt.decode(assertion, self._keys, algorithms=list(ALGORITHMS))
            self._claims.validate(token.claims)
        except (JoseError, ValueError, KeyError, TypeError):
            raise refused() from None
        subject = token.claims["sub"]
        if not 0 < len(subject) <= _LONGEST_SUBJECT:
            raise refused()
        return Identity(self._issuer, subject)


def refused() -> Unauthenticated:
    """One answer for all that may be wrong: whoever forges is not told how far it got."""
    return Unauthenticated(
        "身份凭证无效或已过期，请重新登录身份认证平台",
        "the assertion of your identity is not valid or has expired; sign in at the identity service again",
        code="invalid_identity",
    )
