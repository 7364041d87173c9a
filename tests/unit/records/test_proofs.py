"""The way from an entry's leaf to its seal's root: right for every tree, and for no entry that was changed."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.records import proofs
from shared.store import chain

SHA = chain.hasher("sha256")
AT = datetime(2025, 6, 16, 9, tzinfo=UTC)


@given(st.lists(st.binary(min_size=32, max_size=32), min_size=1, max_size=40), st.data())
def test_every_leaf_leads_to_the_root(leaves: list[bytes], data: st.DataObject) -> None:
    index = data.draw(st.integers(0, len(leaves) - 1))
    steps = proofs.path(SHA, leaves, index)
    assert proofs.climbed(SHA, leaves[index], index, steps) == chain.root(SHA, leaves)


def _entry(number: int) -> dict[str, Any]:
    entry: dict[str, Any] = dict.fromkeys(chain.ENCODED)
    return {
        **entry, "id": f"{number:032x}", "at": AT.isoformat(), "rehearsal_date": "2025-06-16", "actor": "li",
        "action": "file:added", "subject": "a1", "cycle_id": "c1", "message_id": f"m{number}",
    }  # fmt: skip


def _sealed(count: int) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    entries = [_entry(number) for number in range(count)]
    listed = [(entry["id"], chain.leaf(SHA, proofs.encoded(entry))) for entry in entries]
    seal = chain.make_seal("intake", (4, "sha256:" + "00" * 32), AT, "sha256", listed)
    leaves = [each for _, each in listed]
    proved = [
        {**entry, "seal": 5, "index": index, "path": proofs.path(SHA, leaves, index)}
        for index, entry in enumerate(entries)
    ]
    shown = {
        "sequence": 5, "sealed_at": AT.isoformat(), "algorithm": "sha256", "ids": [id_ for id_, _ in listed],
        "root": seal.root, "previous": seal.previous, "digest": seal.digest,
    }  # fmt: skip
    return proved, shown


@pytest.mark.parametrize("count", [1, 2, 3, 7, 8])
def test_sealed_entries_are_proved(count: int) -> None:
    entries, seal = _sealed(count)
    assert [proofs.faults(entry, seal, "intake") for entry in entries] == [None] * count


@pytest.mark.parametrize(
    ("where", "what"),
    [("actor", "wang"), ("at", "2025-06-16T09:00:01+00:00"), ("reason", ""), ("rehearsal_date", None), ("index", 0)],
)  # fmt: skip
def test_a_changed_entry_is_found(where: str, what: Any) -> None:
    entries, seal = _sealed(3)
    assert proofs.faults({**entries[1], where: what}, seal, "intake") is not None


@pytest.mark.parametrize(
    ("where", "what"),
    [("sealed_at", "2025-06-16T09:00:01+00:00"), ("sequence", 6), ("previous", ""), ("algorithm", "md5"), ("ids", [])],
)  # fmt: skip
def test_a_changed_seal_is_found(where: str, what: Any) -> None:
    entries, seal = _sealed(3)
    assert proofs.faults(entries[1], {**seal, where: what}, "intake") is not None


def test_a_seal_of_another_service_is_found() -> None:
    entries, seal = _sealed(3)
    assert proofs.faults(entries[0], seal, "review") is not None
