"""回避: which member stands aside from which application, and on which ground."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from sqlalchemy import and_, select
from sqlalchemy.exc import IntegrityError

from services.committee import meetings, models
from services.committee.statuses import Ballot, Meeting
from shared.contracts.operations import MEMBER
from shared.problems import Conflict, Forbidden, invalid_field
from shared.procedure import Conductor, Cycle
from shared.rulebooks import Rulebook
from shared.store import Work

_RECUSALS = models.recusals


def declare(work: Work, conductor: Conductor, data: dict[str, Any]) -> None:
    """A member stands aside, or the office enters it for one: before the ballot on that application is open."""
    conductor.records.cycle(work, data["cycle_id"], lock=True)
    cycle = conductor.cycle(work, data["cycle_id"])
    member = _whose(work, data["member"])
    meeting = meetings.require(work, cycle)
    meetings.require_member(work, cycle, member)
    if meeting.state == Meeting.FINISHED:
        raise Conflict("表决已经结束", "the ballots are over")
    if data["ground"] not in grounds(cycle.rulebook):
        raise invalid_field("ground", "不是委员的回避情形", "no ground on which a member stands aside")
    application = data["application_id"]
    if application not in {e.application_id for e in meetings.entrants(work, conductor, cycle)}:
        raise invalid_field("application_id", "不是候选申报", "not before the committee")
    if _being_voted_on(work, cycle, application):
        raise Conflict(
            "该申报正在表决，回避须在表决开始前申请",
            "it is being voted on: standing aside is declared before the ballot opens",
            code="ballot_open",
        )
    row = {
        "cycle_id": cycle.cycle_id, "member": member, "application_id": application, "ground": data["ground"],
        "detail": data["detail"], "declared_by": work.by, "declared_at": work.now(),
    }  # fmt: skip
    try:
        with work.session.begin_nested():
            work.session.execute(_RECUSALS.insert().values(**row))
    except IntegrityError:
        raise Conflict("已经回避", "stands aside already") from None
    subject = f"{cycle.cycle_id}/{application}"
    # What ties a member to an applicant is its own affair: it is encrypted in the row, and no reason in the log.
    work.audit("recusal:declared", subject, after=row, reason=data["ground"], cycle_id=cycle.cycle_id)


def grounds(rulebook: Rulebook) -> frozenset[str]:
    """The grounds on which the rulebook keeps a member from a vote."""
    return frozenset(each.ground for each in rulebook.recusal if "member" in each.applies_to)


def declared(work: Work, cycle: Cycle) -> dict[str, set[str]]:
    """Who stands aside, by application."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    for row in rows(work, cycle):
        found[row.application_id].add(row.member)
    return found


def rows(work: Work, cycle: Cycle) -> list[Any]:
    """All recusals of the meeting, by application and member."""
    query = select(_RECUSALS).where(_RECUSALS.c.cycle_id == cycle.cycle_id)
    return list(work.session.execute(query.order_by(_RECUSALS.c.application_id, _RECUSALS.c.member)))


def _whose(work: Work, member: str | None) -> str:
    if work.context.role == MEMBER:
        if member not in (None, work.context.actor):
            raise Forbidden("委员只能为自己申请回避", "a member declares for itself alone")
        return work.context.actor
    if member is None:
        raise invalid_field("member", "必填", "has to be given")
    return member


def _being_voted_on(work: Work, cycle: Cycle, application: str) -> bool:
    rounds, tallies = models.rounds, models.tallies
    query = (
        select(tallies.c.number)
        .join(rounds, and_(rounds.c.cycle_id == tallies.c.cycle_id, rounds.c.number == tallies.c.number))
        .where(tallies.c.cycle_id == cycle.cycle_id, tallies.c.application_id == application)
        .where(rounds.c.state == Ballot.OPEN)
    )
    return work.session.execute(query).first() is not None
