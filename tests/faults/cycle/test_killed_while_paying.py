"""Incentives killed while it pays: nothing is paid twice, nothing lost, and whatever nobody knows is in people's hands."""

from __future__ import annotations

import pytest

from deploy.benchmarks.payments import POINTS, run
from tests.faults.bus.test_crash_points import PAYMENT_POINTS

pytestmark = pytest.mark.faults


def test_every_payment_is_made_once_though_incentives_is_killed() -> None:
    """A SIGKILL at each named point and three at random, on real servers, with a bank that loses answers and orders."""
    assert set(PAYMENT_POINTS) <= set(POINTS)
    found = run(lines=200, kills=3, seconds=0.05, limit=900)
    assert set(found.died_at) == set(POINTS)
    assert found.random_kills == 3
    assert (found.booked_twice, found.lost, found.not_booked) == (0, 0, 0)
    assert found.unknown == found.in_reconciliation
    assert found.booked > 0
