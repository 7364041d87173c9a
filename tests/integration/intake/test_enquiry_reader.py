"""Enquiries that are asked at the same time are read together, and everybody gets their own."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import pytest

from services.intake.enquiry_reader import GatheredReads
from tests.integration.intake.test_department_records import Office

pytestmark = pytest.mark.integration


class _Counting:
    """A store that counts its reading transactions, and may fail."""

    def __init__(self, store: Any, error: Exception | None = None) -> None:
        self._store, self._error = store, error
        self.reads = 0

    @contextmanager
    def read(self) -> Iterator[Any]:
        self.reads += 1
        if self._error is not None:
            raise self._error
        with self._store.read() as work:
            yield work


@pytest.fixture
def office(database_url: str) -> Iterator[Office]:
    made = Office(database_url)
    for number in range(1, 5):
        made.apply(f"a{number}")
    yield made
    made.desk.close()


def test_everybody_gets_their_own_and_most_share_a_transaction(office: Office) -> None:
    """Twenty-four at once: each the row of its own key, an unknown one none, in fewer transactions than questions."""
    store: Any = _Counting(office.desk.store)
    reads = GatheredReads()
    keys = [(f"a{number}", department) for number in range(1, 5) for department in office.departments]
    with ThreadPoolExecutor(len(keys) + 1) as pool:
        nobody = pool.submit(reads.find, store, "a9", "safety")
        rows = list(pool.map(lambda key: reads.find(store, *key), keys))
    assert [(row.application_id, row.department) for row in rows if row is not None] == keys
    assert nobody.result() is None
    assert store.reads < len(keys)


def test_a_reading_that_fails_fails_for_all_who_waited_and_for_nobody_else(office: Office) -> None:
    """Each hears the reason; who comes later is read anew."""
    reads = GatheredReads()
    broken: Any = _Counting(office.desk.store, OSError("away"))
    with ThreadPoolExecutor(8) as pool:
        waiting = [pool.submit(reads.find, broken, "a1", "safety") for _ in range(8)]
    assert {str(each.exception()) for each in waiting} == {"away"}
    assert reads.find(office.desk.store, "a1", "safety") is not None
