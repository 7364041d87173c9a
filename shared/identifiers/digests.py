"""Canonical JSON and digests that carry the name of their algorithm: `sha256:<hex>`, `sm3:<hex>`.

SM3 (GB/T 32905) comes from OpenSSL through hashlib; where OpenSSL was built without it, asking for it
is an error that says so, never another algorithm.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import fields, is_dataclass
from datetime import date
from decimal import Decimal
from enum import Enum
from fractions import Fraction
from json.encoder import encode_basestring as _quoted
from json.encoder import encode_basestring_ascii as _quoted_ascii
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
        return sorted((plain(item) for item in value), key=_order)
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
    return _WRITERS.get(type(value), _other)(value).encode("utf-8")


def canonical_object(keys: Iterable[str]) -> bytes:
    """The canonical JSON of an object with these keys, `%b` in the place of each value, for values written already."""
    return (
        b"{" + b",".join([canonical_json(key).replace(b"%", b"%%") + b":%b" for key in sorted(keys)]) + b"}"
    )


def canonical_array(parts: Iterable[bytes]) -> bytes:
    """An array's canonical JSON, put together from that of its items: what is in many arrays is written once."""
    return b"[" + b",".join(parts) + b"]"


def _other(value: object) -> str:
    return json.dumps(
        plain(value), ensure_ascii=False, allow_nan=False, sort_keys=True, separators=(",", ":")
    )


def _mapping(value: Mapping[Any, Any]) -> str:
    for key in value:
        if type(key) is not str:
            value = {_key(key): item for key, item in value.items()}
            break
    writer = _WRITERS.get
    return (
        "{"
        + ",".join([f"{_quoted(k)}:{writer(type(v := value[k]), _other)(v)}" for k in sorted(value)])
        + "}"
    )


def _sequence(value: Iterable[Any]) -> str:
    writer = _WRITERS.get
    return "[" + ",".join([writer(type(item), _other)(item) for item in value]) + "]"


def _set(value: frozenset[Any]) -> str:
    return _sequence(sorted([item if type(item) is str else plain(item) for item in value], key=_order))


def _order(item: object) -> str:
    """What the members of a set are sorted by: their JSON in ASCII."""
    return _quoted_ascii(item) if type(item) is str else json.dumps(item, sort_keys=True)


# How the types that nearly everything consists of are written, without the detour over `plain`.
_WRITERS: Mapping[type, Callable[[Any], str]] = {
    str: _quoted,
    int: str,
    bool: lambda value: "true" if value else "false",
    type(None): lambda value: "null",
    date: lambda value: f'"{value.isoformat()}"',
    dict: _mapping,
    list: _sequence,
    tuple: _sequence,
    frozenset: _set,
}


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
