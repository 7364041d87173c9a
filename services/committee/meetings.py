"""评审会: its members and who is present, and the proposal that it is shown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, and_, delete, select, update

from services.committee import models, proposals, reasons
from services.committee.ballots import quorum
from services.committee.candidates import Candidate, candidate_of, open_levels, uses_quota
from services.committee.deviations import passed_over
from services.committee.proposals import Standing
from services.committee.statuses import Ballot, Meeting, before
from shared.contracts.operations import MEMBER
from shared.problems import Conflict, FieldError, Invalid, NotFound, invalid_field
from shared.procedure import Blocked, Conductor, Cycle, Entrant, tasks
from shared.rulebooks import Rulebook, Stage
from shared.store import Work

_MEETINGS, _MEMBERS, _CANDIDATES = models.meetings, models.members, models.candidates


def convene(work: Work, conductor: Conductor, data: dict[str, Any]) -> None:
    """Call the meeting, or call it anew as long as no ballot is open."""
    conductor.records.cycle(work, data["cycle_id"], lock=True)
    cycle = conductor.cycle(work, data["cycle_id"])
    _check_members(data["members"], data["absent"], data["chair"], named=not cycle.rehearsal)
    found = meeting(work, cycle)
    if found is not None and found.state != Meeting.CONVENED:
        raise Conflict("表决已经开始，不能再召集", "the ballots have begun; it cannot be called anew")
    if found is None:
        row = {"state": Meeting.CONVENED.value, "proposed_by_office": False, "convened_on": work.today()}
        work.session.execute(_MEETINGS.insert().values(cycle_id=cycle.cycle_id, **row))
    # In a real cycle those are present of whom the office recorded that they came, whatever the list says.
    before = _rows_of(work, cycle)
    there = {row.member: row.mode for row in before if row.present}
    work.session.execute(delete(_MEMBERS).where(_MEMBERS.c.cycle_id == cycle.cycle_id))
    rows = [
        {
            "cycle_id": cycle.cycle_id,
            "member": name,
            "present": name not in data["absent"] if cycle.rehearsal else name in there,
            "mode": None if cycle.rehearsal else there.get(name),
            "chair": name == data["chair"],
        }
        for name in data["members"]
    ]
    work.session.execute(_MEMBERS.insert(), rows)
    work.audit("committee:convened", cycle.cycle_id, after={"members": rows}, cycle_id=cycle.cycle_id)
    called = set(data["members"]) - {row.member for row in before}
    tasks.waits(work, cycle, "meeting_called", f"meeting/{work.new_id()}", people=called)


def propose(work: Work, conductor: Conductor, data: dict[str, Any]) -> None:
    """Take the office's proposal; those it leaves out are not proposed. Raises Invalid with the fields that are wrong, and
    in a real cycle with everybody who is passed over by rank without a reason.
    """
    conductor.records.cycle(work, data["cycle_id"], lock=True)
    cycle = conductor.cycle(work, data["cycle_id"])
    found = meeting(work, cycle)
    if found is None:
        raise Conflict("尚未召集评审会", "the committee has not been called")
    if not _may_propose(work, conductor, cycle, found):
        raise Conflict("目前不能提出建议名单", "a proposal is not possible now")
    entering = entrants(work, conductor, cycle)
    withdrawn = conductor.records.known_applications(work, cycle.cycle_id) - set(
        conductor.records.categories(work, cycle.cycle_id)
    )
    lines = [
        (each["application_id"], each["level"])
        for each in data["proposals"]
        if each["application_id"] not in withdrawn
    ]
    known = standing_candidates(cycle, entering)
    refuse(proposals.check(cycle.rulebook, known, lines))
    standing = {a: proposals.stands_for(cycle.rulebook, known[a], level) for a, level in lines}
    reasons.keep(work, cycle, passed_over(cycle.rulebook, known, standing), data["deviations"])
    _write(work, cycle, entering, standing, by_office=True)
    papers = f"meeting_papers/{work.new_id()}"
    tasks.waits(work, cycle, "meeting_papers", papers, people=members(work, cycle))


def freeze(work: Work, cycle: Cycle, entering: list[Entrant]) -> None:
    """The stage begins: the quorum is checked and, in a real cycle, that the chair is taken; where the office proposed nobody,
    rank and quota do. Raises Blocked.
    """
    found = meeting(work, cycle)
    if found is None:
        raise Conflict("尚未召集评审会", "the committee has not been called")
    counted = here(work, cycle)
    if not counted.quorate:
        raise Blocked(counted.zh, counted.en)
    if not cycle.rehearsal and not any(row.chair and row.present for row in _rows_of(work, cycle)):
        raise Blocked(
            "主持人未到会，可更换主持人", "whoever takes the chair is not present; another may take it"
        )
    if not found.proposed_by_office:
        known = list(standing_candidates(cycle, entering).values())
        _write(work, cycle, entering, proposals.by_default(cycle.rulebook, known), by_office=False)


def lacking(work: Work, cycle: Cycle) -> list[str]:
    """What a real meeting still needs before its first ballot can be opened, in words."""
    if cycle.rehearsal:
        return []
    found = meeting(work, cycle)
    if found is None:
        return ["召集评审会 / the committee to be called"]
    if found.state != Meeting.CONVENED:
        return []
    counted = here(work, cycle)
    said = [] if counted.quorate else [f"{counted.zh} / {counted.en}"]
    if not any(row.chair and row.present for row in _rows_of(work, cycle)):
        said.append("主持人到会 / the presence of whoever takes the chair")
    return said


@dataclass(frozen=True)
class Here:
    """How many members are present of how many, and how many must be."""

    present: int
    members: int
    quorum: int

    @property
    def quorate(self) -> bool:
        """Whether a ballot may be opened."""
        return self.present >= self.quorum

    @property
    def zh(self) -> str:
        """The numbers in words."""
        return f"到会委员 {self.present} 名，全体委员 {self.members} 名，法定人数为 {self.quorum} 名"

    @property
    def en(self) -> str:
        """The numbers in words."""
        return f"{self.present} of {self.members} members are present, the quorum is {self.quorum}"


def here(work: Work, cycle: Cycle) -> Here:
    """Who is present now, counted."""
    names = members(work, cycle)
    return Here(sum(names.values()), len(names), quorum(cycle.rulebook.votes, len(names)))


def meeting(work: Work, cycle: Cycle) -> Row[Any] | None:
    """The meeting as it stands, None before it was called."""
    return work.session.execute(select(_MEETINGS).where(_MEETINGS.c.cycle_id == cycle.cycle_id)).one_or_none()


def require(work: Work, cycle: Cycle) -> Row[Any]:
    """The meeting. Raises Conflict before it was called."""
    found = meeting(work, cycle)
    if found is None:
        raise Conflict("尚未召集评审会", "the committee has not been called")
    return found


def require_member(work: Work, cycle: Cycle, name: str) -> None:
    """Raises Invalid for one who is no member."""
    if name not in members(work, cycle):
        raise invalid_field("member", "不是委员", "is no member")


def require_of_meeting(work: Work, cycle: Cycle) -> None:
    """A member sees the meeting that it belongs to. Raises NotFound for another's."""
    if work.context.role == MEMBER and work.context.actor not in members(work, cycle):
        raise NotFound("没有这次评审会", "no such meeting of yours")


