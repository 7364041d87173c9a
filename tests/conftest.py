"""What every test may use; the servers are in tests/support/fixtures.py."""

from __future__ import annotations

import gc
import os
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

# No property is about how fast this machine is just now.
settings.register_profile("ours", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("ours")

pytest_plugins = ["tests.support.fixtures"]


# Folders whose tests share one stack of processes, so that one worker has to run them all.
_ONE_STACK = ("tests/browser/", "tests/end_to_end/intake/", "tests/end_to_end/rehearsals/")
_OF_A_STACK = 1500  # seconds, after which a test of a whole stack hangs


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """File by file, as `--dist loadfile`, but a folder that shares a stack is dealt out as if it were one file."""
    if config.getvalue("dist") != "loadfile":
        return None
    from xdist.scheduler import LoadFileScheduling

    class ByStack(LoadFileScheduling):
        def _split_scope(self, nodeid: str) -> str:
            shared = next((folder for folder in _ONE_STACK if nodeid.startswith(folder)), None)
            return shared or super()._split_scope(nodeid)

    return ByStack(config, log)


@pytest.fixture(autouse=True, scope="session")
def _no_settings_from_outside() -> None:
    """A developer's ZHIHENG_ variables must not reach the tests."""
    for key in [key for key in os.environ if key.startswith("ZHIHENG_") and key != "ZHIHENG_HOME"]:
        del os.environ[key]


def pytest_collection_finish() -> None:
    """What is imported by now is no rubbish: looking through it again and again takes a seventh of all work."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 10, 10)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The folder names the kind: tests/unit → unit, tests/integration → integration and so on."""
    kinds = {kind: kind for kind in ("unit", "contract", "properties", "integration", "faults", "browser")}
    kinds["end_to_end"] = "e2e"
    for item in items:
        for part in item.path.parts:
            if part in kinds:
                item.add_marker(kinds[part])
        # The first of those that share a stack starts it, within its own time, on a machine that may have much else to do.
        if any(item.get_closest_marker(kind) for kind in ("e2e", "faults", "browser")):
            item.add_marker(pytest.mark.timeout(_OF_A_STACK))
