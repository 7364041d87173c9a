"""Signed requests between us and a department: HMAC-SHA256 over time, path and body. Pure."""

from __future__ import annotations

import hashlib
import hmac

HEADER = "Zhiheng-Signature"
WINDOW = 300  # seconds that a signature is good for, either way: clocks of two offices differ


def sign(secret: str, path: str, body: bytes, at: int) -> str:
    """The header's value; `at` is Unix time in whole seconds."""
    message = f"{at}\n{path}\n".encode() + body
    return f"t={at},v1={hmac.new(secret.encode(), message, hashlib.sha256).hexdigest()}"


def verify(secret: str, path: str, body: bytes, header: str, now: int) -> bool:
    """Whether the header is ours and fresh."""
    stamp = header.partition(",")[0].removeprefix("t=")
    if not stamp.isdigit() or abs(now - int(stamp)) > WINDOW:
        return False
    return hmac.compare_digest(sign(secret, path, body, int(stamp)).encode(), header.encode())
