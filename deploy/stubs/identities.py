"""A stand-in for a city's identity service: it verifies nobody, and signs assertions as the real one would."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Literal

from joserfc import jwt
from joserfc.jwk import ECKey, KeyParameters, KeySet, RSAKey

from shared.clock import Clock, SystemClock

Algorithm = Literal["RS256", "ES256"]
ISSUER = "https://identity.example.test"
AUDIENCE = "zhiheng-vote"
_LIFE = timedelta(hours=12)


class IdentityService:
    """Issues OpenID Connect ID tokens with a key of its own."""

    def __init__(self, algorithm: Algorithm = "RS256", clock: Clock | None = None) -> None:
        parameters: KeyParameters = {"kid": "stub-1", "use": "sig", "alg": algorithm}
        self._algorithm = algorithm
        self._clock = clock or SystemClock()
        self._key = (
            RSAKey.generate_key(2048, parameters=parameters)
            if algorithm == "RS256"
            else ECKey.generate_key("P-256", parameters=parameters)
        )

    @classmethod
    def holding(cls, private_keys: str, algorithm: Algorithm) -> IdentityService:
        """The same service in another process: with the keys that `private_keys` gave."""
        made = cls.__new__(cls)
        made._algorithm, made._clock = algorithm, SystemClock()
        kind = RSAKey if algorithm == "RS256" else ECKey
        made._key = kind.import_key(json.loads(private_keys)["keys"][0])
        return made

    def keys(self) -> str:
        """Its public keys, as a JWKS."""
        return json.dumps(KeySet([self._key]).as_dict(private=False))

    def private_keys(self) -> str:
        """What nobody should ever be given: for the test that sees it refused."""
        return json.dumps(KeySet([self._key]).as_dict(private=True))

    def assertion(
        self, subject: str, *, issuer: str = ISSUER, audience: str = AUDIENCE, life: timedelta = _LIFE
    ) -> str:
        """Says that somebody is who they are; `life` may be past."""
        now = self._clock.now()
        claims = {
            "iss": issuer,
            "aud": audience,
            "sub": subject,
            "iat": int(now.timestamp()),
            "exp": int((now + life).timestamp()),
        }
        return jwt.encode({"alg": self._algorithm, "kid": "stub-1"}, claims, self._key)
