"""激励 incentives on the bus: a table of contents of what it answers and what it hears."""

from __future__ import annotations

from typing import Any

from services.incentives import awards, clawbacks, ledger, pool
from services.incentives.stages import conductor
from shared.bus import Received, Service, command, on_event, query
from shared.contracts.events import (
    ApplicationAccepted,
    ApplicationWithdrawn,
    CycleOpened,
    PoolJoined,
    SanctionImposed,
    StageClosed,
)
from shared.store import Work, audit_state

Data = dict[str, Any]


class Incentives(Service):
    """Grants, budget, earlier payments, clawbacks."""

    name = "incentives"

    @on_event(CycleOpened)
    def cycle_opened(self, work: Work, event: Received) -> None:
        conductor.cycle_opened(work, dict(event.data))

    @on_event(ApplicationAccepted)
    def application_accepted(self, work: Work, event: Received) -> None:
        conductor.application_accepted(work, dict(event.data))
        pool.accepted(work, conductor, dict(event.data))

    @on_event(ApplicationWithdrawn)
    def application_withdrawn(self, work: Work, event: Received) -> None:
        conductor.application_withdrawn(work, dict(event.data))

    @on_event(PoolJoined)
    def pool_joined(self, work: Work, event: Received) -> None:
        pool.joined(work, conductor, dict(event.data))

    @on_event(StageClosed, publisher=("intake", "eligibility", "review", "committee"))
    def stage_closed(self, work: Work, event: Received) -> None:
        conductor.stage_closed(work, dict(event.data))

    @on_event(SanctionImposed)
    def sanction_imposed(self, work: Work, event: Received) -> None:
        clawbacks.sanction_imposed(work, conductor, dict(event.data))

    @query("grants")
    def grants(self, work: Work, data: Data) -> Data:
        return ledger.listed(work, conductor, data)

    @command("record_paid")
    def record_paid(self, work: Work, data: Data) -> Data:
        return awards.record_paid(work, conductor, data)

    @query("stage")
    def stage(self, work: Work, data: Data) -> Data:
        return conductor.stage(work, data)

    @command("begin_stage")
    def begin_stage(self, work: Work, data: Data) -> Data:
        return conductor.begin_stage(work, data)

    @command("close_stage")
    def close_stage(self, work: Work, data: Data) -> Data:
        return conductor.close_stage(work, data)

    @query("audit")
    def audit(self, work: Work, data: Data) -> Data:
        return audit_state(self.store, data["cycle_id"])
