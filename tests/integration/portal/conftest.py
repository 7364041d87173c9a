"""What most tests of pages begin with: services that answer as the test's `world` says, behind a gateway."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.support.gateway import Bench, InProcess, make_bench


@pytest.fixture
def services(world: Any) -> InProcess:
    return InProcess(world)


@pytest.fixture
def bench(tmp_path: Path, services: InProcess) -> Bench:
    return make_bench(tmp_path, services)
