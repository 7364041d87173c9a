"""One vote: where it is held, when it is open, what may be chosen; and its end as the procedure asks for it."""

from __future__ import annotations

import random
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import and_, insert, select, update
from sqlalchemy.engine import Row

from services.review import models
from shared.calendar import in_words, work_calendar
from shared.clock import SHANGHAI
from shared.problems import Conflict, NotFound
from shared.procedure import Conductor, Cycle, outcome
from shared.procedure.state import Entrant, Outcome
from shared.rulebooks import Stage
from shared.store import Work

STAGE_KIND = "social_evaluation"
HERE, ELSEWHERE = "here", "elsewhere"
_ORDER = random.SystemRandom()
_VOTES, _ENTRIES, _SOCIAL = models.votes, models.vote_entries, models.social_votes


def stage_of(conductor: Conductor, cycle: Cycle, key: str) -> Stage:
    """The stage of that key in which the public votes. Raises NotFound."""
    stage = next((s for s in cycle.rulebook.stages if s.key == key), None)
    if stage is None or stage.kind != STAGE_KIND or stage.owner != conductor.service:
        raise NotFound(f"没有社会评价阶段 {key}", f"no stage {key} in which the public votes")
    return stage


def row_of(work: Work, cycle_id: str, stage: str, *, lock: bool = False) -> Row[Any] | None:
    """What was decided of a vote; None until then."""
    wanted = select(_VOTES).where(_VOTES.c.cycle_id == cycle_id, _VOTES.c.stage == stage)
    return work.session.execute(wanted.with_for_update() if lock else wanted).first()


def held_here(work: Work, cycle: Cycle, stage: Stage) -> bool:
    """Whether the public votes here. Where nobody decided: yes in a real cycle whose rulebook says how, no in a rehearsal."""
    row = row_of(work, cycle.cycle_id, stage.key)
    if row is not None:
        return bool(row.held == HERE)
    return stage.vote is not None and not cycle.rehearsal


def hold(work: Work, conductor: Conductor, data: dict[str, Any]) -> dict[str, Any]:
    """The office decides, before the stage begins, where the public votes. Raises Conflict."""
    conductor.records.cycle(work, data["cycle_id"], lock=True)
    cycle = conductor.cycle(work, data["cycle_id"])
    stage = stage_of(conductor, cycle, data["stage"])
    state = conductor.row(work, cycle.cycle_id, stage.key).state
    if state not in {"waiting", "planned"}:
        raise Conflict("投票已经开始，不能再改", "the vote has begun: this is settled", code="vote_begun")
    if data["held"] == HERE and (cycle.rehearsal or stage.vote is None):
        raise Conflict(
            "演练的、或法规未规定选票的投票不在本系统举行",
            "a rehearsal, or a rulebook without a ballot, holds no vote here",
            code="no_vote_here",
        )
    before = row_of(work, cycle.cycle_id, stage.key)
    said = {"held": data["held"], "reason": data["reason"]}
    if before is None:
        _add(work, cycle, stage, said)
    else:
        work.session.execute(update(_VOTES).where(_VOTES.c.id == before.id).values(**said))
    work.audit(
        "vote:placed",
        f"{cycle.cycle_id}/{stage.key}",
        before=None if before is None else {"held": before.held},
        after={"held": data["held"]},
        reason=data["reason"],
        cycle_id=cycle.cycle_id,
    )
    return state_of(work, conductor, cycle, stage)


def _add(work: Work, cycle: Cycle, stage: Stage, said: dict[str, Any]) -> str:
    vote_id = work.new_id()
    key = {"cycle_id": cycle.cycle_id, "stage": stage.key, "id": vote_id}
    work.session.execute(insert(_VOTES).values(**key, **said))
    return vote_id


# --- what the procedure asks -------------------------------------------------------------------------------------


def begin(work: Work, cycle: Cycle, stage: Stage, entrants: list[Entrant]) -> date | None:
    """The stage begins: entries get their numbers, the window is fixed. Gives the last day on which is voted.

    The day on which a vote held here is opened is no whole one, and the text asks for working days at least: they are
    counted from the day after.
    """
    if stage.working_days is None:
        return None
    if not held_here(work, cycle, stage) or stage.vote is None:
        return work_calendar().window(work.today(), stage.working_days).last
    last = work_calendar().window(work.today() + timedelta(days=1), stage.working_days).last
    row = row_of(work, cycle.cycle_id, stage.key)
    vote_id = _add(work, cycle, stage, {"held": HERE}) if row is None else row.id
    open_vote(work, vote_id, last, stage.vote.choices_at_most, [e.application_id for e in entrants])
    return last


