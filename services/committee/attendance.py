"""到会: who came to the meeting and went, who takes the chair, and who may cast a ballot."""

from __future__ import annotations

from typing import Any

from sqlalchemy import and_, select, update

from services.committee import meetings, models, recusals
from services.committee.ballots import quorum
from services.committee.statuses import Ballot, Meeting, Presence, before
from shared.contracts.operations import MEMBER
from shared.problems import Conflict, invalid_field
from shared.procedure import Conductor, Cycle
from shared.store import Work

_MEMBERS, _ATTENDANCE, _SEATS = models.members, models.attendance, models.seats
_ROUNDS, _ROLL = models.rounds, models.roll
_EVENTS = {"came": Presence.HERE, "left": Presence.AWAY}


def record(work: Work, conductor: Conductor, data: dict[str, Any]) -> dict[str, Any]:
    """The office records that a member comes or goes, now. Conflict where it is there, or away, already.

    One who goes without having cast the open ballot leaves its count; if it comes back while it is open, it is in again.
    """
    conductor.records.cycle(work, data["cycle_id"], lock=True)
    cycle = conductor.cycle(work, data["cycle_id"])
    if meetings.require(work, cycle).state == Meeting.FINISHED:
        raise Conflict("表决已经结束", "the ballots are over")
    member = data["member"]
    meetings.require_member(work, cycle, member)
    to = _EVENTS[data["event"]]
    mode = data["mode"] if to is Presence.HERE else None
    if mode is not None and mode not in cycle.rulebook.votes.attendance:
        raise invalid_field(
            "mode", "本办法不允许以此方式参加", "the rulebook does not let members take part so"
        )
    here = to is Presence.HERE
    this = and_(
        _MEMBERS.c.cycle_id == cycle.cycle_id,
        _MEMBERS.c.member == member,
        _MEMBERS.c.present.in_([state == Presence.HERE for state in before(to)]),
    )
    done = work.session.execute(update(_MEMBERS).where(this).values(present=here, mode=mode))
    if not getattr(done, "rowcount", 0):
        raise Conflict(
            "该委员已经到会" if here else "该委员未到会", "is present already" if here else "is not present"
        )
    row = {
        "id": work.new_id(), "cycle_id": cycle.cycle_id, "member": member, "event": data["event"], "mode": mode,
        "at": work.now(), "recorded_by": work.by,
    }  # fmt: skip
    work.session.execute(_ATTENDANCE.insert().values(**row))
    _strike(work, cycle, member, left=not here)
    work.audit(f"member:{data['event']}", f"{cycle.cycle_id}/{member}", after=row, cycle_id=cycle.cycle_id)
    return state(work, cycle)


def appoint_chair(work: Work, conductor: Conductor, data: dict[str, Any]) -> dict[str, Any]:
    """Another member takes the chair; the reason stays in the audit log. Once the ballots have begun it is one who came."""
    conductor.records.cycle(work, data["cycle_id"], lock=True)
    cycle = conductor.cycle(work, data["cycle_id"])
    meeting = meetings.require(work, cycle)
    meetings.require_member(work, cycle, data["member"])
    if meeting.state != Meeting.CONVENED and data["member"] not in attended(work, cycle):
        raise invalid_field("member", "未到会的委员不能主持", "did not come to the meeting")
    this = _MEMBERS.c.cycle_id == cycle.cycle_id
    old = meetings.chair(work, cycle)
    work.session.execute(update(_MEMBERS).where(this).values(chair=_MEMBERS.c.member == data["member"]))
    work.audit(
        "committee:chair_appointed", cycle.cycle_id, before={"chair": old}, after={"chair": data["member"]},
        reason=data["reason"], cycle_id=cycle.cycle_id,
    )  # fmt: skip
    return state(work, cycle)


def declare_recusal(work: Work, conductor: Conductor, data: dict[str, Any]) -> dict[str, Any]:
    """A member stands aside from an application."""
    recusals.declare(work, conductor, data)
    return state(work, conductor.cycle(work, data["cycle_id"]))


