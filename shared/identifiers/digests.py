"""Canonical JSON and digests that carry the name of their algorithm: `sha256:<hex>`, `sm3:<hex>`.

SM3 (GB/T 32905) comes from OpenSSL through hashlib; where OpenSSL was built without it, asking for it
is an error that says so, never another algorithm.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields, is_dataclass
from datetime import date
from decimal import Decimal
from enum import Enum
from fractions import Fraction
from typing import Any

ALGORITHMS = ("sha256", "sm3")
_ASCII = json.JSONEncoder(sort_keys=True)  # gives the members of a set their order


class UnknownDigestError(ValueError):
    """No such algorithm here, or the text is no named digest."""


def plain(value: object) -> Any:
    """The value as JSON types: dates as ISO text, exact numbers as text, sets sorted. Raises TypeError
    for the rest.
    """
    if type(value) is str:
        return value
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
        return sorted([plain(item) for item in value], key=_ASCII.encode)
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


def _plain_part(value: object) -> Any:
    """What the encoder asks for; dates, the most frequent by far, without further questions."""
    return value.isoformat() if type(value) is date else plain(value)


_ENCODER = json.JSONEncoder(
    ensure_ascii=False,
    check_circular=False,
    allow_nan=False,
    sort_keys=True,
    separators=(",", ":"),
    default=_plain_part,
)


def canonical_json(value: object) -> bytes:
    """One byte string for one value: sorted keys, no spaces, UTF-8. Raises ValueError for NaN and
    infinity.
    """
    return canonical_json_of_text_keys(plain(value))


def canonical_json_of_text_keys(value: object) -> bytes:
    """The same, and much sooner, for a value all of whose keys are text; a number would be sorted as a number."""
    return _ENCODER.encode(value).encode("utf-8")


def canonical_array(parts: Iterable[bytes]) -> bytes:
    """An array's canonical JSON, put together from that of its items: what is in many arrays is written once."""
    return b"[" + b",".join(parts) + b"]"


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
