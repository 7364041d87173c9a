"""An audit entry with the proof that a seal covers it: the neighbours on the way from its leaf to the root. Pure.

`shared.store.chain` says how the tree is made: pairs from the left, a last one without a neighbour rises as it is.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from shared.identifiers import digest
from shared.store.chain import ENCODED, Hash, hasher, leaf, utc


def path(hash_: Hash, leaves: Sequence[bytes], index: int) -> list[str | None]:
    """From leaf to root: at each level the neighbour's digest in hex, None where there is none."""
    steps: list[str | None] = []
    level = list(leaves)
    while len(level) > 1:
        neighbour = index ^ 1
        steps.append(level[neighbour].hex() if neighbour < len(level) else None)
        pairs = [hash_(b"\x01" + level[i] + level[i + 1]) for i in range(0, len(level) - 1, 2)]
        level = pairs + level[len(level) - len(level) % 2 :]
        index //= 2
    return steps


def climbed(hash_: Hash, start: bytes, index: int, steps: Sequence[str | None]) -> bytes:
    """The root that a leaf at this place leads to. Raises ValueError for what is no hex."""
    current = start
    for step in steps:
        if step is not None:
            neighbour = bytes.fromhex(step)
            left, right = (neighbour, current) if index % 2 else (current, neighbour)
            current = hash_(b"\x01" + left + right)
        index //= 2
    return current


def encoded(entry: Mapping[str, Any]) -> bytes:
    """The bytes that an entry's leaf is made of, from the entry as a package holds it."""
    from shared.store.chain import encode_row

    # Packages made before roles could be lent do not have it.
    values: list[Any] = [entry.get(name) if name == "delegated_by" else entry[name] for name in ENCODED]
    values[1] = datetime.fromisoformat(values[1])
    if values[2] is not None:
        values[2] = datetime.fromisoformat(values[2]).date()
    return encode_row(values)


def faults(entry: Mapping[str, Any], seal: Mapping[str, Any], service: str) -> str | None:
    """What is wrong with a sealed entry, None where nothing is. `seal` is as a package holds it."""
    try:
        hash_ = hasher(seal["algorithm"])
        index = int(entry["index"])
        if seal["ids"][index] != entry["id"]:
            return "is not the entry that the seal names at its place"
        root = climbed(hash_, leaf(hash_, encoded(entry)), index, entry["path"])
        if f"{seal['algorithm']}:{root.hex()}" != seal["root"]:
            return "does not lead to the seal's root: it was changed"
        covered = [
            "seal", 1, service, seal["sequence"], utc(datetime.fromisoformat(seal["sealed_at"])), seal["algorithm"],
            seal["ids"], seal["root"], seal["previous"],
        ]  # fmt: skip
        if digest(covered, seal["algorithm"]) != seal["digest"]:
            return "stands under a seal that does not agree with its own digest"
    except (
        ValueError,
        KeyError,
        IndexError,
        TypeError,
        AttributeError,
        OverflowError,
        RecursionError,
    ) as error:
        return f"cannot be checked: {error!r}"
    return None
