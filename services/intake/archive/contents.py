"""Contents of destroyed applications: each goes from the content store unless another row still names it.

The rows that named them went in the transaction that carried the list out; the store is asked afterwards, outside any
transaction, and what it did is written down. Coming twice does no harm.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache, partial
from typing import Any

from sqlalchemy import Table, and_, select, update

from services.intake import models
from shared.bus.native import Native
from shared.config import Settings
from shared.content import ContentError, ContentStore, open_store
from shared.problems import Conflict, Transient
from shared.records.destroying import in_pieces
from shared.store import Store, Work

_FILES, _CONTENTS = models.files, models.destroyed_contents
PENDING, REMOVED, SHARED = "pending", "removed", "shared"
_AT_ONCE = 1000
Named = Mapping[str, str]  # digest → what became of it


def note(work: Work, list_id: str, application_ids: Iterable[str]) -> None:
    """Write down which contents these applications named, while their rows are still there."""
    named: set[str] = set()
    for some in in_pieces(application_ids):
        query = select(_FILES.c.digest, _FILES.c.previews).where(_FILES.c.application_id.in_(some))
        for row in work.session.execute(query):
            named |= _of(row)
    rows = [{"list_id": list_id, "digest": each, "state": PENDING} for each in sorted(named)]
    if rows:
        work.session.execute(_CONTENTS.insert(), rows)


def _of(row: Any) -> set[str]:
    return {row.digest, *(preview["digest"] for preview in getattr(row, "previews", ()))}


def require_staying(work: Work, digest: str) -> None:
    """Whoever brings a content that is about to be removed has to come again a little later. Raises Conflict."""
    query = select(_CONTENTS.c.digest).where(and_(_CONTENTS.c.digest == digest, _CONTENTS.c.state == PENDING))
    if work.session.execute(query.limit(1)).first() is not None:
        raise Conflict(
            "相同内容正在销毁，请稍后再传", "the same content is being destroyed; send it again in a while",
            code="being_destroyed",
        )  # fmt: skip


@cache
def _thread() -> Native:
    return Native(1)


@cache
def _content(settings: Settings) -> ContentStore:
    return open_store(settings)


def remove(store: Store, event: Any, settings: Settings) -> Callable[[Work], None]:
    """Remove what is pending of a list. Gives what is to be written then. Raises Transient where the store is away."""
    with store.read() as work:
        waiting = _pending(work, event.data["list_id"])
        shared = _still_named(work, waiting) if waiting else set()
    if not waiting:
        return partial(settle, list_id=event.data["list_id"], done={})
    alone = sorted(waiting - shared)
    _thread().run(take_away, _content(settings), alone)
    done = dict.fromkeys(alone, REMOVED) | dict.fromkeys(shared, SHARED)
    return partial(settle, list_id=event.data["list_id"], done=done)


def take_away(content: ContentStore, digests: Iterable[str]) -> None:
    """Blocks; runs in a native thread. Raises Transient."""
    try:
        for each in digests:
            content.remove(each)
    except ContentError as away:
        raise Transient(
            "文件暂时无法删除", "the files cannot be removed just now", code="not_removed"
        ) from away


def _pending(work: Work, list_id: str) -> set[str]:
    query = select(_CONTENTS.c.digest).where(
        and_(_CONTENTS.c.list_id == list_id, _CONTENTS.c.state == PENDING)
    )
    return set(work.session.execute(query).scalars())


def _still_named(work: Work, digests: set[str]) -> set[str]:
    """Those that another row of ours is kept under, or one of its previews: a file of another application, a paper."""
    return {
        digest
        for table in models.metadata.sorted_tables
        if {"id", "digest", "size"} <= set(table.c.keys())
        for row in _all_rows(work, table)
        for digest in _of(row) & digests
    }


def _all_rows(work: Work, table: Table) -> Iterator[Any]:
    """What a table's rows name, page by page, in the order of their ids."""
    columns = [table.c[name] for name in ("id", "digest", "previews") if name in table.c]
    after = ""
    while True:
        query = select(*columns).where(table.c.id > after).order_by(table.c.id).limit(_AT_ONCE)
        page = work.session.execute(query).all()
        yield from page
        if len(page) < _AT_ONCE:
            return
        after = page[-1].id


def settle(work: Work, list_id: str, done: Named) -> None:
    """Write what became of each content."""
    for digest, state in done.items():
        mine = and_(
            _CONTENTS.c.list_id == list_id, _CONTENTS.c.digest == digest, _CONTENTS.c.state == PENDING
        )
        work.session.execute(update(_CONTENTS).where(mine).values(state=state, settled_at=work.now()))
    if done:
        counts = {state: list(done.values()).count(state) for state in (REMOVED, SHARED)}
        cycle_id = _cycle_of(work, list_id)
        work.audit("contents:removed", list_id, after=counts, cycle_id=cycle_id)


def _cycle_of(work: Work, list_id: str) -> str | None:
    lists = models.destruction_lists
    return work.session.execute(select(lists.c.cycle_id).where(lists.c.id == list_id)).scalar()
