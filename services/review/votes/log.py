"""The log of a vote: messages of ballots as they come, each written once, each ballot once.

A message and its ballots are one statement each, in the consumer's transaction with its claim and its audit row. The audit
row holds the digest of the ballots that the message added, so that the sealed chain covers every ballot without a row of
the audit log for each; `recount` holds the two against each other.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from typing import Any

import structlog
from sqlalchemy import Row, and_, select, update
from sqlalchemy.engine import Connection

from services.review import models
from shared.problems import Conflict, NotFound
from shared.store import Work

log = structlog.get_logger(__name__)

ADDED = "ballots:added"
_VOTES, _BALLOTS, _BATCHES = models.votes, models.ballots, models.ballot_batches
_STAGES = models.procedure.stages
_ADD = {
    "postgresql": (
        "INSERT INTO ballots (voter, batch, choices) "
        "SELECT voter, %(batch)s, choices FROM unnest(%(voters)s::text[], %(choices)s::text[]) AS cast_(voter, choices) "
        "ON CONFLICT DO NOTHING RETURNING voter"
    ),
    "sqlite": (
        "INSERT INTO ballots (voter, batch, choices) "
        "SELECT json_extract(value, '$[0]'), :batch, json_extract(value, '$[1]') FROM json_each(:rows) WHERE true "
        "ON CONFLICT DO NOTHING RETURNING voter"
    ),
}


def add(work: Work, message_id: str, data: dict[str, Any]) -> None:
    """Write what a message brings. Raises NotFound, Conflict: then it waits in parking, and somebody has to look at it."""
    vote = _vote_taking(work, data)
    late = vote.counted_at is not None
    # Sorted, so that two messages with the same voters wait for each other in one order; the first of a voter counts.
    cast: dict[str, str] = {}
    for ballot in data["ballots"]:
        voter, _, choices = ballot.partition(":")
        cast.setdefault(voter, choices)
    fresh = _insert(work.connection, message_id, sorted(cast.items()))
    work.add_later(
        _BATCHES,
        [
            {
                "id": message_id, "vote_id": vote.id, "late": late, "box": data["box"], "number": data["number"],
                "accepted_at": data["accepted_at"], "counted": len(fresh),
                "origins": json.dumps(data["origins"], separators=(",", ":"), sort_keys=True),
            }
        ],
    )  # fmt: skip
    # Without the cycle: the number of a cycle's entries is shown to people while the vote is open.
    work.audit(
        ADDED, message_id, after=told(data["box"], data["number"], ((v, cast[v]) for v in sorted(fresh)))
    )


def _vote_taking(work: Work, data: dict[str, Any]) -> Row[Any]:
    """The vote of a message, held against the counting; the first message says which key is used. `counted_at` is still there
    where nothing can be counted any more.
    """
    wanted = select(_VOTES).where(_VOTES.c.id == data["vote_id"])
    row = work.session.execute(wanted.with_for_update(read=True)).first()
    if row is None or row.opens_at is None:
        raise NotFound("没有这次投票", "no such vote")
    if not row.opens_at <= data["accepted_at"] < row.closes_at:
        raise Conflict("选票不在投票时段内", "not cast while the vote was open", code="vote_not_open")
    if row.key_id is None:
        nobody = (_VOTES.c.id == row.id) & _VOTES.c.key_id.is_(None)
        work.session.execute(update(_VOTES).where(nobody).values(key_id=data["key_id"]))
        row = work.session.execute(select(_VOTES).where(_VOTES.c.id == data["vote_id"])).one()
    if row.key_id != data["key_id"]:
        raise Conflict(
            "投票箱使用的密钥与本次投票不同", "the ballot box uses another key", code="other_ballot_key"
        )
    return row if row.counted_at is None else _to_be_recounted(work, data)


def _to_be_recounted(work: Work, data: dict[str, Any]) -> Row[Any]:
    """A message that was cast in time and came after the count: the vote is counted anew, as long as its stage is open."""
    wanted = select(_VOTES).where(_VOTES.c.id == data["vote_id"])
    # The closing of the stage takes the same lock: this comes before it, or sees it.
    row = work.session.execute(wanted.with_for_update()).one()
    here = and_(_STAGES.c.cycle_id == row.cycle_id, _STAGES.c.stage == row.stage)
    closed = work.session.execute(select(_STAGES.c.state).where(here)).scalar_one() == "closed"
    log.warning("vote.late_ballots", vote=row.id, box=data["box"], number=data["number"], counted=not closed)
    if closed or row.counted_at is None:
        return row
    work.session.execute(update(_VOTES).where(_VOTES.c.id == row.id).values(counted_at=None))
    work.audit(
        "vote:to_be_recounted",
        f"{row.cycle_id}/{row.stage}",
        before={"turnout": row.turnout, "missing": row.missing},
        after={"box": data["box"], "number": data["number"]},
        cycle_id=row.cycle_id,
    )
    return work.session.execute(wanted).one()


def _insert(connection: Connection, batch: str, rows: list[tuple[str, str]]) -> set[str]:
    """Add the ballots of voters who have none; gives these voters."""
    dialect = connection.dialect.name
    parameters: dict[str, Any] = {"batch": batch}
    if dialect == "postgresql":
        parameters |= {"voters": [voter for voter, _ in rows], "choices": [choices for _, choices in rows]}
    else:
        parameters["rows"] = json.dumps(rows)
    return {row[0] for row in connection.exec_driver_sql(_ADD[dialect], parameters)}


def told(box: str, number: int, added: Iterable[tuple[str, str]]) -> dict[str, Any]:
    """What the audit row of a message digests: voters in ascending order with their choices."""
    found = hashlib.sha256()
    total = 0
    for voter, choices in added:
        found.update(f"{voter}:{choices}\n".encode("ascii"))
        total += 1
    return {"box": box, "number": number, "ballots": total, "sha256": found.hexdigest()}


def counted(work: Work, data: dict[str, Any]) -> dict[str, Any]:
    """Those of the receipts whose ballots are in the log and in the result, or will be: nothing of what they say, nor of whom."""
    asked = data["receipts"].split(",")
    here = _BALLOTS.join(_BATCHES, _BATCHES.c.id == _BALLOTS.c.batch)
    which = and_(_BALLOTS.c.voter.in_(asked), _BATCHES.c.late.is_(False))
    found = work.session.execute(select(_BALLOTS.c.voter).select_from(here).where(which)).scalars()
    return {"counted": sorted(found)}
