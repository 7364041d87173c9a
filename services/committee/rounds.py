"""表决 as it runs: ballots opened, cast in secret or openly, counted, and what is put to the vote next."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row, and_, bindparam, delete, func, select, update
from sqlalchemy.exc import IntegrityError

from services.committee import attendance, ballots, boxes, meetings, models, reasons, results, slips
from services.committee.ballots import Tally
from services.committee.choices import checked
from services.committee.proposals import Standing
from services.committee.statuses import Ballot, Meeting, before
from shared.contracts.operations import MEMBER
from shared.problems import Conflict, Forbidden, invalid_field, invalid_fields
from shared.procedure import Conductor, Cycle, Entrant, tasks
from shared.store import Work

_ROUNDS, _TALLIES, _ROLL = models.rounds, models.tallies, models.roll


def convene(work: Work, conductor: Conductor, data: dict[str, Any]) -> dict[str, Any]:
    """The office calls the meeting."""
    meetings.convene(work, conductor, data)
    return state(work, conductor, conductor.cycle(work, data["cycle_id"]))


def propose(work: Work, conductor: Conductor, data: dict[str, Any]) -> dict[str, Any]:
    """The office proposes; a first ballot that is open and untouched is drawn up anew."""
    meetings.propose(work, conductor, data)
    cycle = conductor.cycle(work, data["cycle_id"])
    if meetings.require(work, cycle).state == Meeting.VOTING:
        for table in (_TALLIES, _ROUNDS, models.seats):
            work.session.execute(delete(table).where(table.c.cycle_id == cycle.cycle_id))
        _open_next(work, conductor, cycle)
    return state(work, conductor, cycle)


def begin(work: Work, conductor: Conductor, cycle: Cycle, entering: list[Entrant]) -> None:
    """The stage begins with the first ballot. Raises Blocked where there is no quorum."""
    meetings.freeze(work, cycle, entering)
    meetings.move(work, cycle, Meeting.VOTING)
    _open_next(work, conductor, cycle)


def proposal(work: Work, conductor: Conductor, data: dict[str, Any]) -> dict[str, Any]:
    """What is put before the committee and why it leaves the order of rank; a member sees that of its own meeting."""
    cycle = conductor.cycle(work, data["cycle_id"])
    meetings.require_of_meeting(work, cycle)
    found = meetings.meeting(work, cycle)
    known = meetings.standing_candidates(cycle, meetings.entrants(work, conductor, cycle))
    rows = meetings.candidates(work, cycle)
    proposed = {a: row.proposed_level for a, row in rows.items() if row.proposed_level and a in known}
    return {
        "cycle_id": cycle.cycle_id,
        "by_office": found is not None and found.proposed_by_office,
        "candidates": meetings.lines(cycle, known, proposed),
        "deviations": reasons.kept(work, cycle),
        "entrants": meetings.all_lines(cycle, known),
    }


def current(work: Work, conductor: Conductor, data: dict[str, Any]) -> dict[str, Any]:
    """The open ballot or the last one; a member sees the meeting that it belongs to."""
    cycle = conductor.cycle(work, data["cycle_id"])
    meetings.require_of_meeting(work, cycle)
    return state(work, conductor, cycle)


def cast(work: Work, conductor: Conductor, data: dict[str, Any]) -> dict[str, Any]:
    """A member present votes once on every candidate from which it does not stand aside. Of a secret ballot nothing that is
    written can be put together with who wrote it.
    """
    cycle = _locked(work, conductor, data)  # one ballot at a time, and none while they are counted
    last = _last(work, cycle)
    if last is None or last.state != Ballot.OPEN or last.number != data["number"]:
        raise Conflict(f"第 {data['number']} 轮表决未在进行", f"ballot {data['number']} is not open")
    member = work.context.actor
    if member not in attendance.voters(work, cycle, last.number):
        raise Forbidden(
            "只有本轮表决开始时到会的委员可以投票", "only members vote who were present at its opening"
        )
    secret = cycle.rulebook.votes.ballots == "secret"
    if secret and data["nonce"] is None and not cycle.rehearsal:
        raise invalid_field(
            "nonce", "必填：请生成并自行保存随机数", "has to be given: draw a random number, and keep it"
        )
    choices = _choices(work, conductor, cycle, last.number, member, data["choices"])
    try:
        with work.session.begin_nested():
            key = {"cycle_id": cycle.cycle_id, "number": last.number, "member": member}
            work.session.execute(_ROLL.insert().values(**key))
    except IntegrityError:
        raise Conflict("您已投票，不能更改", "your ballot is in and cannot be changed") from None
    if secret:
        boxes.put(work, cycle, last.number, choices, data["nonce"])
    else:
        boxes.put_openly(work, cycle, last.number, member, choices)
    # Of a secret ballot no digest and no word of the caller's own: either could give the choice away.
    work.audit(
        "ballot:cast", f"{cycle.cycle_id}/{last.number}", after={"choices": choices}, reason="",
        cycle_id=cycle.cycle_id, secret=secret,
    )  # fmt: skip
    return {"number": last.number, "taken_at": work.now()}


def close_round(work: Work, conductor: Conductor, data: dict[str, Any]) -> dict[str, Any]:
    """The office ends the open ballot when all who may cast it have: counted, and the next one opened where one follows."""
    cycle = _locked(work, conductor, data)
    last = _opened(work, cycle)
    voters = attendance.voters(work, cycle, last.number)
    least = meetings.here(work, cycle).quorum
    if len(voters) < least:
        raise Conflict(
            f"参加表决的委员 {len(voters)} 名，不足法定人数 {least} 名：等候委员返回，或作废本轮表决",
            f"{len(voters)} members vote, the quorum is {least}: wait for those who went, or void the ballot",
            code="no_quorum",
        )
    if len(voters) > cast_in(work, cycle, last.number):  # how many are missing would be the turnout
        raise Conflict(
            "尚有到会委员未投票", "not all members who are present have voted", code="votes_outstanding"
        )
    digest = boxes.digest_of(work, cycle, last.number)
    _move(work, cycle, last.number, Ballot.COUNTED, slips_digest=digest)
    _write_counters(work, cycle, last.number)
    subject = f"{cycle.cycle_id}/{last.number}"
    work.audit("ballot:closed", subject, after={"slips": digest}, cycle_id=cycle.cycle_id)
    _count(work, conductor, cycle, last.repeats or last.number)
    return state(work, conductor, cycle)


def void_round(work: Work, conductor: Conductor, data: dict[str, Any]) -> dict[str, Any]:
    """The office voids the open ballot, which has lost its quorum; its slips are destroyed, and the same candidates are put to
    a new one when there is a quorum again.
    """
    cycle = _locked(work, conductor, data)
    last = _opened(work, cycle)
    if len(attendance.voters(work, cycle, last.number)) >= meetings.here(work, cycle).quorum:
        raise Conflict("本轮表决仍有法定人数，不能作废", "the ballot has its quorum and cannot be voided")
    _move(work, cycle, last.number, Ballot.VOID, void_reason=data["reason"])
    boxes.empty(work, cycle, last.number)
    subject = f"{cycle.cycle_id}/{last.number}"
    work.audit("ballot:voided", subject, reason=data["reason"], cycle_id=cycle.cycle_id)
    return state(work, conductor, cycle)


def open_round(work: Work, conductor: Conductor, data: dict[str, Any]) -> dict[str, Any]:
    """The office opens what comes next: where the quorum was missing when the ballot before was over, or was lost in it."""
    cycle = _locked(work, conductor, data)
    last = _last(work, cycle)
    if meetings.require(work, cycle).state != Meeting.VOTING or (
        last is not None and last.state == Ballot.OPEN
    ):
        raise Conflict("目前不能开始下一轮表决", "no ballot is to be opened now")
    there = meetings.here(work, cycle)
    if not there.quorate:
        raise Conflict(there.zh, there.en, code="no_quorum")
    query = (
        select(_ROUNDS)
        .where(_ROUNDS.c.cycle_id == cycle.cycle_id, _ROUNDS.c.state == Ballot.COUNTED)
        .order_by(_ROUNDS.c.number.desc())
    )
    counted = work.session.execute(query.limit(1)).one_or_none()
    base = None if counted is None else counted.repeats or counted.number
    if base is not None and not results.settled(work, cycle, base):
        _count(work, conductor, cycle, base)
    else:
        _open_next(work, conductor, cycle)
    return state(work, conductor, cycle)


def finished(work: Work, cycle: Cycle) -> bool:
    """Whether nothing is put to the vote any more."""
    found = meetings.meeting(work, cycle)
    return found is not None and found.state == Meeting.FINISHED


def state(work: Work, conductor: Conductor, cycle: Cycle) -> dict[str, Any]:
    """The reply `Round`."""
    last = _last(work, cycle)
    names = meetings.members(work, cycle)
    known = meetings.standing_candidates(cycle, meetings.entrants(work, conductor, cycle))
    if last is None:
        levels = {
            a: row.proposed_level for a, row in meetings.candidates(work, cycle).items() if row.proposed_level
        }
        name = "none"
    else:
        levels = {row.application_id: row.level for row in standing_in(work, cycle, last.number)}
        name = "open" if last.state == Ballot.OPEN else "closed"
    if finished(work, cycle):
        name = "finished"
    opened = last if name == "open" else None
    own = work.context.actor if opened is not None and work.context.role == MEMBER else None
    return {
        "cycle_id": cycle.cycle_id,
        "number": 0 if last is None else last.number,
        "state": name,
        "members": len(names),
        "chair": meetings.chair(work, cycle),
        "quorum": ballots.quorum(cycle.rulebook.votes, len(names)),
        "present": [name for name, here in names.items() if here],
        "voters": [] if opened is None else sorted(attendance.voters(work, cycle, opened.number)),
        "candidates": meetings.lines(cycle, known, levels),
        "cast": None if opened is not None or last is None else cast_in(work, cycle, last.number),
        "voted": None if own is None or opened is None else _has_cast(work, cycle, opened.number, own),
        "aside": []
        if own is None or opened is None
        else sorted(attendance.aside(work, cycle, opened.number).get(own, ())),
    }


def listed(work: Work, cycle: Cycle) -> list[Row[Any]]:
    """Every ballot, in order."""
    query = select(_ROUNDS).where(_ROUNDS.c.cycle_id == cycle.cycle_id).order_by(_ROUNDS.c.number)
    return list(work.session.execute(query))


def standing_in(work: Work, cycle: Cycle, number: int) -> list[Row[Any]]:
    """Who stands for what in a ballot, with the counters that it brought."""
    return list(work.session.execute(select(_TALLIES).where(_of(_TALLIES, cycle, number))))


def cast_in(work: Work, cycle: Cycle, number: int) -> int:
    """How many have cast a ballot."""
    return work.session.execute(
        select(func.count()).select_from(_ROLL).where(_of(_ROLL, cycle, number))
    ).scalar_one()


def counts(work: Work, cycle: Cycle, number: int) -> dict[str, Tally]:
    """The counters of every candidate of a ballot, from what lies in its boxes and from who stood aside."""
    contents = boxes.contents(work, cycle, number)
    aside = attendance.aside(work, cycle, number)
    cast = set(work.session.execute(select(_ROLL.c.member).where(_of(_ROLL, cycle, number))).scalars())
    return {
        row.application_id: slips.counted(
            contents.get(row.application_id, ()),
            sum(row.application_id in aside.get(member, ()) for member in cast),
        )
        for row in standing_in(work, cycle, number)
    }


def tally_of(row: Row[Any]) -> Tally:
    """The counters of a row of tallies or results."""
    return Tally(row.votes_for, row.votes_against, row.abstained, row.recused)


# --- how ----------------------------------------------------------------------------------------------------------


def _locked(work: Work, conductor: Conductor, data: dict[str, Any]) -> Cycle:
    conductor.records.cycle(work, data["cycle_id"], lock=True)
    return conductor.cycle(work, data["cycle_id"])


def _opened(work: Work, cycle: Cycle) -> Row[Any]:
    last = _last(work, cycle)
    if last is None or last.state != Ballot.OPEN:
        raise Conflict("没有正在进行的表决", "no ballot is open")
    return last


def _has_cast(work: Work, cycle: Cycle, number: int, member: str) -> bool:
    this = select(_ROLL.c.member).where(_of(_ROLL, cycle, number), _ROLL.c.member == member)
    return work.session.execute(this).first() is not None


def _move(work: Work, cycle: Cycle, number: int, state: Ballot, **columns: Any) -> None:
    this = and_(_of(_ROUNDS, cycle, number), _ROUNDS.c.state.in_(before(state)))
    done = work.session.execute(update(_ROUNDS).where(this).values(state=state.value, **columns))
    if not getattr(done, "rowcount", 0):
        raise Conflict("表决当前状态不允许", "the ballot's state does not allow it")


def _count(work: Work, conductor: Conductor, cycle: Cycle, number: int) -> None:
    """Decide ballot `number` with its repetitions so far; equal ones at the edge vote again."""
    candidates = meetings.standing_candidates(cycle, meetings.entrants(work, conductor, cycle))
    rows = [row for row in standing_in(work, cycle, number) if row.application_id in candidates]
    standing = {row.application_id: row.level for row in rows}
    repeats = _repeats(work, cycle, number)
    decided = ballots.decide(
        cycle.rulebook,
        candidates,
        standing,
        {row.application_id: tally_of(row) for row in rows},
        len(attendance.voters(work, cycle, number)),
        results.taken(work, cycle, candidates),
        again=list(repeats.values()),
        rehearsal=cycle.rehearsal,
    )
    if decided.tied:
        tied = {a: level for a, level in standing.items() if a in decided.tied}
        _open(work, cycle, tied, repeats=number)
        return
    results.keep(work, cycle, number, candidates, list(decided.decisions), repeats)
    ahead = {a: row.stands_for for a, row in meetings.candidates(work, cycle).items() if row.stands_for}
    left = {a: level for a, level in ahead.items() if a in candidates}
    meetings.stand(work, cycle, ballots.standing_after(cycle.rulebook, candidates, left, decided.decisions))
    _open_next(work, conductor, cycle)


def _open_next(work: Work, conductor: Conductor, cycle: Cycle) -> None:
    here = {e.application_id for e in meetings.entrants(work, conductor, cycle)}
    rows = meetings.candidates(work, cycle).items()
    standing = {a: row.stands_for for a, row in rows if row.stands_for and a in here}
    these = ballots.in_this_round(cycle.rulebook, standing)
    if these:
        _open(work, cycle, these, repeats=None)
    else:
        meetings.move(work, cycle, Meeting.FINISHED)
        work.audit("committee:finished", cycle.cycle_id, cycle_id=cycle.cycle_id)


def _open(work: Work, cycle: Cycle, standing: Standing, *, repeats: int | None) -> None:
    """Open a ballot among those present; without a quorum nothing is opened, and the office does it later."""
    if not meetings.here(work, cycle).quorate:
        return
    last = _last(work, cycle)
    number = 1 if last is None else last.number + 1
    key = {"cycle_id": cycle.cycle_id, "number": number}
    work.session.execute(_ROUNDS.insert().values(**key, state=Ballot.OPEN.value, repeats=repeats))
    nothing = {"votes_for": 0, "votes_against": 0, "abstained": 0, "recused": 0}
    work.session.execute(
        _TALLIES.insert(),
        [{**key, "application_id": a, "level": level, **nothing} for a, level in sorted(standing.items())],
    )
    attendance.seat(work, cycle, number)
    # To all who may vote at one instant; who of them has is told to nobody.
    voters = attendance.voters(work, cycle, number)
    tasks.waits(work, cycle, "ballot_opened", f"ballot/{number}", people=voters)
    work.audit(
        "ballot:opened", f"{cycle.cycle_id}/{number}", after={"standing": standing, "repeats": repeats},
        cycle_id=cycle.cycle_id,
    )  # fmt: skip


def _write_counters(work: Work, cycle: Cycle, number: int) -> None:
    """What lies in the boxes, counted: in one statement for all candidates."""
    columns = ("votes_for", "votes_against", "abstained", "recused")
    this = and_(_of(_TALLIES, cycle, number), _TALLIES.c.application_id == bindparam("of"))
    values: dict[str, Any] = {name: bindparam(f"now_{name}") for name in columns}
    rows = [
        {"of": application, **{f"now_{name}": getattr(tally, name) for name in columns}}
        for application, tally in counts(work, cycle, number).items()
    ]
    if rows:
        work.connection.execute(update(_TALLIES).where(this).values(**values), rows)


def _choices(
    work: Work, conductor: Conductor, cycle: Cycle, number: int, member: str, given: list[dict[str, Any]]
) -> dict[str, str]:
    """One choice for every candidate of the ballot; one withdrawn since may be answered and is not counted."""
    aside = attendance.aside(work, cycle, number)[member]
    asked = select(_TALLIES.c.application_id).where(_of(_TALLIES, cycle, number))
    choices, errors = checked(
        given,
        asked=set(work.session.execute(asked).scalars()),
        here=meetings.present_entrants(work, conductor, cycle),
        aside=aside,
        undeclared=cycle.rehearsal,
    )
    if errors:
        raise invalid_fields(errors)
    return choices


def _of(table: Any, cycle: Cycle, number: int) -> Any:
    return and_(table.c.cycle_id == cycle.cycle_id, table.c.number == number)


def _last(work: Work, cycle: Cycle) -> Row[Any] | None:
    query = select(_ROUNDS).where(_ROUNDS.c.cycle_id == cycle.cycle_id).order_by(_ROUNDS.c.number.desc())
    return work.session.execute(query.limit(1)).one_or_none()


def _repeats(work: Work, cycle: Cycle, number: int) -> dict[int, dict[str, Tally]]:
    """The counts of the second ballots of a ballot, in their order."""
    this = and_(
        _ROUNDS.c.cycle_id == cycle.cycle_id,
        _ROUNDS.c.repeats == number,
        _ROUNDS.c.state == Ballot.COUNTED,
    )
    numbers = work.session.execute(select(_ROUNDS.c.number).where(this).order_by(_ROUNDS.c.number)).scalars()
    return {
        again: {row.application_id: tally_of(row) for row in standing_in(work, cycle, again)}
        for again in numbers
    }
