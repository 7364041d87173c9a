"""The stages that review owns: every kind of review by a panel, and the public's vote."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from services.review import models, results, seats, selection, sheets
from services.review.votes import vote
from shared.calendar import work_calendar
from shared.procedure import Conductor, Cycle, Entrant, Hooks
from shared.procedure.state import Outcome
from shared.rulebooks import Stage

if TYPE_CHECKING:
    from shared.store import Work


class ReviewHooks(Hooks):
    """评审: a panel is drawn when the stage begins; sheets are waited for; scores are made when it closes."""

    def enter(self, work: Work, cycle: Cycle, stage: Stage, entrants: list[Entrant]) -> None:
        selection.at_entry(work, conductor, cycle, stage, entrants)

    def begin(self, work: Work, cycle: Cycle, stage: Stage, entrants: list[Entrant]) -> date | None:
        if stage.panel is not None:
            seats.form(work, cycle, stage, entrants)
        if stage.kind == vote.STAGE_KIND:
            return vote.begin(work, cycle, stage, entrants)
        if stage.working_days is None:
            return None
        return work_calendar().window(work.today(), stage.working_days).last

    def waiting_for(self, work: Work, cycle: Cycle, stage: Stage, entrants: list[Entrant]) -> list[str]:
        if stage.kind == vote.STAGE_KIND:
            return vote.waiting_for(work, cycle, stage)
        return sheets.waiting_for(work, cycle, stage, entrants)

    def close(self, work: Work, cycle: Cycle, stage: Stage, entrants: list[Entrant]) -> list[Outcome]:
        if stage.kind == vote.STAGE_KIND:
            return vote.close(work, cycle, stage, entrants)
        return results.close(work, cycle, stage, entrants)


conductor = Conductor("review", models.procedure, ReviewHooks())
