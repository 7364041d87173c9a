"""Of what a department is told, of all its enquiries together and once a day."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from services.intake.clerk_digest import Told, Waiting, kind
from shared.clock import SHANGHAI

pytestmark = pytest.mark.unit

TODAY = date(2025, 6, 16)
NOON = datetime(2025, 6, 15, 12, tzinfo=SHANGHAI)
OPEN = Waiting(3, NOON, TODAY + timedelta(days=7), 0)
TOLD = Told(TODAY - timedelta(days=1), NOON, None, 0)
SOON = replace(OPEN, first_due=TODAY + timedelta(days=1))


@pytest.mark.parametrize(
    ("waiting", "told", "expected"),
    [
        (OPEN, None, "enquiries_waiting"),
        (OPEN, TOLD, None),
        (replace(OPEN, count=0), None, None),
        (replace(OPEN, newest=NOON + timedelta(hours=1)), TOLD, "enquiries_waiting"),
        (replace(OPEN, newest=NOON + timedelta(hours=1)), replace(TOLD, on=TODAY), None),
        (SOON, TOLD, "enquiries_due"),
        (SOON, replace(TOLD, due_on=SOON.first_due), None),
        (replace(OPEN, first_due=TODAY), TOLD, "enquiries_due"),
        (replace(OPEN, first_due=TODAY + timedelta(days=2)), TOLD, None),
        (replace(OPEN, first_due=TODAY - timedelta(days=1)), TOLD, None),
        (replace(SOON, silent=1), TOLD, "enquiries_silent"),
        (replace(OPEN, silent=1), replace(TOLD, silent=1), None),
        (replace(OPEN, silent=2), replace(TOLD, silent=1), "enquiries_silent"),
        (Waiting(1, None, None, 1), None, "enquiries_silent"),
    ],
)
def test_the_gravest_that_is_new(waiting: Waiting, told: Told | None, expected: str | None) -> None:
    """Silence, then a day that is near, then what came in; nothing twice, and nothing more on a day that had something."""
    assert kind(waiting, told, TODAY, 1) == expected
