"""How a request to another organization's system is signed: HMAC-SHA256 over time, method, path and the body's digest. Pure.

The time is in whole seconds since 1970 (UTC), so that an old request cannot be sent again; the digest binds the body.
"""

from __future__ import annotations

import hashlib
import hmac

TIMESTAMP = "Zhiheng-Timestamp"
SIGNATURE = "Zhiheng-Signature"
_SCHEME = "v1="


def sign(secret: str, timestamp: int, method: str, path: str, body: bytes) -> str:
    """The value of the signature's header. Raises ValueError for an empty secret, which would sign nothing."""
    if not secret:
        raise ValueError("a signature needs a secret")
    text = "\n".join((str(timestamp), method.upper(), path, hashlib.sha256(body).hexdigest()))
    return _SCHEME + hmac.new(secret.encode(), text.encode(), hashlib.sha256).hexdigest()
