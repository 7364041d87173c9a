"""What was worked out a moment ago: only of the same version, and not for long."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from shared.clock import SHANGHAI
from shared.procedure.remembered import LASTS, Remembered

NOW = datetime(2026, 9, 18, 9, tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("version", "later", "key", "made"),
    [
        ("v1", timedelta(0), "a", 1),
        ("v1", LASTS, "a", 1),
        ("v1", LASTS + timedelta(microseconds=1), "a", 2),
        ("v1", -timedelta(seconds=1), "a", 2),
        ("v2", timedelta(0), "a", 2),
        ("v1", timedelta(0), "b", 2),
        (None, timedelta(0), "a", 2),
    ],
)
def test_it_is_made_anew_when_it_may_have_changed(
    version: str | None, later: timedelta, key: str, made: int
) -> None:
    """The same key, version and moment give the answer of before; anything else a new one."""
    remembered, answers = Remembered(), iter((1, 2))
    assert remembered.get("a", "v1", NOW, lambda: next(answers)) == 1
    assert remembered.get(key, version, NOW + later, lambda: next(answers)) == made