def listed(work: Work, conductor: Conductor, data: dict[str, Any]) -> dict[str, Any]:
    """Who is there and who stands aside; a member sees the meeting that it belongs to."""
    cycle = conductor.cycle(work, data["cycle_id"])
    meetings.require_of_meeting(work, cycle)
    return state(work, cycle)


def state(work: Work, cycle: Cycle) -> dict[str, Any]:
    """The reply `MeetingAttendance`."""
    query = select(_MEMBERS).where(_MEMBERS.c.cycle_id == cycle.cycle_id).order_by(_MEMBERS.c.member)
    members = work.session.execute(query).all()
    own = work.context.actor if work.context.role == MEMBER else None
    return {
        "cycle_id": cycle.cycle_id,
        "quorum": quorum(cycle.rulebook.votes, len(members)),
        "members": [
            {"member": m.member, "chair": m.chair, "present": m.present, "mode": m.mode} for m in members
        ],
        "events": events(work, cycle),
        "recusals": [
            {name: getattr(row, name) for name in _RECUSAL_FIELDS}
            for row in recusals.rows(work, cycle)
            if own in (None, row.member)
        ],
    }


def events(work: Work, cycle: Cycle) -> list[dict[str, Any]]:
    """Every coming and going, in order."""
    query = select(_ATTENDANCE).where(_ATTENDANCE.c.cycle_id == cycle.cycle_id)
    names = ("member", "event", "mode", "at", "recorded_by")
    return [
        {name: getattr(row, name) for name in names}
        for row in work.session.execute(query.order_by(_ATTENDANCE.c.at, _ATTENDANCE.c.id))
    ]


def attended(work: Work, cycle: Cycle) -> set[str]:
    """Who is there, or came and has gone."""
    there = {member for member, here in meetings.members(work, cycle).items() if here}
    return there | {each["member"] for each in events(work, cycle)}


def seat(work: Work, cycle: Cycle, number: int) -> None:
    """A ballot is opened: those present may cast it, and nobody else; what they declared until now holds in it."""
    declared = recusals.declared(work, cycle)
    rows = [
        {
            "cycle_id": cycle.cycle_id, "number": number, "member": member, "left": False,
            "aside": sorted(a for a, members in declared.items() if member in members),
        }
        for member, here in meetings.members(work, cycle).items()
        if here
    ]  # fmt: skip
    if rows:
        work.session.execute(_SEATS.insert(), rows)


def voters(work: Work, cycle: Cycle, number: int) -> set[str]:
    """Who may cast a ballot: present when it was opened, and not gone since without having cast."""
    this = and_(_SEATS.c.cycle_id == cycle.cycle_id, _SEATS.c.number == number, ~_SEATS.c.left)
    return set(work.session.execute(select(_SEATS.c.member).where(this)).scalars())


def aside(work: Work, cycle: Cycle, number: int) -> dict[str, set[str]]:
    """By member, from which applications it stands aside in a ballot."""
    this = and_(_SEATS.c.cycle_id == cycle.cycle_id, _SEATS.c.number == number)
    rows = work.session.execute(select(_SEATS.c.member, _SEATS.c.aside).where(this))
    return {row.member: set(row.aside) for row in rows}


_RECUSAL_FIELDS = ("member", "application_id", "ground", "detail", "declared_by", "declared_at")


def _strike(work: Work, cycle: Cycle, member: str, *, left: bool) -> None:
    """From the ballots that are open and that the member has not cast."""
    opened = select(_ROUNDS.c.number).where(
        and_(_ROUNDS.c.cycle_id == cycle.cycle_id, _ROUNDS.c.state == Ballot.OPEN)
    )
    cast = select(_ROLL.c.number).where(
        and_(_ROLL.c.cycle_id == cycle.cycle_id, _ROLL.c.member == member)
    )  # fmt: skip
    this = and_(
        _SEATS.c.cycle_id == cycle.cycle_id,
        _SEATS.c.member == member,
        _SEATS.c.number.in_(opened),
        _SEATS.c.number.not_in(cast),
    )
    work.session.execute(update(_SEATS).where(this).values(left=left))
