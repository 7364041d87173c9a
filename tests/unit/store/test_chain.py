"""The chain's digests: fixed for ever, and different for whatever differs."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.identifiers.digests import UnknownDigestError
from shared.store import chain

AT = datetime(2026, 11, 20, 1, 30, 0, 5, tzinfo=UTC)
ROW: tuple[Any, ...] = (
    "0" * 32, AT, None, "alice", "award_office", None, "note:take", "n1", "c1", None, "sha256:00", "说明", "m1", "k1",
    None, None, None,
)  # fmt: skip


def sha(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()


def test_a_row_is_encoded_as_it_always_was() -> None:
    """Seals made years ago must verify: the encoding is written down here."""
    assert chain.encode_row(ROW).decode() == (
        '[1,"00000000000000000000000000000000","2026-11-20T01:30:00.000005Z",null,"alice","award_office",null,'
        '"note:take","n1","c1",null,"sha256:00","说明","m1","k1",null,null]'
    )
    assert len(ROW) == len(chain.ENCODED)


def test_a_row_of_a_lent_role_is_of_the_next_version() -> None:
    """Who lent the role stands at the end; without one the row is what it was before roles could be lent."""
    assert chain.encode_row((*ROW[:-1], "bob")).decode() == (
        '[2,"00000000000000000000000000000000","2026-11-20T01:30:00.000005Z",null,"alice","award_office",null,'
        '"note:take","n1","c1",null,"sha256:00","说明","m1","k1",null,null,"bob"]'
    )


def test_an_instant_is_encoded_without_its_zone() -> None:
    """One instant has one encoding, whatever zone a database gives it back in."""
    shanghai = AT.astimezone(timezone(timedelta(hours=8)))
    assert chain.encode_row((ROW[0], shanghai, *ROW[2:])) == chain.encode_row(ROW)


@pytest.mark.parametrize("position", range(len(ROW)))
def test_every_column_counts(position: int) -> None:
    """Another value, an empty one and none at all in any column give three encodings."""
    values: list[Any] = ["x", "", None]
    if position == 1:
        values = [AT, AT + timedelta(microseconds=1), AT - timedelta(days=1)]
    if position == 2:
        values = [date(2025, 6, 14), date(2025, 6, 15), None]
    encoded = {chain.encode_row((*ROW[:position], value, *ROW[position + 1 :])) for value in values}
    assert len(encoded) == 3


def test_the_root_is_the_tree_of_the_description() -> None:
    """Pairs are hashed with a mark of their own; a node without a neighbour rises as it is."""
    a, b, c = (sha(letter) for letter in (b"a", b"b", b"c"))
    pair = sha(b"\x01" + a + b)
    assert chain.root(sha, [a]) == a
    assert chain.root(sha, [a, b]) == pair
    assert chain.root(sha, [a, b, c]) == sha(b"\x01" + pair + c)
    assert chain.root(sha, []) == sha(b"")


def test_a_leaf_is_no_node() -> None:
    """A row that looks like two digests does not hash like the node above them."""
    a, b = sha(b"a"), sha(b"b")
    assert chain.leaf(sha, a + b) != chain.root(sha, [a, b])


@given(st.lists(st.binary(min_size=32, max_size=32), min_size=2, max_size=20, unique=True), st.data())
def test_order_and_content_of_the_leaves_count(leaves: list[bytes], data: st.DataObject) -> None:
    """Swapped, dropped and repeated leaves give another root."""
    i = data.draw(st.integers(0, len(leaves) - 2))
    swapped = [*leaves[:i], leaves[i + 1], leaves[i], *leaves[i + 2 :]]
    dropped = leaves[:i] + leaves[i + 1 :]
    repeated = [*leaves, leaves[-1]]
    roots = {chain.root(sha, each) for each in (leaves, swapped, dropped, repeated)}
    assert len(roots) == 4


def test_a_seal_covers_all_that_it_says() -> None:
    """Service, place in the chain, time, ids, rows and the seal before: each changes the digest."""
    listed = [("0" * 32, sha(b"a")), ("1" * 32, sha(b"b"))]
    seal = chain.make_seal("tiny", (4, "sha256:00"), AT, "sha256", listed)
    assert (seal.sequence, seal.previous, seal.entries, seal.listed()) == (5, "sha256:00", 2, listed)
    others = [
        chain.make_seal("other", (4, "sha256:00"), AT, "sha256", listed),
        chain.make_seal("tiny", (5, "sha256:00"), AT, "sha256", listed),
        chain.make_seal("tiny", (4, "sha256:01"), AT, "sha256", listed),
        chain.make_seal("tiny", (4, "sha256:00"), AT + timedelta(seconds=1), "sha256", listed),
        chain.make_seal("tiny", (4, "sha256:00"), AT, "sm3", listed),
        chain.make_seal("tiny", (4, "sha256:00"), AT, "sha256", [("2" * 32, sha(b"a")), listed[1]]),
        chain.make_seal("tiny", (4, "sha256:00"), AT, "sha256", [listed[0], ("1" * 32, sha(b"c"))]),
    ]
    assert len({seal.digest, *(other.digest for other in others)}) == len(others) + 1


def test_a_list_of_another_length_is_refused() -> None:
    """A seal whose list does not have as many rows as it says cannot be read."""
    seal = chain.make_seal("tiny", (0, ""), AT, "sha256", [("0" * 32, sha(b"a"))])
    for broken in (replace(seal, entries=2), replace(seal, leaves=seal.leaves[:-1])):
        with pytest.raises(ValueError, match="cut or extended"):
            broken.listed()


def test_only_named_algorithms_hash() -> None:
    """SHA-256 and SM3 (the standard's own example), nothing weaker."""
    assert chain.hasher("sm3")(b"abc").hex().startswith("66c7f0f462eeedd9")
    assert chain.hasher("sha256")(b"abc") == sha(b"abc")
    with pytest.raises(UnknownDigestError):
        chain.hasher("md5")
