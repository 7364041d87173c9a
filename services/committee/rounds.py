"""表决 as it runs: ballots opened, cast in secret, counted, and the results."""

from __future__ import annotations

from collections import Counter
from typing import Any

from sqlalchemy import Row, and_, delete, func, select, update
from sqlalchemy.exc import IntegrityError

from services.committee import ballots, meetings, models, reasons
from services.committee.ballots import Decision, Tally
from services.committee.candidates import Candidate
from services.committee.places import Taken
from services.committee.proposals import Standing, why_not_proposed
from services.committee.statuses import Ballot, Meeting, before
from shared.contracts.operations import MEMBER
from shared.problems import Conflict, Forbidden, NotFound, invalid_field
from shared.procedure import Conductor, Cycle, Entrant, outcome
from shared.procedure.state import Outcome
from shared.store import Work

_ROUNDS, _TALLIES, _ROLL, _RESULTS = models.rounds, models.tallies, models.roll, models.results
_COUNTERS = {
    "for": _TALLIES.c.votes_for,
    "against": _TALLIES.c.votes_against,
    "abstain": _TALLIES.c.abstained,
    "recused": _TALLIES.c.recused,
}


def convene(work: Work, conductor: Conductor, data: dict[str, Any]) -> dict[str, Any]:
    """The office calls the meeting."""
    meetings.convene(work, conductor, data)
    return state(work, conductor, conductor.cycle(work, data["cycle_id"]))


def propose(work: Work, conductor: Conductor, data: dict[str, Any]) -> dict[str, Any]:
    """The office proposes; a first ballot that is open and untouched is drawn up anew."""
    meetings.propose(work, conductor, data)
    cycle = conductor.cycle(work, data["cycle_id"])
    if _last(work, cycle) is not None:
        for table in (_TALLIES, _ROUNDS):
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
    _require_of_meeting(work, cycle)
    found = meetings.meeting(work, cycle)
    known = meetings.standing_candidates(cycle, meetings.entrants(work, conductor, cycle))
    rows = meetings.candidates(work, cycle)
    proposed = {a: row.proposed_level for a, row in rows.items() if row.proposed_level and a in known}
    shown = sorted(
        proposed, key=lambda a: (cycle.rulebook.level(proposed[a]).rank, known[a].track, *known[a].rank)
    )
    return {
        "cycle_id": cycle.cycle_id,
        "by_office": found is not None and found.proposed_by_office,
        "candidates": [_line(known[a], proposed[a]) for a in shown],
        "deviations": reasons.kept(work, cycle),
    }


def current(work: Work, conductor: Conductor, data: dict[str, Any]) -> dict[str, Any]:
    """The open ballot or the last one; a member sees the meeting that it belongs to."""
    cycle = conductor.cycle(work, data["cycle_id"])
    _require_of_meeting(work, cycle)
    return state(work, conductor, cycle)


def cast(work: Work, conductor: Conductor, data: dict[str, Any]) -> dict[str, Any]:
    """A member present votes once on every candidate. What is written cannot be put together with who wrote it."""
    conductor.records.cycle(
        work, data["cycle_id"], lock=True
    )  # one ballot at a time, and none while they are counted
    cycle = conductor.cycle(work, data["cycle_id"])
    last = _last(work, cycle)
    if last is None or last.state != Ballot.OPEN or last.number != data["number"]:
        raise Conflict(f"第 {data['number']} 轮表决未在进行", f"ballot {data['number']} is not open")
    if not meetings.members(work, cycle).get(work.context.actor, False):
        raise Forbidden("只有到会委员可以投票", "only members who are present vote")
    choices = _choices(work, conductor, cycle, last.number, data["choices"])
    try:
        with work.session.begin_nested():
            key = {"cycle_id": cycle.cycle_id, "number": last.number, "member": work.context.actor}
            work.session.execute(_ROLL.insert().values(**key))
    except IntegrityError:
        raise Conflict("您已投票，不能更改", "your ballot is in and cannot be changed") from None
    for choice, counter in _COUNTERS.items():
        these = [a for a, chosen in choices.items() if chosen == choice]
        this = and_(_of(_TALLIES, cycle, last.number), _TALLIES.c.application_id.in_(these))
        work.session.execute(update(_TALLIES).where(this).values({counter: counter + 1}))
    # No digest and no word of the caller's own: either could give the choice away.
    work.audit(
        "ballot:cast", f"{cycle.cycle_id}/{last.number}", reason="", cycle_id=cycle.cycle_id, secret=True
    )
    return {"number": last.number, "cast": _cast(work, cycle, last.number)}


