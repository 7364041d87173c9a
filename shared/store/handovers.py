"""The links between services: what each says it published, against what the others say they received.

Both say so in their sealed audit logs, with the digest of the body that was sent: neither can change its
story alone.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import select

from shared.store.inspection import GRACE, AuditProblem

if TYPE_CHECKING:
    from shared.store.store import Store

Hears = Mapping[str, frozenset[str]]  # `publisher/event` → services that must have received it


@dataclass(frozen=True)
class HandoverReport:
    """The verdict on the events between services: how many were compared, how many are still under way."""

    compared: int
    under_way: int
    problems: tuple[AuditProblem, ...]

    @property
    def intact(self) -> bool:
        return not self.problems


@dataclass(frozen=True)
class _Sent:
    """An event as its publisher tells it; while it is under way nobody need have received it."""

    publisher: str
    id: str
    name: str
    digest: str
    under_way: bool
    in_scope: bool


@dataclass(frozen=True)
class _Got:
    """An event as a consumer tells it."""

    consumer: str
    id: str
    publisher: str
    name: str
    digest: str
    in_scope: bool


def check_handovers(
    stores: Sequence[Store],
    cycle_id: str | None = None,
    *,
    hears: Hears | None = None,
    grace: timedelta = GRACE,
) -> HandoverReport:
    """Compare both sides of every event, or of those of one cycle.

    `hears` names the consumers of each event. Without it, a service that received one event of a name from a
    publisher is taken to hear all of them. An event that waits in its outbox, or is younger than `grace`, is
    under way.
    """
    began = {store.service: store.clock.now() for store in stores}
    # All receipts are read before anything published is: whatever was received by then is published by then.
    receipts: dict[tuple[str, str], list[_Got]] = {}
    for store in stores:
        for got in _received(store, cycle_id):
            receipts.setdefault((got.consumer, got.id), []).append(got)
    sent = {
        event.id: event
        for store in stores
        for event in _published(store, cycle_id, began[store.service] - grace)
    }
    services = frozenset(began)
    wanted = _expected(receipts, hears, services)
    compared = under_way = 0
    problems: list[AuditProblem] = []
    for event in sent.values():
        if not event.in_scope:
            continue
        for consumer in sorted(wanted(event)):
            found = receipts.get((consumer, event.id), [])
            compared += bool(found)
            problems += [
                _differs(event, got) for got in found if (got.name, got.digest) != (event.name, event.digest)
            ]
            if not found and event.under_way:
                under_way += 1
            elif not found:
                problems.append(_missing(event, consumer))
    for founds in receipts.values():
        problems += [_unknown(got) for got in founds if got.in_scope and _untold(got, sent, services)]
    return HandoverReport(compared, under_way, tuple(problems))


def _expected(
    receipts: Mapping[tuple[str, str], list[_Got]], hears: Hears | None, services: frozenset[str]
) -> Callable[[_Sent], frozenset[str] | set[str]]:
    """Who should have received an event, as a function of the event."""
    if hears is not None:
        return lambda event: hears.get(f"{event.publisher}/{event.name}", frozenset()) & services
    observed: dict[tuple[str, str], set[str]] = {}
    for founds in receipts.values():
        for got in founds:
            observed.setdefault((got.publisher, got.name), set()).add(got.consumer)
    return lambda event: observed.get((event.publisher, event.name), set())


def _untold(got: _Got, sent: Mapping[str, _Sent], services: frozenset[str]) -> bool:
    event = sent.get(got.id)
    return got.publisher in services and (event is None or event.publisher != got.publisher)


def _differs(event: _Sent, got: _Got) -> AuditProblem:
    zh = f"{event.publisher} 发出与 {got.consumer} 收到的内容不一致（{event.name}）"
    en = f"what {event.publisher} published and what {got.consumer} received differ ({event.name})"
    return AuditProblem(got.consumer, "handover_changed", f"event {event.id}", zh, en)


def _missing(event: _Sent, consumer: str) -> AuditProblem:
    zh = f"{event.publisher} 已发出，{consumer} 无收到记录（{event.name}）"
    en = f"published by {event.publisher}, no trace at {consumer}: lost, parked, or row gone ({event.name})"
    return AuditProblem(consumer, "handover_missing", f"event {event.id}", zh, en)


def _unknown(got: _Got) -> AuditProblem:
    zh = f"{got.consumer} 收到的事件在 {got.publisher} 无发出记录（{got.name}）"
    en = f"received by {got.consumer}, no trace at {got.publisher} ({got.name})"
    return AuditProblem(got.consumer, "handover_unknown", f"event {got.id}", zh, en)


def _received(store: Store, cycle_id: str | None) -> Iterator[_Got]:
    audit = store.tables.audit.c
    rows = select(audit.message_id, audit.cycle_id, audit.received).where(audit.received.is_not(None))
    with store.reading() as connection:
        for row in connection.execute(rows.execution_options(yield_per=1000)):
            told = _entry(row.received)
            if told is not None and row.message_id:
                in_scope = cycle_id is None or row.cycle_id == cycle_id
                yield _Got(store.service, row.message_id, *told, in_scope=in_scope)


def _published(store: Store, cycle_id: str | None, settled_before: datetime) -> Iterator[_Sent]:
    audit, outbox = store.tables.audit.c, store.tables.outbox.c
    rows = (
        select(audit.at, audit.cycle_id, audit.published)
        .where(audit.published.is_not(None))
        .order_by(audit.id)
    )
    with store.reading() as connection:
        waiting = set(connection.execute(select(outbox.id).where(outbox.published_at.is_(None))).scalars())
        for row in connection.execute(rows.execution_options(yield_per=1000)):
            in_scope = cycle_id is None or row.cycle_id == cycle_id
            for each in _entries(row.published):
                under_way = each[0] in waiting or row.at > settled_before
                yield _Sent(store.service, *each, under_way=under_way, in_scope=in_scope)


def _entries(text: str) -> list[tuple[str, str, str]]:
    try:
        listed = json.loads(text)
    except ValueError:
        return []
    found = [_triple(each) for each in listed] if isinstance(listed, list) else []
    return [each for each in found if each is not None]


def _entry(text: str) -> tuple[str, str, str] | None:
    try:
        return _triple(json.loads(text))
    except ValueError:
        return None


def _triple(value: object) -> tuple[str, str, str] | None:
    """Three texts, or None: what was tampered with is the seals' to find, here it must only do no harm."""
    if isinstance(value, list) and len(value) == 3 and all(isinstance(part, str) for part in value):
        return value[0], value[1], value[2]
    return None