def open_vote(work: Work, vote_id: str, last: date, choices_at_most: int, applications: list[str]) -> None:
    """Open the vote now, until the end of its last day in Asia/Shanghai."""
    window = {
        "choices_at_most": choices_at_most,
        "opens_at": work.now(),
        "closes_at": datetime.combine(last + timedelta(days=1), time(), SHANGHAI),
    }
    work.session.execute(update(_VOTES).where(_VOTES.c.id == vote_id).values(**window))
    rows = [
        {"vote_id": vote_id, "number": number, "application_id": application}
        for number, application in enumerate(applications, start=1)
    ]
    work.session.execute(insert(_ENTRIES), rows)


def _end(closes_at: datetime) -> str:
    """When a vote is over, in words; midnight is the end of the day before."""
    here = closes_at.astimezone(SHANGHAI)
    if (here.hour, here.minute) == (0, 0):
        return f"{in_words(here.date() - timedelta(days=1)).zh} 24:00"
    return f"{in_words(here.date()).zh} {here:%H:%M}"


def waiting_for(work: Work, cycle: Cycle, stage: Stage) -> list[str]:
    """What the closing waits for, in words that tell no count."""
    row = row_of(work, cycle.cycle_id, stage.key)
    if row is None or row.held != HERE or row.counted_at is not None:
        return []
    if work.now() < row.closes_at:
        return [f"投票到 {_end(row.closes_at)} 截止 · the public still votes"]
    return ["选票尚在汇集、清点 · ballots are being gathered and counted"]


def close(work: Work, cycle: Cycle, stage: Stage, entrants: list[Entrant]) -> list[Outcome]:
    """Everybody goes on, with the votes where there are any. Raises Conflict where more has come since the count."""
    row = row_of(work, cycle.cycle_id, stage.key, lock=True)
    if row is not None and row.held == HERE and row.counted_at is None:
        raise Conflict(
            "尚有到达的选票待清点", "ballots have come that are to be counted", code="vote_not_counted"
        )
    this = and_(_SOCIAL.c.cycle_id == cycle.cycle_id, _SOCIAL.c.stage == stage.key)
    counts = {row.application_id: row.votes for row in work.session.execute(select(_SOCIAL).where(this))}
    return [
        outcome(
            e.application_id,
            passed=True,
            carried={"social_votes": counts[e.application_id]} if e.application_id in counts else {},
        )
        for e in entrants
    ]


# --- what is asked -----------------------------------------------------------------------------------------------


def voting(work: Work, conductor: Conductor, data: dict[str, Any]) -> dict[str, Any]:
    """A vote as everybody may see it. Raises NotFound."""
    cycle = conductor.cycle(work, data["cycle_id"])
    return state_of(work, conductor, cycle, stage_of(conductor, cycle, data["stage"]))


def open_now(work: Work) -> dict[str, Any]:
    """The votes held here that take ballots at this moment, the first to close first."""
    now = work.now()
    wanted = (
        select(_VOTES.c.cycle_id, _VOTES.c.stage, _VOTES.c.closes_at)
        .where(_VOTES.c.held == HERE, _VOTES.c.opens_at <= now, _VOTES.c.closes_at > now)
        .order_by(_VOTES.c.closes_at, _VOTES.c.cycle_id)
    )
    return {"votes": [dict(row._mapping) for row in work.session.execute(wanted)]}


def state_of(work: Work, conductor: Conductor, cycle: Cycle, stage: Stage) -> dict[str, Any]:
    """The reply `Voting`: entries that are still in the stage, in an order drawn anew."""
    row = row_of(work, cycle.cycle_id, stage.key)
    reply: dict[str, Any] = {
        "cycle_id": cycle.cycle_id,
        "stage": stage.key,
        "held": HERE if held_here(work, cycle, stage) else ELSEWHERE,
        "state": "waiting",
        "entries": [],
    }
    if row is None or row.opens_at is None:
        return reply
    names = {
        e.application_id: str(e.dossier["name"]) for e in conductor.entrants(work, cycle.cycle_id, stage.key)
    }
    listed = work.session.execute(select(_ENTRIES).where(_ENTRIES.c.vote_id == row.id))
    entries = [
        {"number": each.number, "application_id": each.application_id, "name": names[each.application_id]}
        for each in listed
        if each.application_id in names
    ]
    _ORDER.shuffle(entries)
    over = work.now() >= row.closes_at
    return reply | {
        "vote_id": row.id,
        "state": "counted" if row.counted_at is not None else "over" if over else "open",
        "opens_at": row.opens_at,
        "closes_at": row.closes_at,
        "choices_at_most": row.choices_at_most,
        "key_id": row.key_id,
        "entries": entries,
    }
