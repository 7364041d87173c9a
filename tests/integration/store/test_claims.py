"""Claims: a message is handled once per consumer, whoever comes first."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from shared.store import Store
from tests.integration.store.conftest import column


def claim(store: Store, *ids: str, consumer: str = "tiny.note.taken") -> list[str]:
    with store.transaction() as tx:
        return tx.claim(consumer, ids)


def test_a_claim_gives_what_is_new_in_the_order_asked(store: Store) -> None:
    """Of a set with duplicates each id is given once; what was claimed before is left out."""
    assert claim(store, "c", "a", "c", "b") == ["c", "a", "b"]
    assert claim(store, "d", "b", "a") == ["d"]
    assert claim(store) == []


def test_consumers_claim_for_themselves(store: Store) -> None:
    """One consumer's claim does not take the message from another."""
    assert claim(store, "a", consumer="one") == ["a"]
    assert claim(store, "a", consumer="two") == ["a"]


def test_a_claim_goes_with_its_transaction(store: Store) -> None:
    """A transaction that is rolled back leaves its messages fresh."""
    with pytest.raises(LookupError), store.transaction() as tx:
        tx.claim("one", ["a"])
        raise LookupError
    assert claim(store, "a", consumer="one") == ["a"]


def test_a_released_claim_is_fresh_again(store: Store) -> None:
    """What failed is given back within the transaction that keeps the others."""
    with store.transaction() as tx:
        tx.claim("one", ["a", "b"])
        tx.release("one", ["b"])
    assert claim(store, "a", "b", consumer="one") == ["b"]


@pytest.mark.parametrize(("first_commits", "left"), [(True, []), (False, ["a"])])
def test_a_concurrent_duplicate_waits_for_the_first(
    store: Store, other: Store, pool: ThreadPoolExecutor, first_commits: bool, left: list[str]
) -> None:
    """The second claimer of an id learns only at the first one's end whether it may have it."""

    def first_holds() -> None:
        with store.transaction() as tx:
            assert tx.claim("one", ["a"]) == ["a"]
            second = pool.submit(claim, other, "a", consumer="one")
            wait_until_blocked(store, second.done)
            waiting.append(second)
            if not first_commits:
                raise LookupError

    waiting: list = []
    if first_commits:
        first_holds()
    else:
        with pytest.raises(LookupError):
            first_holds()
    assert waiting[0].result(timeout=30) == left


def wait_until_blocked(store: Store, ended: Callable[[], bool]) -> None:
    """Return when another session waits for a lock, as PostgreSQL itself says; SQLite has nobody to ask."""
    if store.engine.dialect.name == "sqlite":
        return
    while not ended():
        if column(store, "SELECT 1 FROM pg_locks WHERE NOT granted"):
            return
    pytest.fail("the second claimer did not wait")


def test_overlapping_claims_in_any_order_do_not_deadlock(
    store: Store, other: Store, pool: ThreadPoolExecutor
) -> None:
    """Two consumers' processes that get the same messages in opposite orders share them without an error."""
    ids = [f"m{number:03d}" for number in range(200)]
    rounds = [(ids[i : i + 50], list(reversed(ids[i : i + 50]))) for i in range(0, 200, 10)]
    found: list[str] = []
    for forward, backward in rounds:
        halves = [pool.submit(claim, store, *forward), pool.submit(claim, other, *backward)]
        found += [message_id for half in halves for message_id in half.result(timeout=60)]
    assert sorted(found) == ids
