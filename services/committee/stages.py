"""The stage that committee owns: the meeting that deliberates the list."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from services.committee import approvals, meetings, minutes, models, records, results, rounds
from shared.procedure import Conductor, Cycle, Entrant, Hooks, awaited
from shared.procedure.state import Outcome
from shared.rulebooks import Stage

if TYPE_CHECKING:
    from shared.store import Work


class CommitteeHooks(Hooks):
    """审定: the quorum is checked and the first ballot opened; the stage closes when the ballots are over and, in
    a real cycle, the minutes confirmed and the list approved where that comes before its notice.
    """

    def begin(self, work: Work, cycle: Cycle, stage: Stage, entrants: list[Entrant]) -> date | None:
        records.require(work, cycle, entrants)
        rounds.begin(work, conductor, cycle, entrants)
        return None

    def better_wait_for(self, work: Work, cycle: Cycle, stage: Stage, entrants: list[Entrant]) -> list[str]:
        return [
            *awaited.each("confirmations", records.outstanding(work, cycle, entrants)),
            *awaited.each("meeting", meetings.lacking(work, cycle)),
        ]

    def waiting_for(self, work: Work, cycle: Cycle, stage: Stage, entrants: list[Entrant]) -> list[str]:
        if not rounds.finished(work, cycle):
            return awaited.each("ballots", ["表决结束 / the end of the ballots"])
        return [
            *awaited.each("minutes", minutes.waiting_for(work, cycle)),
            *awaited.each("approval", approvals.waiting_for(work, cycle, entrants)),
        ]

    def close(self, work: Work, cycle: Cycle, stage: Stage, entrants: list[Entrant]) -> list[Outcome]:
        return results.close(work, cycle, stage.key, entrants)


conductor = Conductor("committee", models.procedure, CommitteeHooks())
