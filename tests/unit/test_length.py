"""No module grows until nobody reads it whole."""

from __future__ import annotations

from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ROOMS = ("services", "shared", "deploy")
MOST_LINES = 600  # the house's bound; a longer module has more than one reason to change


def _modules(room: str) -> list[Path]:
    return sorted((ROOT / room).rglob("*.py"))


@pytest.mark.parametrize("room", ROOMS)
def test_no_module_is_longer_than_the_bound(room: str) -> None:
    """Told all at once, with how long each is."""
    lengths = {
        str(path.relative_to(ROOT)): len(path.read_text(encoding="utf-8").splitlines())
        for path in _modules(room)
    }
    assert {name: lines for name, lines in lengths.items() if lines > MOST_LINES} == {}
    assert len(lengths) > 30  # the search finds the room's modules
