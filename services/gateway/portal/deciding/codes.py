"""票签号: the code by which a member finds its slip after the count. Pure.

Worked out here only to show it once; the committee works it out for itself in the same way (docs/committee.md).
"""

from __future__ import annotations

import re
import secrets
from hashlib import sha256

_LENGTH = 32  # hex digits of a code, and of the random number
_NONCE = re.compile(r"[0-9a-f]{32}")


def new_nonce() -> str:
    """A random number of 128 bits for one ballot."""
    return secrets.token_hex(_LENGTH // 2)


def is_nonce(text: str) -> bool:
    """Whether it is such a number."""
    return _NONCE.fullmatch(text) is not None


def code_of(cycle_id: str, number: int, application_id: str, nonce: str) -> str:
    """The code of the slip on one candidate of a ballot."""
    return sha256(f"{cycle_id}/{number}/{application_id}/{nonce}".encode()).hexdigest()[:_LENGTH]
