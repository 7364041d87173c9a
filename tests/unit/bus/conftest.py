"""The tests' own contracts are known while a unit test of the bus runs."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support.bus.contracts import known


@pytest.fixture(autouse=True)
def _contracts() -> Iterator[None]:
    with known():
        yield
