"""What every test may use; the servers are in tests/support/fixtures.py."""

from __future__ import annotations

import os

import pytest

pytest_plugins = ["tests.support.fixtures"]


@pytest.fixture(autouse=True, scope="session")
def _no_settings_from_outside() -> None:
    """A developer's ZHIHENG_ variables must not reach the tests."""
    for key in [key for key in os.environ if key.startswith("ZHIHENG_") and key != "ZHIHENG_HOME"]:
        del os.environ[key]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The folder names the kind: tests/unit → unit, tests/integration → integration and so on."""
    kinds = {"unit": "unit", "contract": "contract", "integration": "integration", "end_to_end": "e2e"}
    kinds |= {"faults": "faults", "browser": "browser"}
    for item in items:
        for part in item.path.parts:
            if part in kinds:
                item.add_marker(kinds[part])
