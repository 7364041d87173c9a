"""The stage that incentives owns: the grants, computed at once when the last notice is over."""

from __future__ import annotations

from typing import TYPE_CHECKING

from services.incentives import awards, ledger, models
from services.incentives.tracking import files
from shared.procedure import Conductor, Cycle, Entrant, Hooks, outcome
from shared.procedure.state import Outcome
from shared.rulebooks import Stage

if TYPE_CHECKING:
    from shared.store import Work


class IncentivesHooks(Hooks):
    """表彰奖励: no person and no day are needed; paying is another matter."""

    def planned(self, work: Work, cycle: Cycle, stage: Stage, entrants: list[Entrant]) -> None:
        awards.compute(work, cycle, entrants)
        files.open_all(work, cycle, stage, entrants)

    def withdrawn(self, work: Work, cycle: Cycle, application_id: str) -> None:
        if not cycle.rehearsal:
            ledger.settle(work, cycle)  # what will not be paid holds nobody else's grant any more

    def close(self, work: Work, cycle: Cycle, stage: Stage, entrants: list[Entrant]) -> list[Outcome]:
        return [
            outcome(e.application_id, passed=True, status="awarded" if e.carried.get("level") else None)
            for e in entrants
        ]


conductor = Conductor("incentives", models.procedure, IncentivesHooks())
