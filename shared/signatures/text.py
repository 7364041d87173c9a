"""base64url without padding (RFC 4648), in the one form that every text has: nothing else is read."""

from __future__ import annotations

import base64
import binascii


def to_text(data: bytes) -> str:
    """The bytes as text."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


def from_text(text: str) -> bytes:
    """The bytes again. Raises ValueError for any text that `to_text` would not have written."""
    try:
        data = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except (binascii.Error, ValueError):
        raise ValueError("no base64url") from None
    if to_text(data) != text:  # stray letters, or bits after the last byte, which nobody signs
        raise ValueError("no base64url in its one form")
    return data
