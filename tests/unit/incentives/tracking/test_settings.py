"""Settings of tracking that cannot be meant stop the start."""

from __future__ import annotations

import pytest

from services.incentives.service import Incentives
from shared.config import ConfigurationError, Settings

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    ("key", "value"),
    [("tracking_least", 1), ("tracking_answer_days", 0), ("tracking_reminders", "30,soon")],
)
def test_what_cannot_be_meant_stops_the_start(key: str, value: object) -> None:
    """One winner hides nobody; a warning needs a day; a reminder is a number of days. The refusal names its key."""
    with pytest.raises(ConfigurationError, match=f"ZHIHENG_{key.upper()}"):
        Incentives.check(Settings(**{key: value}))  # type: ignore[arg-type]
    Incentives.check(Settings())


def test_reminders_come_in_the_order_of_their_days() -> None:
    """Those before the last day first."""
    assert Settings(tracking_reminders="-7,30, 0,7,7").tracking_reminder_days == (30, 7, 0, -7)
