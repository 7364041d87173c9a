"""What a ballot says of its voter: a digest under a key that no database holds, another one in each vote."""

from __future__ import annotations

import hashlib
import hmac

from services.gateway.ballot_box.identities import Identity
from shared.config import ConfigurationError

_SHORTEST = 32  # characters of the key
_LENGTH = 32  # hex digits: 128 bits, so that among 2,000,000 voters no two meet


class Voters:
    """Makes the digests."""

    def __init__(self, key: str) -> None:
        if len(key) < _SHORTEST:
            raise ConfigurationError(f"ZHIHENG_BALLOT_KEY: at least {_SHORTEST} characters")
        self._key = key.encode()

    def digest(self, vote_id: str, identity: Identity) -> str:
        """Equal for one identity in one vote; without the key nobody can tell whose it is, or find it in another vote."""
        return self._hmac("voter", vote_id, identity.issuer, identity.subject)[:_LENGTH]

    def key_id(self, vote_id: str) -> str:
        """Tells two keys apart, and nothing else: boxes with different keys would let one identity vote twice."""
        return self._hmac("key", vote_id)[:16]

    def _hmac(self, *parts: str) -> str:
        text = b"".join(len(part.encode()).to_bytes(4) + part.encode() for part in parts)
        return hmac.new(self._key, text, hashlib.sha256).hexdigest()
