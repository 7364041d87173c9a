"""激励 incentives on the bus: a table of contents of what it answers and what it hears."""

from __future__ import annotations

from typing import Any

from services.incentives import alerts, awards, clawbacks, ledger, pool, records
from services.incentives.stages import conductor
from shared.bus import Received, command, on_event, query
from shared.contracts.events import (
    ApplicationAccepted,
    ApplicationNotAccepted,
    PoolCostApproved,
    PoolJoined,
    PoolLeft,
    RecordsConfirmed,
    RecordsDiffer,
    SanctionImposed,
    StageClosed,
)
from shared.procedure import Cycle
from shared.procedure.alerts import Watched
from shared.procedure.service import Follower
from shared.store import Work

Data = dict[str, Any]


class Incentives(Follower):
    """Grants, budget, earlier payments, clawbacks."""

    name = "incentives"
    conductor = conductor

    def watched(self, work: Work, cycle: Cycle) -> Watched:
        return alerts.watched(work, cycle)

    @on_event(ApplicationAccepted)
    def application_accepted(self, work: Work, event: Received) -> None:
        super().application_accepted(work, event)
        pool.accepted(work, conductor, dict(event.data))

    @on_event(ApplicationNotAccepted)
    def application_not_accepted(self, work: Work, event: Received) -> None:
        pool.not_accepted(work, conductor, dict(event.data))

    @on_event(PoolJoined)
    def pool_joined(self, work: Work, event: Received) -> None:
        pool.joined(work, conductor, dict(event.data))

    @on_event(PoolLeft)
    def pool_left(self, work: Work, event: Received) -> None:
        pool.left(work, conductor, dict(event.data))

    @on_event(PoolCostApproved)
    def pool_cost_approved(self, work: Work, event: Received) -> None:
        pool.cost_approved(work, conductor, dict(event.data))

    @on_event(StageClosed, publisher=("intake", "eligibility", "review", "committee"))
    def stage_closed(self, work: Work, event: Received) -> None:
        conductor.stage_closed(work, dict(event.data))

    @on_event(SanctionImposed)
    def sanction_imposed(self, work: Work, event: Received) -> None:
        clawbacks.sanction_imposed(work, conductor, dict(event.data))

    @on_event(RecordsConfirmed)
    def records_confirmed(self, work: Work, event: Received) -> None:
        records.confirmed(work, conductor, dict(event.data))

    @on_event(RecordsDiffer)
    def records_differ(self, work: Work, event: Received) -> None:
        records.differ(work, conductor, dict(event.data))

    @query("grants")
    def grants(self, work: Work, data: Data) -> Data:
        return ledger.listed(work, conductor, data)

    @command("record_paid")
    def record_paid(self, work: Work, data: Data) -> Data:
        return awards.record_paid(work, conductor, data)
