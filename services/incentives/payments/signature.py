"""How a request to a bank is signed: HMAC-SHA256 over time, method, path and the body's digest. Pure."""

from __future__ import annotations

import hashlib
import hmac

TIMESTAMP = "Zhiheng-Timestamp"
SIGNATURE = "Zhiheng-Signature"


def sign(secret: str, timestamp: int, method: str, path: str, body: bytes) -> str:
    """The value of the signature's header. Raises ValueError for an empty secret, which would sign nothing."""
    if not secret:
        raise ValueError("a signature needs a secret")
    text = "\n".join((str(timestamp), method.upper(), path, hashlib.sha256(body).hexdigest()))
    return "v1=" + hmac.new(secret.encode(), text.encode(), hashlib.sha256).hexdigest()
