"""A hash for those who have no account: to check a password against it takes as long as against anybody's, and never succeeds."""

from __future__ import annotations

import secrets
from base64 import b64encode

from argon2 import PasswordHasher
from argon2.low_level import ARGON2_VERSION

_NAMES = {0: "argon2d", 1: "argon2i", 2: "argon2id"}


def unmatched(hasher: PasswordHasher) -> str:
    """One of the hasher's own kind and cost, drawn instead of computed: that would be a good part of the gateway's start."""
    cost = f"m={hasher.memory_cost},t={hasher.time_cost},p={hasher.parallelism}"
    salt, drawn = (_plain(secrets.token_bytes(length)) for length in (hasher.salt_len, hasher.hash_len))
    return f"${_NAMES[hasher.type.value]}$v={ARGON2_VERSION}${cost}${salt}${drawn}"


def _plain(raw: bytes) -> str:
    return b64encode(raw).decode("ascii").rstrip("=")
