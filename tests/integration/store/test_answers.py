"""Answers: a repeated key gives the same reply and no second effect."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy.exc import IntegrityError

from shared.store import Answer, Store
from tests.integration.store.conftest import column, context


def test_a_reply_is_kept_under_its_key(store: Store) -> None:
    """Who asks again finds the operation, the digest of the request and the reply."""
    with store.transaction() as tx:
        assert tx.answer("k1") is None
        tx.remember("k1", "tiny.take_note", "d1", {"id": "n1", "标题": "一"})
    with store.transaction() as tx:
        assert tx.answer("k1") == Answer("tiny.take_note", "d1", {"id": "n1", "标题": "一"})
        assert tx.answer("k2") is None


def test_a_reply_is_no_clear_text(store: Store) -> None:
    """A reply may hold personal data: the database sees none of it."""
    with store.transaction() as tx:
        tx.remember("k1", "tiny.note", "d1", {"id_number": "11010519491231002X"})
    assert "11010519491231002X" not in str(column(store, "SELECT reply FROM answers"))


def test_a_key_is_answered_once(store: Store) -> None:
    """A second reply under one key breaks the primary key."""
    with store.transaction() as tx:
        tx.remember("k1", "tiny.note", "d1", {})
    with pytest.raises(IntegrityError), store.transaction() as tx:
        tx.remember("k1", "tiny.note", "d1", {})


def test_who_asks_at_the_same_time_waits_for_the_answer(
    store: Store, other: Store, pool: ThreadPoolExecutor
) -> None:
    """Of many concurrent calls with one key one does the work; the others give its reply."""
    done: list[int] = []

    def call(number: int) -> int:
        with (store if number % 2 else other).transaction() as tx:
            found = tx.answer("k1")
            if found is not None:
                return int(found.reply["by"])
            done.append(number)
            tx.work(context(f"m{number}")).audit("note:take", "a")
            tx.remember("k1", "tiny.note", "d1", {"by": number})
            return number

    replies = {future.result(timeout=60) for future in [pool.submit(call, number) for number in range(12)]}
    assert len(done) == 1
    assert replies == set(done)
    assert column(store, "SELECT count(*) FROM audit") == [1]