def close_round(work: Work, conductor: Conductor, data: dict[str, Any]) -> dict[str, Any]:
    """The office ends the open ballot when all present have cast: counted, and the next one opened where one follows."""
    conductor.records.cycle(work, data["cycle_id"], lock=True)
    cycle = conductor.cycle(work, data["cycle_id"])
    last = _last(work, cycle)
    if last is None or last.state != Ballot.OPEN:
        raise Conflict("没有正在进行的表决", "no ballot is open")
    present = sum(meetings.members(work, cycle).values())
    missing = present - _cast(work, cycle, last.number)
    if missing:
        raise Conflict(
            f"尚有 {missing} 名到会委员未投票", f"{missing} members who are present have not voted"
        )
    this = and_(_of(_ROUNDS, cycle, last.number), _ROUNDS.c.state.in_(before(Ballot.COUNTED)))
    work.session.execute(update(_ROUNDS).where(this).values(state=Ballot.COUNTED.value))
    _count(work, conductor, cycle, last.repeats or last.number, present)
    return state(work, conductor, cycle)


def votes(work: Work, conductor: Conductor, data: dict[str, Any]) -> dict[str, Any]:
    """The counted ballots, by round and level."""
    cycle = conductor.cycle(work, data["cycle_id"])
    rows = work.session.execute(select(_RESULTS).where(_RESULTS.c.cycle_id == cycle.cycle_id)).all()
    order = sorted(
        rows, key=lambda r: (r.round, cycle.rulebook.level(r.level).rank, r.track, r.application_id)
    )
    names = [column.name for column in _RESULTS.columns if column.name != "cycle_id"]
    return {"results": [{name: getattr(row, name) for name in names} for row in order]}


def waiting_for(work: Work, cycle: Cycle) -> list[str]:
    """The ballots must be over before the stage may close."""
    found = meetings.meeting(work, cycle)
    if found is not None and found.state == Meeting.FINISHED:
        return []
    return ["表决结束 / the end of the ballots"]


def close(work: Work, cycle: Cycle, stage: str, entering: list[Entrant]) -> list[Outcome]:
    """Who won what, and why the others did not."""
    found = meetings.meeting(work, cycle)
    candidates = meetings.standing_candidates(cycle, entering)
    last: dict[str, Row[Any]] = {}
    query = select(_RESULTS).where(_RESULTS.c.cycle_id == cycle.cycle_id).order_by(_RESULTS.c.round)
    for row in work.session.execute(query):
        last[row.application_id] = row
    lines = []
    for entrant in entering:
        result = last.get(entrant.application_id)
        if result is not None and result.awarded:
            lines.append(_won(cycle, result))
        elif result is not None:
            lines.append(_not_won(entrant, stage, result.reason_zh, result.reason_en))
        else:
            by_office = found is not None and found.proposed_by_office
            why = why_not_proposed(cycle.rulebook, candidates[entrant.application_id], by_office=by_office)
            lines.append(_not_won(entrant, stage, why.zh, why.en))
    return lines


def state(work: Work, conductor: Conductor, cycle: Cycle) -> dict[str, Any]:
    """The reply `Round`."""
    found = meetings.meeting(work, cycle)
    last = _last(work, cycle)
    names = meetings.members(work, cycle)
    known = meetings.standing_candidates(cycle, meetings.entrants(work, conductor, cycle))
    if last is None:
        lines = {
            a: row.proposed_level for a, row in meetings.candidates(work, cycle).items() if row.proposed_level
        }
        name = "none"
    else:
        lines = {row.application_id: row.level for row in _rows(work, _TALLIES, cycle, last.number)}
        name = "open" if last.state == Ballot.OPEN else "closed"
    if found is not None and found.state == Meeting.FINISHED:
        name = "finished"
    shown = [known[a] for a in lines if a in known]
    shown.sort(key=lambda c: (cycle.rulebook.level(lines[c.application_id]).rank, c.track, *c.rank))
    return {
        "cycle_id": cycle.cycle_id,
        "number": 0 if last is None else last.number,
        "state": name,
        "members": len(names),
        "present": [name for name, here in names.items() if here],
        "candidates": [_line(c, lines[c.application_id]) for c in shown],
        "cast": 0 if last is None else _cast(work, cycle, last.number),
    }


