"""Intake killed while it asks the departments: nothing is lost, nothing taken twice, nothing asked twice without cause."""

from __future__ import annotations

import pytest

from deploy.benchmarks.enquiries import AT_ONCE, run
from shared.config import Settings

pytestmark = pytest.mark.faults

APPLICATIONS = 200
# Nobody is to be silent because the machine is slow, or because each of a few repetitions is a stumbling one by chance.
PATIENT = {"ZHIHENG_DEPARTMENTS_TIMEOUT": "60", "ZHIHENG_DEPARTMENTS_ATTEMPTS": "8"}


def test_every_enquiry_comes_to_one_answer_though_intake_is_killed() -> None:
    """1,200 enquiries, 1 in 50 failing at first, intake killed by SIGKILL halfway on real servers.

    Asked twice are only those that failed and those in flight or unwritten at the kill; no department has more at once than
    it bears.
    """
    found = run(APPLICATIONS, kills=1, seconds=0.05, fail_every=50, more=PATIENT)
    assert found.kills == 1
    assert (found.answered, found.silent, found.taken, found.taken_twice) == (found.due, 0, found.due, 0)
    assert found.due % APPLICATIONS == 0
    assert found.due > APPLICATIONS
    assert 0 < found.most_at_once <= AT_ONCE
    # A consumer holds as many deliveries as it asks about at once, and a batch that is being written.
    settings = Settings()
    assert 0 <= found.without_cause <= settings.outside_at_once + settings.batch_size
