"""A winner of nothing that is known here: eligibility puts on record what incentives tells, and no case follows."""

from __future__ import annotations

import pytest

from services.eligibility.honours import adverse_records
from services.eligibility.stages import conductor
from shared.contracts import load
from shared.contracts.events import TrackingFailed
from tests.support.works import Desk

pytestmark = pytest.mark.integration


def test_what_was_not_mended_is_put_on_record(database_url: str) -> None:
    """One audit entry and no event of its own."""
    desk = Desk("eligibility", database_url)
    with desk.work() as work:
        adverse_records.not_mended(work, conductor, load(TrackingFailed(), dict(TrackingFailed.EXAMPLE)))
    assert desk.actions() == ["tracking:failure_heard"]
    assert desk.told("sanction.imposed") == []
    desk.close()
