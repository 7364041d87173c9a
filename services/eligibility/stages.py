"""The stages that eligibility owns: the qualification and every public notice."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from services.eligibility import approvals, honours, models, notices, qualification
from services.eligibility.notices import corrections, drafts
from services.eligibility.objections import effects
from shared.procedure import Conductor, Cycle, Entrant, Hooks, awaited
from shared.procedure.state import Outcome
from shared.rulebooks import Stage

if TYPE_CHECKING:
    from shared.store import Work


NOTICE_KIND = "notice"


class EligibilityHooks(Hooks):
    """资格审查与公示."""

    def planned(self, work: Work, cycle: Cycle, stage: Stage, entrants: list[Entrant]) -> None:
        if stage.kind == NOTICE_KIND and entrants:
            drafts.plan(work, cycle, stage, entrants)

    def withdrawn(self, work: Work, cycle: Cycle, application_id: str) -> None:
        drafts.list_anew(work, conductor, cycle, application_id)

    def begin(self, work: Work, cycle: Cycle, stage: Stage, entrants: list[Entrant]) -> date | None:
        if stage.kind == qualification.STAGE_KIND:
            qualification.evaluate_all(work, cycle, entrants, entrants)
            return None
        return notices.post(work, cycle, stage, entrants)

    def better_wait_for(self, work: Work, cycle: Cycle, stage: Stage, entrants: list[Entrant]) -> list[str]:
        if stage.kind == qualification.STAGE_KIND:
            records = awaited.each("records", qualification.records_awaited(work, cycle, entrants))
            return records + awaited.each("silences", qualification.silences(work, cycle, entrants))
        return awaited.each("notice_draft", drafts.missing(work, cycle, stage))

    def waiting_for(self, work: Work, cycle: Cycle, stage: Stage, entrants: list[Entrant]) -> list[str]:
        if stage.kind == qualification.STAGE_KIND:
            records, judgements = qualification.waiting_for(work, cycle, entrants)
            return awaited.each("records", records) + awaited.each("judgements", judgements)
        return [
            *awaited.each("notice_days", notices.running(work, cycle, stage)),
            *awaited.each("notice_correction", corrections.underway(work, cycle, stage)),
            *awaited.each("objections", effects.undecided(work, cycle, stage, entrants)),
            *awaited.each("approval", approvals.waiting_for(work, cycle, stage, entrants)),
        ]

    def close(self, work: Work, cycle: Cycle, stage: Stage, entrants: list[Entrant]) -> list[Outcome]:
        if stage.kind == qualification.STAGE_KIND:
            return qualification.close(work, cycle, stage, entrants)
        outcomes = notices.close(work, cycle, stage, entrants)
        honours.confer(work, cycle, entrants, outcomes)
        return outcomes


conductor = Conductor("eligibility", models.procedure, EligibilityHooks())
