"""A stack's clock: the machine's, unless it was made to travel."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from deploy.local.stack import Stack, StackOptions
from shared.clock import SystemClock, open_clock
from shared.config import Settings

pytestmark = pytest.mark.unit

DAY = date(2026, 3, 2)


def test_a_stack_that_was_not_made_to_travel_does_not(tmp_path: Path) -> None:
    """Its processes would not follow."""
    stack = Stack(tmp_path)
    assert isinstance(stack.clock, SystemClock)
    with pytest.raises(ValueError, match="machine"):
        stack.travel(DAY)
    assert list(tmp_path.iterdir()) == []


def test_a_stack_travels_with_all_who_read_its_file(tmp_path: Path) -> None:
    """What a process opens by the stack's file is on the stack's day."""
    stack = Stack(tmp_path, StackOptions(travels=DAY))
    stack.travel(DAY)
    (file,) = tmp_path.iterdir()
    process = open_clock(Settings(environment="test", clock_file=str(file)))
    assert process.today() == stack.clock.today() == DAY
    stack.travel(date(2026, 3, 9))
    assert process.today() == stack.clock.today() == date(2026, 3, 9)
