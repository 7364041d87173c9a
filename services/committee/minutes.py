"""会议纪要: made from the record by the office, confirmed or returned by whoever took the chair; every version is kept."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row, and_, func, select, update

from services.committee import attendance, meetings, models, reasons, recusals, results, rounds
from services.committee.ballots import quorum
from services.committee.places import vacancies
from services.committee.statuses import Ballot, Meeting, Minutes, before
from shared.contracts import dump, load
from shared.contracts.operations.committee.minutes import MinutesContent
from shared.identifiers import digest
from shared.problems import Conflict, Forbidden, NotFound
from shared.procedure import Conductor, Cycle
from shared.rulebooks import words
from shared.store import Work

_MINUTES = models.minutes


def draft(work: Work, conductor: Conductor, data: dict[str, Any]) -> dict[str, Any]:
    """A new version from the record. One that was confirmed stays so until the new one is."""
    cycle = _locked(work, conductor, data)
    if meetings.require(work, cycle).state != Meeting.FINISHED:
        raise Conflict("表决尚未结束", "the ballots are not over")
    newest = work.session.execute(
        select(func.max(_MINUTES.c.version)).where(_MINUTES.c.cycle_id == cycle.cycle_id)
    ).scalar_one()
    content = dump(MinutesContent(), _content(work, conductor, cycle, data))
    row = {
        "cycle_id": cycle.cycle_id, "version": (newest or 0) + 1, "state": Minutes.DRAFT.value, "content": content,
        "content_digest": digest(content), "drafted_by": work.by, "drafted_at": work.now(),
    }  # fmt: skip
    _replace(work, cycle, (Minutes.DRAFT, Minutes.RETURNED))
    work.session.execute(_MINUTES.insert().values(**row))
    work.audit("minutes:drafted", _subject(row), after=content, cycle_id=cycle.cycle_id)
    return _state(_find(work, cycle, (newest or 0) + 1))


def confirm(work: Work, conductor: Conductor, data: dict[str, Any]) -> dict[str, Any]:
    """Whoever took the chair, as the draft has it, confirms it; somebody else wrote it. Forbidden to every other member."""
    cycle = _locked(work, conductor, data)
    found = _before_the_chair(work, cycle, data["version"])
    _replace(work, cycle, (Minutes.CONFIRMED,))
    _decide(work, found, Minutes.CONFIRMED, None)
    return _state(_find(work, cycle, found.version))


def send_back(work: Work, conductor: Conductor, data: dict[str, Any]) -> dict[str, Any]:
    """The chair returns a draft; the office drafts another."""
    cycle = _locked(work, conductor, data)
    found = _before_the_chair(work, cycle, data["version"])
    _decide(work, found, Minutes.RETURNED, data["reason"])
    return _state(_find(work, cycle, found.version))


def one(work: Work, conductor: Conductor, data: dict[str, Any]) -> dict[str, Any]:
    """A version; without a number the one that is confirmed, else the newest. A member sees its own meeting's."""
    cycle = conductor.cycle(work, data["cycle_id"])
    meetings.require_of_meeting(work, cycle)
    if data["version"] is not None:
        return _state(_find(work, cycle, data["version"]))
    rows = _versions(work, cycle)
    if not rows:
        raise NotFound("尚无会议纪要", "there are no minutes yet")
    return _state(next((row for row in rows if row.state == Minutes.CONFIRMED), rows[0]))


def versions(work: Work, conductor: Conductor, data: dict[str, Any]) -> dict[str, Any]:
    """Every version, the newest first."""
    cycle = conductor.cycle(work, data["cycle_id"])
    meetings.require_of_meeting(work, cycle)
    return {"minutes": [_state(row) for row in _versions(work, cycle)]}


def confirmed(work: Work, cycle: Cycle) -> bool:
    """Whether a version is confirmed."""
    return any(row.state == Minutes.CONFIRMED for row in _versions(work, cycle))


def waiting_for(work: Work, cycle: Cycle) -> list[str]:
    """A real meeting has minutes before its stage closes."""
    if cycle.rehearsal or confirmed(work, cycle):
        return []
    return ["主持人确认会议纪要 / the minutes confirmed by the chair"]


# --- how ----------------------------------------------------------------------------------------------------------


def _locked(work: Work, conductor: Conductor, data: dict[str, Any]) -> Cycle:
    conductor.records.cycle(work, data["cycle_id"], lock=True)
    return conductor.cycle(work, data["cycle_id"])


def _before_the_chair(work: Work, cycle: Cycle, version: int) -> Row[Any]:
    meetings.require_of_meeting(work, cycle)
    found = _find(work, cycle, version)
    # As the draft has it: who took the chair later, or was never there, cannot say that it is right.
    if not any(m["chair"] and m["attended"] and m["member"] == work.by for m in found.content["members"]):
        raise Forbidden(
            "会议纪要由其中所载到会的主持人确认",
            "minutes are confirmed by whoever took the chair, as they say",
        )
    if work.same_person(found.drafted_by, about=f"{found.cycle_id}/{found.version}"):
        raise Forbidden(
            "起草人不能确认自己的纪要",
            "whoever drafted the minutes does not confirm them",
            code="same_person",
        )
    return found


