"""A vote counted anew from its log, each ballot by itself, and held against the count and the sealed audit log.

    python -m services.review.votes.recount --database URL|@FILE [--cycle ID]

It reads the database only. Exit code 1 where anything differs: the lines say what.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import select

from services.review import models
from services.review.votes import log
from shared.contracts import Context
from shared.identifiers import digest, new_id
from shared.store import Store, Work

_VOTES, _ENTRIES, _SOCIAL = models.votes, models.vote_entries, models.social_votes
_BALLOTS, _BATCHES = models.ballots, models.ballot_batches
_AT_ONCE = 500  # messages


@dataclass
class Recount:
    """What was found: ballots and votes by application, and everything that differs from what is written."""

    cycle_id: str
    stage: str
    turnout: int = 0
    votes: Counter[str] = field(default_factory=Counter)
    problems: list[str] = field(default_factory=list)

    @property
    def agrees(self) -> bool:
        return not self.problems


def recount(store: Store, vote_id: str) -> Recount:
    """Count one vote anew. A vote that is not counted yet is only held against the audit log, and no figure is given."""
    with store.read(Context(message_id=new_id())) as work:
        row = work.session.execute(select(_VOTES).where(_VOTES.c.id == vote_id)).one()
        found = Recount(row.cycle_id, row.stage)
        names = {
            entry.number: entry.application_id
            for entry in work.session.execute(select(_ENTRIES).where(_ENTRIES.c.vote_id == vote_id))
        }
        sealed = _sealed(store, work)
        for batch, ballots in _log(work, vote_id):
            _hold(found, store, batch, ballots, sealed)
            if batch.late:
                found.problems.append(
                    f"message {batch.id} of box {batch.box}: {len(ballots)} ballots came after the stage had closed, "
                    "and are in no result / 阶段结束后到达，未计入结果"
                )
                continue
            found.turnout += len(ballots)
            for _, choices in ballots:
                found.votes.update(
                    names[int(number)] for number in choices.split(",") if int(number) in names
                )
        if row.counted_at is None:
            found.turnout, found.votes = 0, Counter()
        else:
            _compare(work, row, found, names)
    return found


def _sealed(store: Store, work: Work) -> dict[str, str]:
    """What the audit log says that each message added: message → digest."""
    audit = store.tables.audit.c
    rows = select(audit.subject, audit.after_digest).where(audit.action == log.ADDED)
    return {row.subject: row.after_digest for row in work.session.execute(rows)}


def _log(work: Work, vote_id: str) -> Iterator[tuple[Any, list[tuple[str, str]]]]:
    """The messages of a vote in order, each with its ballots in the order of their voters."""
    after = ""
    while True:
        some = (
            select(_BATCHES)
            .where(_BATCHES.c.vote_id == vote_id, _BATCHES.c.id > after)
            .order_by(_BATCHES.c.id)
            .limit(_AT_ONCE)
        )
        batches = work.session.execute(some).all()
        if not batches:
            return
        cast: dict[str, list[tuple[str, str]]] = {batch.id: [] for batch in batches}
        rows = select(_BALLOTS.c.batch, _BALLOTS.c.voter, _BALLOTS.c.choices).where(
            _BALLOTS.c.batch.in_(cast)
        )
        for batch_id, voter, choices in work.session.execute(rows):
            cast[batch_id].append((voter, choices))
        for batch in batches:
            yield batch, sorted(cast[batch.id])
        after = batches[-1].id


def _hold(
    found: Recount, store: Store, batch: Any, ballots: list[tuple[str, str]], sealed: dict[str, str]
) -> None:
    """Hold the ballots of a message against what its audit row digests."""
    said = sealed.pop(batch.id, None)
    if said is None:
        found.problems.append(f"message {batch.id}: the audit log does not know it / 审计链没有这批选票")
        return
    algorithm = said.partition(":")[0]
    if said != digest(log.told(batch.box, batch.number, ballots), algorithm):
        found.problems.append(f"message {batch.id}: its ballots were changed / 选票与审计链不符")


def _compare(work: Work, row: Any, found: Recount, names: dict[int, str]) -> None:
    """Hold the new count against the old one."""
    this = (_SOCIAL.c.cycle_id == row.cycle_id) & (_SOCIAL.c.stage == row.stage)
    written = {each.application_id: each.votes for each in work.session.execute(select(_SOCIAL).where(this))}
    if found.turnout != row.turnout:
        found.problems.append(f"{found.turnout} ballots in the log, {row.turnout} counted / 选票数不符")
    for name in sorted(names.values()):
        if found.votes[name] != written.get(name):
            found.problems.append(
                f"{name}: {found.votes[name]} in the log, {written.get(name)} counted / 票数不符"
            )


def all_votes(store: Store, cycle_id: str | None = None) -> list[Recount]:
    """Every vote held here, or those of one cycle. What the audit log has and no vote's log has is a problem of the first."""
    with store.read(Context(message_id=new_id())) as work:
        wanted = select(_VOTES.c.id).where(_VOTES.c.opens_at.is_not(None)).order_by(_VOTES.c.id)
        if cycle_id is not None:
            wanted = wanted.where(_VOTES.c.cycle_id == cycle_id)
        ids = list(work.session.execute(wanted).scalars())
        known = set(work.session.execute(select(_BATCHES.c.id)).scalars())
        lost = sorted(set(_sealed(store, work)) - known)
    found = [recount(store, vote_id) for vote_id in ids]
    if found and lost:
        found[0].problems += [f"message {each}: gone from the log / 选票记录缺失" for each in lost]
    return found


def main(arguments: Sequence[str] | None = None) -> int:
    """The command."""
    parser = argparse.ArgumentParser(prog="recount", description=__doc__.partition("\n")[0])
    parser.add_argument("--database", required=True, metavar="URL|@FILE")
    parser.add_argument("--cycle", metavar="ID")
    options = parser.parse_args(arguments)
    url = options.database
    if url.startswith("@"):
        url = Path(url[1:]).read_text(encoding="utf-8").strip()
    keys = os.environ.get("ZHIHENG_FIELD_KEYS_FILE")
    store = Store.open(
        url, service="review", field_keys=Path(keys).read_text(encoding="utf-8") if keys else None
    )
    try:
        store.sealer.seal_all()
        report = store.verify(None)
        found = all_votes(store, options.cycle)
    finally:
        store.close()
    for each in found:
        print(f"{each.cycle_id} {each.stage}: {each.turnout} ballots / 张选票")
        for name, number in sorted(each.votes.items()):
            print(f"  {name}: {number}")
        for problem in each.problems:
            print(f"  ! {problem}")
    for trouble in report.problems:
        print(f"! audit: {trouble.kind} {trouble.where}: {trouble.detail_en} / {trouble.detail_zh}")
    if not found:
        print("没有在本系统举行的投票 · no vote was held here")
    return 0 if report.intact and all(each.agrees for each in found) else 1


if __name__ == "__main__":
    sys.exit(main())
