"""审定 committee on the bus: a table of contents of what it answers and what it hears."""

from __future__ import annotations

from typing import Any

from services.committee import alerts, records, rounds
from services.committee.keeping import keeping
from services.committee.stages import conductor
from shared.bus import Received, command, on_event, query
from shared.contracts.events import ApplicationStopped, RecordsConfirmed, RecordsDiffer, StageClosed
from shared.procedure import Cycle
from shared.procedure.alerts import Watched
from shared.procedure.service import Follower
from shared.store import Work

Data = dict[str, Any]


class Committee(Follower):
    """The meeting, the proposal, the ballots."""

    name = "committee"
    conductor = conductor
    keeping = keeping

    def watched(self, work: Work, cycle: Cycle) -> Watched:
        return alerts.watched(work, cycle)

    @on_event(StageClosed, publisher=("intake", "eligibility", "review", "incentives"))
    def stage_closed(self, work: Work, event: Received) -> None:
        conductor.stage_closed(work, dict(event.data))

    @on_event(RecordsConfirmed)
    def records_confirmed(self, work: Work, event: Received) -> None:
        records.confirmations.confirmed(work, dict(event.data))

    @on_event(RecordsDiffer)
    def records_differ(self, work: Work, event: Received) -> None:
        records.confirmations.differ(work, dict(event.data))

    @on_event(ApplicationStopped, publisher="intake")
    def application_stopped(self, work: Work, event: Received) -> None:
        records.stopped(work, conductor, dict(event.data))

    @command("convene")
    def convene(self, work: Work, data: Data) -> Data:
        return rounds.convene(work, conductor, data)

    @command("propose")
    def propose(self, work: Work, data: Data) -> Data:
        return rounds.propose(work, conductor, data)

    @query("proposal")
    def proposal(self, work: Work, data: Data) -> Data:
        return rounds.proposal(work, conductor, data)

    @query("round")
    def round(self, work: Work, data: Data) -> Data:
        return rounds.current(work, conductor, data)

    @command("cast_ballot")
    def cast_ballot(self, work: Work, data: Data) -> Data:
        return rounds.cast(work, conductor, data)

    @command("close_round")
    def close_round(self, work: Work, data: Data) -> Data:
        return rounds.close_round(work, conductor, data)

    @query("votes")
    def votes(self, work: Work, data: Data) -> Data:
        return rounds.votes(work, conductor, data)