def chair(work: Work, cycle: Cycle) -> str | None:
    """Who takes the chair, None where nobody was named."""
    return next((row.member for row in _rows_of(work, cycle) if row.chair), None)


def move(work: Work, cycle: Cycle, state: Meeting) -> None:
    """Move the meeting on, if the table of moves has it; Conflict where it does not."""
    this = and_(_MEETINGS.c.cycle_id == cycle.cycle_id, _MEETINGS.c.state.in_(before(state)))
    done = work.session.execute(update(_MEETINGS).where(this).values(state=state.value))
    if not getattr(done, "rowcount", 0):
        raise Conflict("评审会当前状态不允许", "the meeting's state does not allow it")


def members(work: Work, cycle: Cycle) -> dict[str, bool]:
    """The members by name and whether each is present."""
    return {row.member: row.present for row in _rows_of(work, cycle)}


def standing_candidates(cycle: Cycle, entering: list[Entrant]) -> dict[str, Candidate]:
    """The entrants as the pure modules know them."""
    return {
        e.application_id: candidate_of(cycle.rulebook, e.application_id, e.sequence, e.dossier, e.carried)
        for e in entering
    }


def committee_stage(conductor: Conductor, cycle: Cycle) -> Stage:
    """The stage in which the committee meets. Raises Conflict where the rulebook has none."""
    for stage in cycle.rulebook.stages:
        if stage.owner == conductor.service:
            return stage
    raise Conflict("本办法没有评审会审定阶段", "the rulebook has no committee stage")


def entrants(work: Work, conductor: Conductor, cycle: Cycle) -> list[Entrant]:
    """Who is before the committee, withdrawn ones left out."""
    return conductor.entrants(work, cycle.cycle_id, committee_stage(conductor, cycle).key)


def present_entrants(work: Work, conductor: Conductor, cycle: Cycle) -> set[str]:
    """The same by their ids alone."""
    stage = committee_stage(conductor, cycle).key
    return conductor.records.entrant_ids(work, cycle.cycle_id, stage)


def place_of(rulebook: Rulebook, level: str, track: str) -> tuple[int, int]:
    """Sorts what is put to the vote: the rulebook's order of levels, and of tracks within a level."""
    names = [each.name for each in rulebook.tracks]
    return rulebook.level(level).rank, names.index(track)


def lines(cycle: Cycle, known: Mapping[str, Candidate], levels: Mapping[str, str]) -> list[dict[str, Any]]:
    """The replies `Candidate` of those who stand for a level, in the order in which they are put to the vote."""
    shown = [known[a] for a in levels if a in known]
    shown.sort(key=lambda c: (*place_of(cycle.rulebook, levels[c.application_id], c.track), *c.rank))
    return [
        {
            "application_id": candidate.application_id,
            "name": candidate.name,
            "level": levels[candidate.application_id],
            "track": candidate.track,
            "score": None if candidate.score is None else str(candidate.score),
            "social_votes": candidate.social_votes,
        }
        for candidate in shown
    ]


