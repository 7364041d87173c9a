"""What each service tells discipline inspection of several cycles, on both databases: no cycle is asked about by itself."""

from __future__ import annotations

from typing import Any

import pytest

from services.committee.service import Committee
from services.eligibility.service import Eligibility
from services.gateway import acting
from services.incentives.service import Incentives
from services.intake.service import Intake
from services.review.service import Review
from shared.clock import SystemClock
from shared.config import Settings
from tests.support.handlers import RealServices
from tests.support.rooms import CHANGNING, CLOSES, OPENS
from tests.support.works import Desk

pytestmark = pytest.mark.integration
CYCLES = [f"c{number}" for number in range(1, 7)]
MOST = {"intake": 9, "eligibility": 9, "review": 15, "committee": 5, "incentives": 8}


@pytest.mark.parametrize("service", [Intake, Eligibility, Review, Committee, Incentives])
def test_six_cycles_take_as_many_statements_as_one(service: Any, database_url: str) -> None:
    """The cycles, each kind of alert, what is new, who acted; and which cycles are known of the things that are named."""
    clock = SystemClock()
    desk = Desk(service.name, database_url, clock)
    services = RealServices((service,), {service.name: desk}, clock, Settings())
    try:
        opened = {
            "rulebook": CHANGNING.id, "rulebook_sha256": CHANGNING.sha256, "year": 2025, "opens_on": OPENS,
            "closes_on": CLOSES, "budget_fen": 5, "rehearsal": False,
        }  # fmt: skip
        with desk.work("award_office", "li") as work:
            for each in CYCLES:
                service.conductor.records.add_cycle(work, {"cycle_id": each, **opened})
                work.audit("objection:ruled", f"o-{each}", cycle_id=each)
        asked = {
            "actions": acting.actions(acting.pairs()), "subjects": [f"o-{each}" for each in CYCLES],
            "since": "2025-06-18T09:00:00+08:00",
        }  # fmt: skip
        taken = []
        for some in (CYCLES[:1], CYCLES):
            with desk.asking() as said:
                told = services.do(f"{service.name}.watch", "discipline", "ji", cycle_ids=some, **asked)
            assert [each["cycle_id"] for each in told["cycles"]] == some
            assert [each["acts"]["known"] for each in told["cycles"]] == [[f"o-{each}"] for each in some]
            assert [act["subject"] for each in told["cycles"] for act in each["acts"]["acts"]] == [
                f"o-{each}" for each in some
            ]
            taken.append(len(said))
        assert taken[0] == taken[1] <= MOST[service.name], taken
    finally:
        desk.close()
