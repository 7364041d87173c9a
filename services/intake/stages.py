"""Intake's own stage, the submission, and how intake hears of everybody's stages."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from services.intake import models
from shared.procedure import Conductor, Cycle, Entrant, Hooks, outcome
from shared.procedure.conductor import Events
from shared.procedure.state import Outcome
from shared.rulebooks import Stage

if TYPE_CHECKING:
    from shared.store import Work


class SubmissionHooks(Hooks):
    """受理: applications are taken until the last day has passed; all that are in then go on."""

    def waiting_for(self, work: Work, cycle: Cycle, stage: Stage, entrants: list[Entrant]) -> list[str]:
        if work.today() > cycle.closes_on:
            return []
        return [
            f"申报截止日 {cycle.closes_on} 结束 / the end of {cycle.closes_on}, the last day for applications"
        ]

    def close(self, work: Work, cycle: Cycle, stage: Stage, entrants: list[Entrant]) -> list[Outcome]:
        return [outcome(entrant.application_id, passed=True) for entrant in entrants]

    def closed_on(self, cycle: Cycle, stage: Stage, today: date) -> date:
        """The day that the call named, whenever the office gets to it."""
        return cycle.closes_on


class OwnTimeline(Events):
    """Tells the others of the submission's end and writes it into intake's own timeline; nobody else needs more."""

    def closed(self, work: Work, cycle_id: str, stage: str, closed_on: date, outcomes: list[Outcome]) -> None:
        from services.intake import progress

        super().closed(work, cycle_id, stage, closed_on, outcomes)
        progress.stage_closed_here(work, cycle_id, stage, closed_on, outcomes)


conductor = Conductor("intake", models.procedure, SubmissionHooks(), announcer=OwnTimeline())
