"""The counting of a vote that is over, its result, and what about it looks unusual."""

from __future__ import annotations

import json
from collections import Counter
from datetime import timedelta
from typing import Any

import structlog
from sqlalchemy import case, delete, func, insert, select, update

from services.review import models
from services.review.conditions import withdrawn
from services.review.votes import vote as votes
from shared.clock import SHANGHAI
from shared.problems import Conflict
from shared.procedure import Conductor
from shared.store import Work

log = structlog.get_logger(__name__)

_AT_ONCE = 2000  # messages

_VOTES, _ENTRIES, _SOCIAL = models.votes, models.vote_entries, models.social_votes
_BALLOTS, _BATCHES = models.ballots, models.ballot_batches


def count_those_over(work: Work, *, settle: timedelta, patience: timedelta) -> None:
    """Count each vote that ended `settle` ago. While a message is known to be missing, wait up to `patience` for it."""
    now = work.now()
    due = select(_VOTES).where(
        _VOTES.c.held == votes.HERE, _VOTES.c.counted_at.is_(None), _VOTES.c.closes_at <= now - settle
    )
    # Two replicas may come at once: the second waits for the row, and then finds it counted.
    for row in work.session.execute(due.with_for_update()).all():
        missing = missing_messages(work, row.id)
        if missing and now < row.closes_at + patience:
            log.warning("vote.incomplete", vote=row.id, missing=missing)
            continue
        _count(work, row, missing)


def missing_messages(work: Work, vote_id: str) -> int:
    """How many messages lie between those that came: each box numbers its own from 1."""
    boxes = (
        select(func.max(_BATCHES.c.number) - func.count())
        .where(_BATCHES.c.vote_id == vote_id)
        .group_by(_BATCHES.c.box)
    )
    return sum(work.session.execute(boxes).scalars())


def _incomplete(work: Work, vote_id: str) -> list[dict[str, Any]]:
    """By box: what is known of it to be in no result: messages between those that came, ballots that came after the stage had
    closed on the count.
    """
    late = func.coalesce(func.sum(case((_BATCHES.c.late, _BATCHES.c.counted), else_=0)), 0)
    lines = (
        select(
            _BATCHES.c.box, (func.max(_BATCHES.c.number) - func.count()).label("missing"), late.label("late")
        )
        .where(_BATCHES.c.vote_id == vote_id)
        .group_by(_BATCHES.c.box)
        .order_by(_BATCHES.c.box)
    )
    return [
        {"box": line.box, "missing": int(line.missing), "uncounted": int(line.late)}
        for line in work.session.execute(lines)
        if line.missing or line.late
    ]


def _count(work: Work, row: Any, missing: int) -> None:
    turnout, by_number = tally(work, row.id)
    entries = work.session.execute(select(_ENTRIES).where(_ENTRIES.c.vote_id == row.id)).all()
    counts = {each.application_id: by_number[each.number] for each in entries}
    key = {"cycle_id": row.cycle_id, "stage": row.stage}
    work.session.execute(
        delete(_SOCIAL).where(_SOCIAL.c.cycle_id == row.cycle_id, _SOCIAL.c.stage == row.stage)
    )
    if counts:
        lines = [{**key, "application_id": name, "votes": number} for name, number in counts.items()]
        work.session.execute(insert(_SOCIAL), lines)
    found = {"counted_at": work.now(), "turnout": turnout, "missing": missing}
    work.session.execute(update(_VOTES).where(_VOTES.c.id == row.id).values(**found))
    work.audit(
        "vote:counted",
        f"{row.cycle_id}/{row.stage}",
        after={"votes": counts, "turnout": turnout, "missing": missing},
        cycle_id=row.cycle_id,
    )


def tally(work: Work, vote_id: str) -> tuple[int, Counter[int]]:
    """Ballots in the log, and votes by the entries' numbers, of one vote.

    Some thousand messages at a time: a statement over two million ballots might meet the time limit of a busy database.
    """
    turnout, by_number = 0, Counter[int]()
    after = ""
    while last := _last_of_some(work, vote_id, after):
        by_choices = (
            select(_BALLOTS.c.choices, func.count())
            .join(_BATCHES, _BATCHES.c.id == _BALLOTS.c.batch)
            .where(_BATCHES.c.vote_id == vote_id, _BATCHES.c.id > after, _BATCHES.c.id <= last)
            .where(_BATCHES.c.late.is_(False))
            .group_by(_BALLOTS.c.choices)
        )
        for choices, number in work.session.execute(by_choices):
            turnout += number
            for entry in choices.split(","):
                by_number[int(entry)] += number
        after = last
    return turnout, by_number


def _last_of_some(work: Work, vote_id: str, after: str) -> str | None:
    """The last of the next messages of a vote, in the order of their ids; None where there are no more."""
    some = (
        select(_BATCHES.c.id)
        .where(_BATCHES.c.vote_id == vote_id, _BATCHES.c.id > after)
        .order_by(_BATCHES.c.id)
        .limit(_AT_ONCE)
        .subquery()
    )
    last: str | None = work.session.execute(select(func.max(some.c.id))).scalar_one()
    return last


def results(work: Work, conductor: Conductor, data: dict[str, Any]) -> dict[str, Any]:
    """The result, once the vote is over and counted; before that nobody gets one. Raises Conflict.

    One that withdrew has no result. It stays in the count as it is kept, which the recount is held against.
    """
    row = _counted_row(work, conductor, data)
    this = (_SOCIAL.c.cycle_id == row.cycle_id) & (_SOCIAL.c.stage == row.stage) & ~withdrawn(_SOCIAL)
    counts = work.session.execute(select(_SOCIAL).where(this).order_by(_SOCIAL.c.application_id))
    return {
        "cycle_id": row.cycle_id,
        "stage": row.stage,
        "turnout": row.turnout,
        "missing": row.missing,
        "incomplete": _incomplete(work, row.id),
        "votes": [{"application_id": each.application_id, "votes": each.votes} for each in counts],
    }


def patterns(work: Work, conductor: Conductor, data: dict[str, Any], threshold: int) -> dict[str, Any]:
    """Minutes in which one block of addresses cast `threshold` ballots or more, the most first. Raises Conflict."""
    row = _counted_row(work, conductor, data)
    by_minute: Counter[tuple[Any, str]] = Counter()
    batches = select(_BATCHES.c.accepted_at, _BATCHES.c.origins).where(_BATCHES.c.vote_id == row.id)
    for accepted_at, origins in work.session.execute(batches):
        minute = accepted_at.replace(second=0, microsecond=0)
        for block, number in json.loads(origins).items():
            by_minute[minute, block] += number
    bursts = [
        {"minute": minute.astimezone(SHANGHAI), "block": block, "ballots": number}
        for (minute, block), number in by_minute.items()
        if number >= threshold
    ]
    bursts.sort(key=lambda each: (-each["ballots"], each["minute"], each["block"]))
    return {"cycle_id": row.cycle_id, "stage": row.stage, "threshold": threshold, "bursts": bursts}


def _counted_row(work: Work, conductor: Conductor, data: dict[str, Any]) -> Any:
    cycle = conductor.cycle(work, data["cycle_id"])
    stage = votes.stage_of(conductor, cycle, data["stage"])
    row = votes.row_of(work, cycle.cycle_id, stage.key)
    if row is None or row.counted_at is None:
        raise Conflict(
            "投票截止并清点之前，任何人都看不到票数",
            "until a vote is over and counted nobody sees its counts",
            code="votes_hidden",
        )
    return row
