"""The stages that review owns: every kind of review by a panel, and the public's vote."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from services.review import models, results, selection, sheets, social_votes
from services.review.seating import forming, releasing
from shared.calendar import work_calendar
from shared.procedure import Conductor, Cycle, Entrant, Hooks
from shared.procedure.state import Outcome
from shared.rulebooks import Stage

if TYPE_CHECKING:
    from shared.store import Work


class ReviewHooks(Hooks):
    """评审: a released panel is waited for (a rehearsal's is drawn when the stage begins), then sheets; scores are made when
    the stage closes.
    """

    def enter(self, work: Work, cycle: Cycle, stage: Stage, entrants: list[Entrant]) -> None:
        selection.at_entry(work, conductor, cycle, stage, entrants)

    def begin(self, work: Work, cycle: Cycle, stage: Stage, entrants: list[Entrant]) -> date | None:
        if stage.panel is not None and cycle.rehearsal:
            forming.form(work, cycle, stage, entrants)
        elif stage.panel is not None:
            releasing.require_released(work, cycle, stage, entrants)
        if stage.working_days is None:
            return None
        return work_calendar().window(work.today(), stage.working_days).last

    def better_wait_for(self, work: Work, cycle: Cycle, stage: Stage, entrants: list[Entrant]) -> list[str]:
        if stage.panel is None or cycle.rehearsal:
            return []
        return releasing.missing_panels(work, cycle, stage, entrants)

    def waiting_for(self, work: Work, cycle: Cycle, stage: Stage, entrants: list[Entrant]) -> list[str]:
        return sheets.waiting_for(work, cycle, stage, entrants)

    def close(self, work: Work, cycle: Cycle, stage: Stage, entrants: list[Entrant]) -> list[Outcome]:
        if stage.kind == social_votes.STAGE_KIND:
            return social_votes.close(work, cycle, stage, entrants)
        return results.close(work, cycle, stage, entrants)


conductor = Conductor("review", models.procedure, ReviewHooks())
