"""How a department holds a request against its signature. Written from the specification, not from intake's code.

The departments' systems are somebody else's: `Zhiheng-Signature: v1=<hex>` is HMAC-SHA256, with the shared secret, over
four lines: `Zhiheng-Timestamp` (seconds since 1970), the method, the path, and the SHA-256 of the body in hex.
"""

from __future__ import annotations

import hashlib
import hmac

TIMESTAMP, SIGNATURE = "Zhiheng-Timestamp", "Zhiheng-Signature"
WINDOW = 300  # seconds before and after, for clocks that differ and against requests sent again


def signature(secret: str, timestamp: str, method: str, path: str, body: bytes) -> str:
    """What the signature's header has to say."""
    text = f"{timestamp}\n{method}\n{path}\n{hashlib.sha256(body).hexdigest()}"
    return "v1=" + hmac.new(secret.encode(), text.encode(), hashlib.sha256).hexdigest()


def signed(secret: str, now: float, method: str, path: str, body: bytes) -> dict[str, str]:
    """The headers of a request signed now (seconds since 1970)."""
    timestamp = str(int(now))
    return {TIMESTAMP: timestamp, SIGNATURE: signature(secret, timestamp, method, path, body)}


def refusal(
    secret: str,
    now: float,
    *,
    timestamp: str | None,
    given: str | None,
    method: str,
    path: str,
    body: bytes,
) -> str | None:
    """None where the request is properly signed, else why not; `now` in seconds since 1970."""
    if timestamp is None or given is None:
        return "not signed"
    if not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) <= 12):
        return "no time"
    if abs(now - int(timestamp)) > WINDOW:
        return "signed at another time"
    expected = signature(secret, timestamp, method, path, body)
    if not hmac.compare_digest(expected.encode(), given.encode()):
        return "wrong signature"
    return None
