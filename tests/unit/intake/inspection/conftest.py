"""One file inspected in the test's own process."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from services.intake.inspection.examine import examine
from services.intake.inspection.report import Limits, Report
from tests.support.uploads import DEFAULTS, KINDS

Look = Callable[..., Report]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where previews go."""
    made = tmp_path / "previews"
    made.mkdir()
    return made


@pytest.fixture
def look(tmp_path: Path, folder: Path) -> Look:
    """Inspects these bytes under this name."""

    def inspected(
        data: bytes, name: str, allowed: Sequence[str] = KINDS, limits: Limits = DEFAULTS
    ) -> Report:
        path = tmp_path / "upload"
        path.write_bytes(data)
        return examine(path, name, allowed, folder, limits)

    return inspected