def _decide(work: Work, found: Row[Any], state: Minutes, reason: str | None) -> None:
    this = and_(_this(found.cycle_id, found.version), _MINUTES.c.state.in_(before(state)))
    columns = {"state": state.value, "decided_by": work.by, "decided_at": work.now(), "reason": reason}
    done = work.session.execute(update(_MINUTES).where(this).values(**columns))
    if not getattr(done, "rowcount", 0):
        raise Conflict(
            f"第 {found.version} 版纪要当前为 {found.state}，不能办理",
            f"version {found.version} is {found.state}",
        )
    subject = f"{found.cycle_id}/{found.version}"
    after = {"state": state.value, "content_digest": found.content_digest}
    work.audit(f"minutes:{state}", subject, after=after, reason=reason, cycle_id=found.cycle_id)


def _replace(work: Work, cycle: Cycle, states: tuple[Minutes, ...]) -> None:
    allowed = [state for state in states if state in before(Minutes.REPLACED)]
    this = and_(_MINUTES.c.cycle_id == cycle.cycle_id, _MINUTES.c.state.in_(allowed))
    work.session.execute(update(_MINUTES).where(this).values(state=Minutes.REPLACED.value))


def _content(work: Work, conductor: Conductor, cycle: Cycle, data: dict[str, Any]) -> dict[str, Any]:
    """What the record says, as `MinutesContent`."""
    stage = meetings.committee_stage(conductor, cycle)
    meeting = meetings.require(work, cycle)
    members = meetings.members(work, cycle)
    came = attendance.attended(work, cycle)
    chair = meetings.chair(work, cycle)
    book = cycle.rulebook
    return {
        "award_zh": book.title.zh,
        "award_en": book.title.en,
        "rehearsal": cycle.rehearsal,
        "year": cycle.year,
        "meets_on": conductor.begun_on(work, cycle.cycle_id, stage.key) or meeting.convened_on,
        "place": data["place"],
        "ballots": book.votes.ballots,
        "quorum": quorum(book.votes, len(members)),
        "members": [{"member": m, "chair": m == chair, "attended": m in came} for m in members],
        "events": attendance.events(work, cycle),
        "recusals": [_recusal(row) for row in recusals.rows(work, cycle)],
        "by_office": meeting.proposed_by_office,
        "candidates": _candidates(work, conductor, cycle),
        "deviations": reasons.kept(work, cycle),
        "rounds": [_round(work, cycle, row) for row in rounds.listed(work, cycle)],
        "results": results.listed(work, cycle),
        "vacancies": _vacancies(work, conductor, cycle),
        "remarks": data["remarks"],
    }


def _recusal(row: Row[Any]) -> dict[str, Any]:
    ground = words.word(words.GROUNDS, row.ground)
    return {
        "member": row.member, "application_id": row.application_id, "ground_zh": ground.zh, "ground_en": ground.en,
    }  # fmt: skip


def _candidates(work: Work, conductor: Conductor, cycle: Cycle) -> list[dict[str, Any]]:
    entering = {e.application_id: e for e in meetings.entrants(work, conductor, cycle)}
    known = meetings.standing_candidates(cycle, list(entering.values()))
    rows, last = meetings.candidates(work, cycle), results.last(work, cycle)
    lines = []
    for candidate in sorted(known.values(), key=lambda c: (c.track, *c.rank)):
        name = candidate.application_id
        proposed = rows[name].proposed_level if name in rows else None
        won = last[name].level if name in last and last[name].awarded else None
        lines.append(
            {
                "application_id": name, "name": entering[name].dossier["name"], "track": candidate.track,
                "score": None if candidate.score is None else str(candidate.score), "proposed_level": proposed,
                "awarded_level": won,
            }
        )  # fmt: skip
    return lines


def _round(work: Work, cycle: Cycle, row: Row[Any]) -> dict[str, Any]:
    return {
        "number": row.number,
        "state": "void" if row.state == Ballot.VOID else "counted",
        "repeats": row.repeats,
        "present": len(attendance.voters(work, cycle, row.number)),
        "cast": rounds.cast_in(work, cycle, row.number),
        "void_reason": row.void_reason,
        "slips_digest": row.slips_digest,
    }


def _vacancies(work: Work, conductor: Conductor, cycle: Cycle) -> list[dict[str, Any]]:
    """A winner that is gone since leaves its place vacant."""
    there, known = meetings.present_entrants(work, conductor, cycle), results.last(work, cycle)
    won = [(r.level, r.track) for a, r in known.items() if a in there and r.awarded and r.uses_quota]
    return [
        {
            "quota": each.quota.id, "levels": list(each.quota.levels), "tracks": list(each.quota.tracks),
            "places": each.quota.places, "vacant": each.vacant,
        }
        for each in vacancies(cycle.rulebook, won)
    ]  # fmt: skip


def _this(cycle_id: str, version: int) -> Any:
    return and_(_MINUTES.c.cycle_id == cycle_id, _MINUTES.c.version == version)


def _find(work: Work, cycle: Cycle, version: int) -> Row[Any]:
    found = work.session.execute(
        select(_MINUTES).where(_this(cycle.cycle_id, version))
    ).one_or_none()  # fmt: skip
    if found is None:
        raise NotFound("没有这一版会议纪要", "no such version of the minutes")
    return found


def _versions(work: Work, cycle: Cycle) -> list[Row[Any]]:
    query = select(_MINUTES).where(_MINUTES.c.cycle_id == cycle.cycle_id)
    return list(work.session.execute(query.order_by(_MINUTES.c.version.desc())))


def _state(row: Row[Any]) -> dict[str, Any]:
    names = [column.name for column in _MINUTES.columns if column.name != "content"]
    return {**{name: getattr(row, name) for name in names}, "content": load(MinutesContent(), row.content)}


def _subject(row: dict[str, Any]) -> str:
    return f"{row['cycle_id']}/{row['version']}"
