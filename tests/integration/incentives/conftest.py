"""The treasury that most tests of this folder begin with: an empty one, on either database."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support.treasury import Treasury


@pytest.fixture
def treasury(database_url: str) -> Iterator[Treasury]:
    made = Treasury(database_url)
    yield made
    made.desk.close()
