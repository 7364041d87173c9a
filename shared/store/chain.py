"""How audit rows are encoded, hashed into a tree, and chained. Pure: rows in, digests out.

A row is the canonical JSON array of its columns. A leaf is H(0x00 ‖ row), an inner node H(0x01 ‖ left ‖
right), and a last node without a neighbour rises as it is (the tree of RFC 6962 without its rebalancing). A
seal's digest covers the root and the digest of the seal before it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from shared.identifiers import digest
from shared.identifiers.digests import ALGORITHMS, UnknownDigestError

DIGEST_BYTES = 32  # of SHA-256 and of SM3
ID_BYTES = 16
ENTRY_BYTES = ID_BYTES + DIGEST_BYTES
NOTHING = bytes(DIGEST_BYTES)  # the leaf of a row that was gone when it should have been sealed
# The columns in the order in which they are encoded. A new column goes to the end, with a new row version: rows that hold
# nothing in it keep the version, and the bytes, that they had before there was such a column.
ENCODED = (
    "id", "at", "rehearsal_date", "actor", "role", "on_behalf_of", "action", "subject", "cycle_id",
    "before_digest", "after_digest", "reason", "message_id", "correlation_id", "received", "published",
    "delegated_by",
)  # fmt: skip
ROW_VERSION, DELEGATED_VERSION = 1, 2

Hash = Callable[[bytes], bytes]


def hasher(algorithm: str) -> Hash:
    """The hash of a name. Raises UnknownDigestError."""
    if algorithm == "sha256":
        return lambda data: hashlib.sha256(data).digest()
    if algorithm not in ALGORITHMS:
        raise UnknownDigestError(f"{algorithm!r} is none of {', '.join(ALGORITHMS)}")
    try:
        hashlib.new(algorithm)
    except ValueError:
        raise UnknownDigestError(f"{algorithm} is not offered by this machine's OpenSSL") from None
    return lambda data: hashlib.new(algorithm, data).digest()


def encode_row(values: Sequence[Any]) -> bytes:
    """One byte string for one row, given the values of the ENCODED columns."""
    head, at, day, *rest, delegated_by = values
    version = ROW_VERSION if delegated_by is None else DELEGATED_VERSION
    if delegated_by is not None:
        rest.append(delegated_by)
    plain = [version, head, utc(at), None if day is None else day.isoformat(), *rest]
    return json.dumps(plain, ensure_ascii=False, separators=(",", ":")).encode()


def utc(moment: datetime) -> str:
    """An instant in the one spelling that is hashed."""
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"


def leaf(hash_: Hash, encoded: bytes) -> bytes:
    """The digest of one row."""
    return hash_(b"\x00" + encoded)


def root(hash_: Hash, leaves: Sequence[bytes]) -> bytes:
    """The root over the leaves in their order; that of no leaves is the hash of nothing."""
    if not leaves:
        return hash_(b"")
    level = list(leaves)
    while len(level) > 1:
        pairs = [hash_(b"\x01" + level[i] + level[i + 1]) for i in range(0, len(level) - 1, 2)]
        if len(level) % 2:
            pairs.append(level[-1])
        level = pairs
    return level[0]


@dataclass(frozen=True)
class Seal:
    """One link of the chain: a batch of rows, their root, and the digest of the link before."""

    sequence: int
    sealed_at: datetime
    algorithm: str
    entries: int
    leaves: bytes
    root: str
    previous: str
    digest: str

    def listed(self) -> list[tuple[str, bytes]]:
        """The ids and leaf digests that the seal covers. Raises ValueError for a list of the wrong length."""
        if len(self.leaves) != self.entries * ENTRY_BYTES:
            raise ValueError("the list of rows was cut or extended")
        steps = range(0, len(self.leaves), ENTRY_BYTES)
        return [
            (self.leaves[i : i + ID_BYTES].hex(), self.leaves[i + ID_BYTES : i + ENTRY_BYTES]) for i in steps
        ]


def make_seal(
    service: str,
    before: tuple[int, str],
    sealed_at: datetime,
    algorithm: str,
    listed: Sequence[tuple[str, bytes]],
) -> Seal:
    """The seal that follows `before` (sequence and digest) over rows (id and leaf digest)."""
    hash_ = hasher(algorithm)
    named_root = f"{algorithm}:{root(hash_, [digest_ for _, digest_ in listed]).hex()}"
    sequence, previous = before[0] + 1, before[1]
    return Seal(
        sequence=sequence,
        sealed_at=sealed_at,
        algorithm=algorithm,
        entries=len(listed),
        leaves=b"".join(bytes.fromhex(row_id) + digest_ for row_id, digest_ in listed),
        root=named_root,
        previous=previous,
        digest=seal_digest(service, sequence, sealed_at, algorithm, listed, named_root, previous),
    )


def seal_digest(
    service: str,
    sequence: int,
    sealed_at: datetime,
    algorithm: str,
    listed: Sequence[tuple[str, bytes]],
    named_root: str,
    previous: str,
) -> str:
    """The digest of a seal; the ids are covered too, the root covers only the rows' digests."""
    ids = [row_id for row_id, _ in listed]
    covered = ["seal", 1, service, sequence, utc(sealed_at), algorithm, ids, named_root, previous]
    return digest(covered, algorithm)
