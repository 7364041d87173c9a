"""An identity service in memory, for tests of the ballot box; the contract suite holds it against the real adapter."""

from __future__ import annotations

import json
from datetime import timedelta

from services.gateway.ballot_box.identities import Identity, refused
from shared.clock import Clock

ISSUER, AUDIENCE = "https://identity.example.test", "zhiheng-vote"


class KnownPeople:
    """Issues assertions and checks them by having written them down."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._issued: set[str] = set()

    def assertion(
        self,
        subject: str,
        *,
        issuer: str = ISSUER,
        audience: str = AUDIENCE,
        life: timedelta = timedelta(hours=1),
    ) -> str:
        until = (self._clock.now() + life).timestamp()
        text = json.dumps(
            {"iss": issuer, "aud": audience, "sub": subject, "exp": until, "n": len(self._issued)}
        )
        found = text.encode().hex()
        self._issued.add(found)
        return found

    def verify(self, assertion: str) -> Identity:
        if assertion not in self._issued:
            raise refused()
        claims = json.loads(bytes.fromhex(assertion))
        right = (claims["iss"], claims["aud"]) == (ISSUER, AUDIENCE)
        if not right or not claims["sub"] or claims["exp"] <= self._clock.now().timestamp():
            raise refused()
        return Identity(claims["iss"], claims["sub"])
