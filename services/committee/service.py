"""审定 committee on the bus: a table of contents of what it answers and what it hears."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from services.committee import (
    agenda,
    alerts,
    approvals,
    attendance,
    minutes,
    notice_ends,
    records,
    recounts,
    results,
    rounds,
)
from services.committee.keeping import keeping
from services.committee.stages import conductor
from shared.bus import Received, command, on_event, query
from shared.contracts.events import (
    ApplicationStopped,
    RecordsConfirmed,
    RecordsDiffer,
    StageBegun,
    StageClosed,
    StageExtended,
)
from shared.procedure.alerts import Cycles, Watched
from shared.procedure.service import Follower
from shared.store import Work

Data = dict[str, Any]


class Committee(Follower):
    """The meeting, the proposal, the ballots, the minutes, the approval."""

    name = "committee"
    conductor = conductor
    keeping = keeping

    def watched(self, work: Work, cycles: Cycles) -> Mapping[str, Watched]:
        return alerts.watched(work, cycles)

    @on_event(StageClosed, publisher=("intake", "eligibility", "review", "incentives"))
    def stage_closed(self, work: Work, event: Received) -> None:
        conductor.stage_closed(work, dict(event.data))

    @on_event(StageBegun, publisher="eligibility")
    def stage_begun(self, work: Work, event: Received) -> None:
        notice_ends.heard(work, conductor, dict(event.data))

    @on_event(StageExtended)
    def stage_extended(self, work: Work, event: Received) -> None:
        notice_ends.heard(work, conductor, dict(event.data))

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
        return results.votes(work, conductor, data)

    @command("record_attendance")
    def record_attendance(self, work: Work, data: Data) -> Data:
        return attendance.record(work, conductor, data)

    @command("appoint_chair")
    def appoint_chair(self, work: Work, data: Data) -> Data:
        return attendance.appoint_chair(work, conductor, data)

    @command("declare_recusal")
    def declare_recusal(self, work: Work, data: Data) -> Data:
        return attendance.declare_recusal(work, conductor, data)

    @query("attendance")
    def attendance(self, work: Work, data: Data) -> Data:
        return attendance.listed(work, conductor, data)

    @query("agenda")
    def agenda(self, work: Work, data: Data) -> Data:
        return agenda.agenda(work, conductor, data)

    @command("open_round")
    def open_round(self, work: Work, data: Data) -> Data:
        return rounds.open_round(work, conductor, data)

    @command("void_round")
    def void_round(self, work: Work, data: Data) -> Data:
        return rounds.void_round(work, conductor, data)

    @query("slips")
    def slips(self, work: Work, data: Data) -> Data:
        return recounts.slips(work, conductor, data)

    @query("recount")
    def recount(self, work: Work, data: Data) -> Data:
        return recounts.recount(work, conductor, data)

    @command("draft_minutes")
    def draft_minutes(self, work: Work, data: Data) -> Data:
        return minutes.draft(work, conductor, data)

    @command("confirm_minutes")
    def confirm_minutes(self, work: Work, data: Data) -> Data:
        return minutes.confirm(work, conductor, data)

    @command("return_minutes")
    def return_minutes(self, work: Work, data: Data) -> Data:
        return minutes.send_back(work, conductor, data)

    @query("minutes")
    def minutes(self, work: Work, data: Data) -> Data:
        return minutes.one(work, conductor, data)

    @query("minutes_versions")
    def minutes_versions(self, work: Work, data: Data) -> Data:
        return minutes.versions(work, conductor, data)

    @command("record_approval")
    def record_approval(self, work: Work, data: Data) -> Data:
        return approvals.record(work, conductor, data)

    @query("approval")
    def approval(self, work: Work, data: Data) -> Data:
        return approvals.approval(work, conductor, data)