# --- how ----------------------------------------------------------------------------------------------------------


def _require_of_meeting(work: Work, cycle: Cycle) -> None:
    if work.context.role == MEMBER and work.context.actor not in meetings.members(work, cycle):
        raise NotFound("没有这次评审会", "no such meeting of yours")


def _count(work: Work, conductor: Conductor, cycle: Cycle, number: int, present: int) -> None:
    """Decide ballot `number` with its repetitions so far; equal ones at the edge vote again."""
    candidates = meetings.standing_candidates(cycle, meetings.entrants(work, conductor, cycle))
    rows = [row for row in _rows(work, _TALLIES, cycle, number) if row.application_id in candidates]
    standing = {row.application_id: row.level for row in rows}
    repeats = _repeats(work, cycle, number)
    decided = ballots.decide(
        cycle.rulebook,
        candidates,
        standing,
        {row.application_id: _tally(row) for row in rows},
        present,
        _taken(work, cycle, candidates),
        again=list(repeats.values()),
        rehearsal=cycle.rehearsal,
    )
    if decided.tied:
        tied = {a: level for a, level in standing.items() if a in decided.tied}
        _open(work, cycle, tied, repeats=number)
        return
    _keep(work, cycle, number, candidates, list(decided.decisions), repeats)
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
    last = _last(work, cycle)
    number = 1 if last is None else last.number + 1
    key = {"cycle_id": cycle.cycle_id, "number": number}
    work.session.execute(_ROUNDS.insert().values(**key, state=Ballot.OPEN.value, repeats=repeats))
    nothing = {"votes_for": 0, "votes_against": 0, "abstained": 0, "recused": 0}
    work.session.execute(
        _TALLIES.insert(),
        [{**key, "application_id": a, "level": level, **nothing} for a, level in sorted(standing.items())],
    )
    work.audit(
        "ballot:opened", f"{cycle.cycle_id}/{number}", after={"standing": standing, "repeats": repeats},
        cycle_id=cycle.cycle_id,
    )  # fmt: skip


def _keep(
    work: Work,
    cycle: Cycle,
    number: int,
    candidates: dict[str, Candidate],
    decisions: list[Decision],
    repeats: dict[int, dict[str, Tally]],
) -> None:
    """Write the results of a ballot, and the same outcome beside the counts of each of its repetitions."""
    rows = []
    for decision in decisions:
        counts = {number: decision.tally}
        for again, tallies in repeats.items():
            if decision.application_id in tallies:
                counts[again] = tallies[decision.application_id]
        for round_number, tally in counts.items():
            row = _result(decision, candidates[decision.application_id].track, tally)
            rows.append({"cycle_id": cycle.cycle_id, "round": round_number, **row})
    if rows:
        work.session.execute(_RESULTS.insert(), rows)
    work.audit(
        "ballot:counted", f"{cycle.cycle_id}/{number}", after={"results": rows}, cycle_id=cycle.cycle_id
    )


def _result(decision: Decision, track: str, tally: Tally) -> dict[str, Any]:
    names = ("application_id", "level", "needed", "passed", "awarded", "uses_quota", "reason_zh", "reason_en")
    return {
        "track": track,
        "votes_for": tally.votes_for,
        "votes_against": tally.votes_against,
        "abstained": tally.abstained,
        "recused": tally.recused,
        **{name: getattr(decision, name) for name in names},
    }


