"""From what works left behind to rows of the outbox and the audit log."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from shared.store.rows import compact
from shared.store.work import AuditEntry, PublishedEvent, Work

if TYPE_CHECKING:
    from shared.store.store import Store

PUBLISHED = "event:published"
RECEIVED = "event:received"

Row = dict[str, Any]


def outbox_rows(store: Store, events: Iterable[PublishedEvent]) -> list[Row]:
    """One row per event; the headers carry the context that caused it."""
    headers: dict[int, str] = {}
    rows = []
    for event in events:
        key = id(event.work)
        if key not in headers:
            headers[key] = compact(event.work.context.child("").to_headers())
        rows.append(
            {
                "id": event.id,
                "name": event.event.NAME,
                "version": event.event.VERSION,
                "subject": event.subject,
                "occurred_at": event.at,
                "data": store.protect("outbox.data", event.body.decode()),
                "headers": headers[key],
                "published_at": None,
            }
        )
    return rows


def audit_rows(
    store: Store, works: Sequence[Work], entries: Sequence[AuditEntry], events: Sequence[PublishedEvent]
) -> list[Row]:
    """The audit rows of all works.

    Each event published is named in one of them and so is each event received, with the digest of its body:
    the first row of the same cycle carries it, or a row of its own where the handler left none.
    """
    rows_of: dict[int, list[Row]] = {id(work): [] for work in works}
    rows: list[Row] = []

    def add(row: Row, work: Work) -> Row:
        rows_of[id(work)].append(row)
        rows.append(row)
        return row

    for entry in entries:
        add(_row(store, entry), entry.work)
    for event in events:
        mine = rows_of[id(event.work)]
        row = next((row for row in mine if row["cycle_id"] == event.cycle_id), None)
        if row is None:
            row = add(_own_row(store, event.work, PUBLISHED, event.subject, event.cycle_id), event.work)
        row["published"] = row["published"] or []
        row["published"].append([event.id, event.event.NAME, event.digest])
    for work in works:
        if work.receipt is not None:
            mine = rows_of[id(work)]
            row = mine[0] if mine else add(_own_row(store, work, RECEIVED, work.receipt.name, None), work)
            row["received"] = compact([work.receipt.source, work.receipt.name, work.receipt.digest])
    for row in rows:
        if row["published"]:
            row["published"] = compact(row["published"])
    return rows


def _own_row(store: Store, work: Work, action: str, subject: str, cycle_id: str | None) -> Row:
    entry = AuditEntry(
        work=work,
        id=store.new_id(),
        at=store.clock.now(),
        action=action,
        subject=subject,
        cycle_id=cycle_id,
        before_digest=None,
        after_digest=None,
        reason=work.context.reason or None,
    )
    return _row(store, entry)


def _row(store: Store, entry: AuditEntry) -> Row:
    context = entry.work.context
    return {
        "id": entry.id,
        "at": entry.at,
        "rehearsal_date": context.rehearsal_date,
        "actor": entry.work.by,
        "role": context.role or None,
        "on_behalf_of": context.on_behalf_of or None,
        "delegated_by": context.delegated_by or None,
        "action": entry.action,
        "subject": entry.subject,
        "cycle_id": entry.cycle_id,
        "before_digest": entry.before_digest,
        "after_digest": entry.after_digest,
        "reason": entry.reason,
        "message_id": context.message_id or None,
        "correlation_id": context.correlation_id or None,
        "received": None,
        "published": None,
    }
