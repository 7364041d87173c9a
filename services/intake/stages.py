"""Intake's own stage, the submission, and how intake hears of everybody's stages."""

from __future__ import annotations

import secrets
from datetime import date
from typing import TYPE_CHECKING

from sqlalchemy import bindparam, func, select, update

from services.intake import models, numbering
from services.intake.statuses import Status
from shared.calendar import in_words
from shared.procedure import Conductor, Cycle, Entrant, Hooks, awaited, outcome
from shared.procedure.conductor import Events
from shared.procedure.state import Outcome
from shared.rulebooks import Stage

if TYPE_CHECKING:
    from shared.store import Work


class SubmissionHooks(Hooks):
    """受理: applications are taken until the last day has passed; all that are in then go on."""

    def waiting_for(self, work: Work, cycle: Cycle, stage: Stage, entrants: list[Entrant]) -> list[str]:
        if work.today() <= cycle.closes_on:
            last = in_words(cycle.closes_on)
            return awaited.each(
                "closing_day",
                [f"申报到 {last.zh} 24:00 截止 / the end of {last.en}, the last day for applications"],
            )
        return awaited.each("signatures", _unsigned(work, cycle))

    def close(self, work: Work, cycle: Cycle, stage: Stage, entrants: list[Entrant]) -> list[Outcome]:
        _number(work, cycle, [entrant.application_id for entrant in entrants])
        return [outcome(entrant.application_id, passed=True) for entrant in entrants]

    def closed_on(self, cycle: Cycle, stage: Stage, today: date) -> date:
        """The day that the call named, whenever the office gets to it."""
        return cycle.closes_on


def _unsigned(work: Work, cycle: Cycle) -> list[str]:
    """What was handed in and neither signed for nor corrected: nobody may be left behind by the closing."""
    table, corrections = models.applications, models.corrections
    query = select(table.c.status, func.count(), func.max(corrections.c.due_on)).outerjoin(
        corrections, corrections.c.application_id == table.c.id
    )
    waiting = (Status.SUBMITTED.value, Status.RETURNED.value)
    rows = work.session.execute(
        query.where(table.c.cycle_id == cycle.cycle_id, table.c.status.in_(waiting))
        .group_by(table.c.status)
        .order_by(table.c.status)
    )
    return [
        f"{number} 份申报待签收 / {_some(number)} to be signed for"
        if status == Status.SUBMITTED.value
        else f"{number} 份申报在补正，最晚至 {in_words(due).zh} / {_some(number)} being corrected, until {in_words(due).en}"
        " at the latest"
        for status, number, due in rows
    ]


def _some(number: int) -> str:
    return "1 application" if number == 1 else f"{number} applications"


def _number(work: Work, cycle: Cycle, application_ids: list[str]) -> None:
    """Draw the public numbers. In a rehearsal from a seed that is known before."""
    seed = "rehearsal" if cycle.rehearsal else secrets.token_hex(16)
    table, states = models.applications, models.cycle_states
    drawn = numbering.draw(cycle.year, application_ids, seed)
    if drawn:
        each = update(table).where(table.c.id == bindparam("of")).values(public_number=bindparam("number"))
        work.connection.execute(each, [{"of": name, "number": number} for name, number in drawn.items()])
    work.session.execute(update(states).where(states.c.cycle_id == cycle.cycle_id).values(number_seed=seed))


class OwnTimeline(Events):
    """Tells the others of the submission's end and writes it into intake's own timeline; nobody else needs more."""

    def closed(self, work: Work, cycle_id: str, stage: str, closed_on: date, outcomes: list[Outcome]) -> None:
        from services.intake import progress

        super().closed(work, cycle_id, stage, closed_on, outcomes)
        progress.stage_closed_here(work, cycle_id, stage, closed_on, outcomes)


conductor = Conductor("intake", models.procedure, SubmissionHooks(), announcer=OwnTimeline())