def _taken(work: Work, cycle: Cycle, candidates: dict[str, Candidate]) -> Taken:
    """The places that earlier ballots gave out; one withdrawn since keeps its place vacant."""
    places: Counter[str] = Counter()
    favoured: Counter[str] = Counter()
    this = and_(_RESULTS.c.cycle_id == cycle.cycle_id, _RESULTS.c.awarded, _RESULTS.c.uses_quota)
    query = select(_RESULTS.c.application_id, _RESULTS.c.level, _RESULTS.c.track).where(this).distinct()
    for row in work.session.execute(query):
        quota = cycle.rulebook.quota_of(row.level, row.track)
        places[quota.id] += 1
        candidate = candidates.get(row.application_id)
        if quota.reserve and candidate and quota.reserve.fact in candidate.facts:
            favoured[quota.id] += 1
    return Taken(places, favoured)


def _choices(
    work: Work, conductor: Conductor, cycle: Cycle, number: int, given: list[dict[str, Any]]
) -> dict[str, str]:
    """One choice for every candidate of the ballot; one withdrawn since may be answered and is not counted."""
    asked = {row.application_id for row in _rows(work, _TALLIES, cycle, number)}
    here = {e.application_id for e in meetings.entrants(work, conductor, cycle)}
    choices: dict[str, str] = {}
    for index, line in enumerate(given):
        if line["application_id"] not in asked or line["application_id"] in choices:
            raise invalid_field(
                f"choices.{index}.application_id",
                "不在本轮候选之列，或填了两次",
                "not in this ballot, or given twice",
            )
        choices[line["application_id"]] = line["choice"]
    if missing := asked & here - choices.keys():
        raise invalid_field(
            "choices", f"尚有 {len(missing)} 项未表决", f"{len(missing)} candidates are unanswered"
        )
    return {a: choice for a, choice in choices.items() if a in here}


def _won(cycle: Cycle, row: Row[Any]) -> Outcome:
    carried = {
        "level": row.level,
        "track": row.track,
        "uses_quota": row.uses_quota,
        "award_rule": cycle.rulebook.level(row.level).rule,
    }
    return outcome(
        row.application_id, passed=True, reason_zh=row.reason_zh, reason_en=row.reason_en, carried=carried
    )


def _not_won(entrant: Entrant, stage: str, reason_zh: str, reason_en: str) -> Outcome:
    return outcome(
        entrant.application_id, passed=False, status="not_awarded", stopped_at=stage,
        reason_zh=reason_zh, reason_en=reason_en,
    )  # fmt: skip


def _of(table: Any, cycle: Cycle, number: int) -> Any:
    return and_(table.c.cycle_id == cycle.cycle_id, table.c.number == number)


def _rows(work: Work, table: Any, cycle: Cycle, number: int) -> list[Row[Any]]:
    return list(work.session.execute(select(table).where(_of(table, cycle, number))))


def _last(work: Work, cycle: Cycle) -> Row[Any] | None:
    query = select(_ROUNDS).where(_ROUNDS.c.cycle_id == cycle.cycle_id).order_by(_ROUNDS.c.number.desc())
    return work.session.execute(query.limit(1)).one_or_none()


def _repeats(work: Work, cycle: Cycle, number: int) -> dict[int, dict[str, Tally]]:
    """The counts of the second ballots of a ballot, in their order."""
    this = and_(_ROUNDS.c.cycle_id == cycle.cycle_id, _ROUNDS.c.repeats == number)
    numbers = work.session.execute(select(_ROUNDS.c.number).where(this).order_by(_ROUNDS.c.number)).scalars()
    return {
        again: {row.application_id: _tally(row) for row in _rows(work, _TALLIES, cycle, again)}
        for again in numbers
    }


def _tally(row: Row[Any]) -> Tally:
    return Tally(row.votes_for, row.votes_against, row.abstained, row.recused)


def _cast(work: Work, cycle: Cycle, number: int) -> int:
    return work.session.execute(
        select(func.count()).select_from(_ROLL).where(_of(_ROLL, cycle, number))
    ).scalar_one()


def _line(candidate: Candidate, level: str) -> dict[str, Any]:
    return {
        "application_id": candidate.application_id,
        "level": level,
        "track": candidate.track,
        "score": None if candidate.score is None else str(candidate.score),
        "social_votes": candidate.social_votes,
    }
