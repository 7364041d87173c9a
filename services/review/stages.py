"""The stages that review owns: every kind of review by a panel, and the public's vote."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from services.review import admission, conflicts, models, reports, selection
from services.review.defence import timetables
from services.review.saying import AT_MOST
from services.review.scoring import consensus, owed, results, sheets
from services.review.seating import forming, releasing
from services.review.visits import issues, planning
from services.review.votes import vote
from shared.calendar import work_calendar
from shared.procedure import Conductor, Cycle, Entrant, Hooks, awaited
from shared.procedure.state import Outcome
from shared.rulebooks import Stage

if TYPE_CHECKING:
    from shared.store import Work


_LACKED = {
    "attendance": ("答辩到场登记", "attendance"),
    "visits": ("现场评审结束", "an end of the visit"),
    "joint_scores": ("合议分", "a joint score"),
    "reports": ("评审报告", "a report"),
}


class ReviewHooks(Hooks):
    """评审: a released panel is waited for (a rehearsal's is drawn when the stage begins), then sheets; scores are made when
    the stage closes.
    """

    def accepted(self, work: Work, cycle: Cycle, entrant: Entrant) -> None:
        conflicts.of_application(work, conductor, cycle, entrant.application_id, entrant.dossier)

    def withdrawn(self, work: Work, cycle: Cycle, application_id: str) -> None:
        conflicts.settle(work, cycle)

    def enter(self, work: Work, cycle: Cycle, stage: Stage, entrants: list[Entrant]) -> None:
        selection.at_entry(work, conductor, cycle, stage, entrants)

    def begin(self, work: Work, cycle: Cycle, stage: Stage, entrants: list[Entrant]) -> date | None:
        if stage.panel is not None and cycle.rehearsal:
            forming.form(work, cycle, stage, entrants)
        elif stage.panel is not None:
            releasing.require_released(work, cycle, stage, entrants)
        if stage.kind == vote.STAGE_KIND:
            return vote.begin(work, cycle, stage, entrants)
        days = stage.working_days
        last = None if days is None else work_calendar().window(work.today(), days).last
        if stage.scoring is not None and not cycle.rehearsal:
            owed.tell(work, cycle, stage.key, last)
        return last

    def better_wait_for(self, work: Work, cycle: Cycle, stage: Stage, entrants: list[Entrant]) -> list[str]:
        if cycle.rehearsal:
            return []
        listed = awaited.each("admission", admission.undecided(work, cycle, stage))
        if stage.panel is None:
            return listed
        panels, seats = releasing.missing_panels(work, cycle, stage, entrants)
        return listed + awaited.each("panels", panels) + awaited.each("seats", seats)

    def waiting_for(self, work: Work, cycle: Cycle, stage: Stage, entrants: list[Entrant]) -> list[str]:
        if stage.kind == vote.STAGE_KIND:
            return awaited.each("vote", vote.waiting_for(work, cycle, stage))
        return [
            *awaited.each("sheets", sheets.waiting_for(work, cycle, stage, entrants)),
            *awaited.each("consensus", consensus.waiting_for(work, cycle, stage, entrants)),
            *_lacking("attendance", timetables.unheard(work, cycle, stage, entrants)),
            *_lacking("visits", planning.unvisited(work, cycle, stage, entrants)),
            *_lacking("joint_scores", _unscored(work, cycle, stage, entrants)),
            *_lacking("reports", reports.missing(work, cycle, stage, entrants)),
            *awaited.each("recusals", conflicts.waiting_for(work, cycle, stage, entrants)),
        ]

    def close(self, work: Work, cycle: Cycle, stage: Stage, entrants: list[Entrant]) -> list[Outcome]:
        if stage.kind == vote.STAGE_KIND:
            return vote.close(work, cycle, stage, entrants)
        reports.lock(work, cycle, stage)
        return results.close(work, cycle, stage, entrants)


def _unscored(work: Work, cycle: Cycle, stage: Stage, entrants: list[Entrant]) -> list[Entrant]:
    """Those without a joint score where it makes the stage's score; a rehearsal without any goes by the sheets."""
    if not results.by_team(cycle, stage):
        return []
    joint = issues.joint_scores(work, cycle, stage)
    return [entrant for entrant in entrants if entrant.application_id not in joint]


def _lacking(what: str, several: list[Entrant]) -> list[str]:
    if not several:
        return []
    zh, en = _LACKED[what]
    numbers = [str(entrant.sequence) for entrant in several[:AT_MOST]]
    more_zh = f" 等 {len(several)} 份" if len(several) > AT_MOST else ""
    text = f"第 {'、'.join(numbers)} 号申报{more_zh}的{zh} / {en} of application no. {', '.join(numbers)}"
    return [awaited.Awaited(text, what)]


conductor = Conductor("review", models.procedure, ReviewHooks())