def all_lines(cycle: Cycle, known: Mapping[str, Candidate]) -> list[dict[str, Any]]:
    """The replies `BeforeCommittee`: everybody by the rulebook's order of tracks, and by rank within each."""
    tracks = [each.name for each in cycle.rulebook.tracks]
    found = []
    for candidate in sorted(known.values(), key=lambda c: (tracks.index(c.track), *c.rank)):
        levels = [level.name for level in open_levels(cycle.rulebook, candidate)]
        found.append(
            {
                "application_id": candidate.application_id,
                "name": candidate.name,
                "track": candidate.track,
                "score": None if candidate.score is None else str(candidate.score),
                "social_votes": candidate.social_votes,
                "levels": levels,
                "uses_quota": [name for name in levels if uses_quota(cycle.rulebook, candidate, name)],
            }
        )
    return found


def candidates(work: Work, cycle: Cycle) -> dict[str, Row[Any]]:
    """Who was proposed for what and stands for what, by application."""
    query = select(_CANDIDATES).where(_CANDIDATES.c.cycle_id == cycle.cycle_id)
    return {row.application_id: row for row in work.session.execute(query)}


def stand(work: Work, cycle: Cycle, standing: Standing) -> None:
    """Write who stands for what in the ballots ahead; everybody else stands for nothing any more."""
    mine = _CANDIDATES.c.cycle_id == cycle.cycle_id
    work.session.execute(update(_CANDIDATES).where(mine).values(stands_for=None))
    for level in set(standing.values()):
        these = [application_id for application_id, name in standing.items() if name == level]
        this = and_(mine, _CANDIDATES.c.application_id.in_(these))
        work.session.execute(update(_CANDIDATES).where(this).values(stands_for=level))


def refuse(errors: list[FieldError]) -> None:
    """Raise Invalid naming each field, where there is any."""
    if errors:
        zh = "；".join(f"{e.field}：{e.reason_zh}" for e in errors)
        en = "; ".join(f"{e.field}: {e.reason_en}" for e in errors)
        raise Invalid(zh, en, errors=errors)


def _rows_of(work: Work, cycle: Cycle) -> list[Row[Any]]:
    query = select(_MEMBERS).where(_MEMBERS.c.cycle_id == cycle.cycle_id).order_by(_MEMBERS.c.member)
    return list(work.session.execute(query))


def _check_members(names: list[str], absent: list[str], chair: str | None, *, named: bool) -> None:
    """`named`: somebody has to take the chair."""
    errors = [
        FieldError(f"members.{number}", "同一委员列了两次", "the same member is given twice")
        for number, name in enumerate(names)
        if name in names[:number]
    ]
    errors += [
        FieldError(f"absent.{number}", "不是委员", "is no member")
        for number, name in enumerate(absent)
        if name not in names
    ]
    if chair is None and named:
        errors.append(FieldError("chair", "必填：须指明主持人", "has to be given: somebody takes the chair"))
    elif chair is not None and chair not in names:
        errors.append(FieldError("chair", "不是委员", "is no member"))
    refuse(errors)


def _may_propose(work: Work, conductor: Conductor, cycle: Cycle, found: Row[Any]) -> bool:
    """As long as nobody has voted: planned, or begun with an untouched first ballot. One that was voided stays on record."""
    state = conductor.row(work, cycle.cycle_id, committee_stage(conductor, cycle).key).state
    if state == "planned":
        return True
    roll, ballots = models.roll, models.rounds
    cast = select(roll.c.member).where(roll.c.cycle_id == cycle.cycle_id).limit(1)
    void = select(ballots.c.number).where(
        and_(ballots.c.cycle_id == cycle.cycle_id, ballots.c.state == Ballot.VOID)
    )
    if state != "begun" or found.state != Meeting.VOTING:
        return False
    return not work.session.execute(cast).all() and not work.session.execute(void.limit(1)).all()


def _write(
    work: Work, cycle: Cycle, entering: list[Entrant], standing: Mapping[str, str], *, by_office: bool
) -> None:
    work.session.execute(delete(_CANDIDATES).where(_CANDIDATES.c.cycle_id == cycle.cycle_id))
    rows = [
        {
            "cycle_id": cycle.cycle_id,
            "application_id": e.application_id,
            "proposed_level": standing.get(e.application_id),
            "stands_for": standing.get(e.application_id),
        }
        for e in entering
    ]
    if rows:
        work.session.execute(_CANDIDATES.insert(), rows)
    work.session.execute(
        update(_MEETINGS).where(_MEETINGS.c.cycle_id == cycle.cycle_id).values(proposed_by_office=by_office)
    )
    action = "proposal:made" if by_office else "proposal:by_rank"
    work.audit(action, cycle.cycle_id, after={"proposal": rows}, cycle_id=cycle.cycle_id)
