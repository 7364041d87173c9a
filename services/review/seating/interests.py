"""What seating asks of the registers: who may serve, who is kept from what; and what it tells them. Everything here is one
question to recusal or to the register, so that how they answer is theirs.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import ColumnElement, and_

from services.review import conflicts, experts, models, register
from services.review.conditions import withdrawn
from services.review.conflicts import statements
from services.review.conflicts.recusals import Reviewer, kept_from
from shared.calendar import Window
from shared.procedure import Cycle, Entrant
from shared.store import Work

_ASSIGNMENTS = models.assignments


def pool(work: Work, cycle: Cycle, days: Window, seated: Collection[str] = ()) -> list[Reviewer]:
    """Those of the cycle's pool who may serve on these days: in a real cycle those whose yearly declaration is in force, who
    said of none of the days that they are away and who have not left the register. `seated` are of it whatever they said.
    """
    pool = experts.reviewers(work, cycle)
    if cycle.rehearsal:
        return pool
    able = able_to_serve(work, cycle, days, [each.expert_id for each in pool])
    return [each for each in pool if each.expert_id in able or each.expert_id in seated]


def able_to_serve(work: Work, cycle: Cycle, days: Window, expert_ids: Collection[str]) -> frozenset[str]:
    """Those of the experts of a real cycle to whom work may be given on these days."""
    may = register.in_force(work, cycle.world, expert_ids, work.today())
    away = register.absent(work, cycle.world, days.first, days.last)
    return may - away - register.retired(work, cycle.world)


def kept(work: Work, cycle: Cycle, entrants: Sequence[Entrant]) -> Mapping[str, frozenset[str]]:
    """By expert: the applications that it is kept from, as known now."""
    return kept_from(conflicts.recusals(work, cycle, entrants))


def free() -> ColumnElement[bool]:
    """The condition on assignments that leaves out what their expert is kept from, and what was withdrawn."""
    return and_(conflicts.free(_ASSIGNMENTS), ~withdrawn(_ASSIGNMENTS))


def declare(work: Work, cycle: Cycle, application_id: str, relation: str, reason: str) -> None:
    """An expert who declines says what binds it to the applicant: it is kept from that application from now on."""
    statements.declined(work, cycle, application_id, relation, reason)
