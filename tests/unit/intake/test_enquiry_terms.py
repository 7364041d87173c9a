"""The terms of enquiries come from the settings, and run out when they say."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from services.intake.enquiry_terms import Terms
from services.intake.service import Intake
from shared.config import ConfigurationError, Settings

pytestmark = pytest.mark.unit


def test_the_settings_are_the_terms() -> None:
    """Days and hours as they are written, reminders in their order."""
    settings = Settings(departments_validity_days=30, departments_reply_days=3, departments_reminders="2,48")
    terms = Terms.of(settings)
    assert terms.valid_until(date(2025, 6, 14)) == date(2025, 7, 14)
    assert (terms.reply, terms.reminders) == (timedelta(days=3), (timedelta(hours=2), timedelta(hours=48)))


def test_reminders_end() -> None:
    """After the last there is none; with none there never is one."""
    now = datetime(2025, 6, 14, 9, tzinfo=UTC)
    terms = Terms(reminders=(timedelta(hours=1), timedelta(hours=24)))
    assert [terms.reminder_due(now, n) for n in range(3)] == [
        now + timedelta(hours=1),
        now + timedelta(hours=24),
        None,
    ]
    assert Terms(reminders=()).reminder_due(now, 0) is None


def test_what_is_no_hour_stops_the_start() -> None:
    """Intake looks at its own settings before anything runs."""
    with pytest.raises(ConfigurationError, match="REMINDERS"):
        Intake.check(Settings(departments_reminders="1,soon"))
    Intake.check(Settings())
