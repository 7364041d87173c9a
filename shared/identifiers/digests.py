"""Canonical JSON and digests that carry the name of their algorithm: `sha256:<hex>`, `sm3:<hex>`.

SM3 (GB/T 32905) comes from OpenSSL through hashlib; where OpenSSL was built without it, asking for it
is an error that says so, never another algorithm.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping, Sequence
from dataclasses import fields, is_dataclass
from datetime import date
from decimal import Decimal
from enum import Enum
from fractions import Fraction
from typing import Any

ALGORITHMS = ("sha256", "sm3")


class UnknownDigestError(ValueError):
    """No such algorithm here, or the text is no named digest."""


def plain(value: object) -> Any:
    """The value as JSON types: dates as ISO text, exact numbers as text, sets sorted. Raises TypeError
    for the rest.
    """
    if isinstance(value, Enum):
        return plain(value.value)
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal | Fraction):
        return str(value)
    if isinstance(value, Mapping):
        return {_key(key): plain(item) for key, item in value.items()}
    if isinstance(value, set | frozenset):
        return sorted((plain(item) for item in value), key=lambda item: json.dumps(item, sort_keys=True))
    if isinstance(value, Sequence) and not isinstance(value, bytes | bytearray):
        return [plain(item) for item in value]
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: plain(getattr(value, field.name)) for field in fields(value)}
    raise TypeError(f"{type(value).__name__} has no canonical form")


def _key(key: object) -> str:
    if isinstance(key, str):
        return key
    if isinstance(key, int) and not isinstance(key, bool):
        return str(key)
    raise TypeError(f"{type(key).__name__} cannot be a key in canonical JSON")


def canonical_json(value: object) -> bytes:
    """One byte string for one value: sorted keys, no spaces, UTF-8. Raises ValueError for NaN and
    infinity.
    """
    text = json.dumps(
        plain(value), ensure_ascii=False, allow_nan=False, sort_keys=True, separators=(",", ":")
    )
    return text.encode("utf-8")


def digest_bytes(data: bytes, algorithm: str = "sha256") -> str:
    """The named digest of bytes. Raises UnknownDigestError."""
    if algorithm not in ALGORITHMS:
        raise UnknownDigestError(f"{algorithm!r} is none of {', '.join(ALGORITHMS)}")
    try:
        return f"{algorithm}:{hashlib.new(algorithm, data).hexdigest()}"
    except ValueError:
        raise UnknownDigestError(f"{algorithm} is not offered by this machine's OpenSSL") from None


def digest(value: object, algorithm: str = "sha256") -> str:
    """The named digest of a value's canonical JSON. Raises UnknownDigestError, TypeError."""
    return digest_bytes(canonical_json(value), algorithm)


def matches(named: str, data: bytes) -> bool:
    """Whether a named digest is that of the bytes. Raises UnknownDigestError."""
    algorithm, colon, _ = named.partition(":")
    if not colon:
        raise UnknownDigestError("a digest carries its algorithm's name")
    return hmac.compare_digest(digest_bytes(data, algorithm), named)
