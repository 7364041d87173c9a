"""审定 committee on the bus: a table of contents of what it answers and what it hears."""

from __future__ import annotations

from typing import Any

from services.committee import rounds
from services.committee.stages import conductor
from shared.bus import Received, Service, command, on_event, query
from shared.contracts.events import ApplicationAccepted, ApplicationWithdrawn, CycleOpened, StageClosed
from shared.store import Work, audit_state

Data = dict[str, Any]


class Committee(Service):
    """The meeting, the proposal, the ballots."""

    name = "committee"

    @on_event(CycleOpened)
    def cycle_opened(self, work: Work, event: Received) -> None:
        conductor.cycle_opened(work, dict(event.data))

    @on_event(ApplicationAccepted)
    def application_accepted(self, work: Work, event: Received) -> None:
        conductor.application_accepted(work, dict(event.data))

    @on_event(ApplicationWithdrawn)
    def application_withdrawn(self, work: Work, event: Received) -> None:
        conductor.application_withdrawn(work, dict(event.data))

    @on_event(StageClosed, publisher=("intake", "eligibility", "review", "incentives"))
    def stage_closed(self, work: Work, event: Received) -> None:
        conductor.stage_closed(work, dict(event.data))

    @command("convene")
    def convene(self, work: Work, data: Data) -> Data:
        return rounds.convene(work, conductor, data)

    @command("propose")
    def propose(self, work: Work, data: Data) -> Data:
        return rounds.propose(work, conductor, data)

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
