"""What a handler is given: a session, the circumstances, and places to leave events and audit entries."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import Table, or_, select
from sqlalchemy.engine import Connection
from sqlalchemy.orm import Session

from shared.contracts import dump
from shared.contracts.base import Event
from shared.contracts.context import Context
from shared.identifiers import canonical_json, digest, digest_bytes

if TYPE_CHECKING:
    from shared.store.transaction import Transaction


@dataclass(frozen=True)
class Receipt:
    """The event that a work handles: who published it, its name, and the digest of its body as received.

    `Store.digest_of(body)` makes the digest; the sealed audit keeps it, so that both sides of a hand-over can
    be compared.
    """

    source: str
    name: str
    digest: str


@dataclass(frozen=True, slots=True)
class PublishedEvent:
    """An event that waits for the commit."""

    work: Work
    id: str
    event: type[Event]
    subject: str
    at: datetime
    body: bytes
    digest: str
    cycle_id: str | None


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """An audit row that waits for the commit."""

    work: Work
    id: str
    at: datetime
    action: str
    subject: str
    cycle_id: str | None
    before_digest: str | None
    after_digest: str | None
    reason: str | None


class Work:
    """One unit of work inside a transaction, for one message, call or tick.

    Make it inside the savepoint that shall undo it. After a failed flush the whole savepoint is lost; to try
    something that may break a constraint use `with work.session.begin_nested():`.
    """

    __slots__ = ("_session", "_tx", "context", "receipt")

    def __init__(self, tx: Transaction, context: Context, receipt: Receipt | None) -> None:
        self._tx = tx
        self._session: Session | None = None
        self.context = context
        self.receipt = receipt

    @property
    def session(self) -> Session:
        """The ORM session, opened on the transaction's connection when first asked for."""
        if self._session is None:
            self._session = self._tx.lend_session()
        return self._session

    @property
    def connection(self) -> Connection:
        """The transaction's connection, for Core statements; flush the session first where both touch one row."""
        return self._tx.connection

    @property
    def by(self) -> str:
        """Who does this: a person by subject, or the service itself where nobody asked for it."""
        return self.context.actor or f"system:{self.service}"

    @property
    def parties(self) -> frozenset[str]:
        """Whoever does this, and whoever lent the role for it: what is closed to one of them is closed to both."""
        return frozenset({self.by, self.context.delegated_by} - {""})

    def same_person(self, *others: str | None, about: str) -> bool:
        """Whether one of the others (who prepared, entered, raised something) counts as the same person as whoever does this.

        Helper and giver of a lent role are one person: here, and where one of the others acted about the same thing for
        somebody who now acts or lent the role. `about` is the thing's id, as a part of the audit entries' subjects.
        """
        people, mine = {each for each in others if each}, self.parties
        if people & mine:
            return True
        if not people:
            return False
        audit = self._tx.store.tables.audit
        subject = audit.c.subject
        inside = (f"{_literal(about)}/%", f"%/{_literal(about)}", f"%/{_literal(about)}/%")
        query = select(audit.c.id).where(
            audit.c.delegated_by.in_(sorted(mine)),
            audit.c.actor.in_(sorted(people)),
            or_(subject == about, *(subject.like(each, escape="\\") for each in inside)),
        )
        return self.connection.execute(query.limit(1)).first() is not None

    @property
    def service(self) -> str:
        """The name of the service whose store this is."""
        return self._tx.store.service

    def now(self) -> datetime:
        """The present instant; inside a rehearsal, the rehearsal's day with the present time of day."""
        now = self._tx.store.clock.now()
        day = self.context.rehearsal_date
        return now if day is None else datetime.combine(day, now.timetz())

    def today(self) -> date:
        """The rehearsal's day, or today in Asia/Shanghai."""
        return self.context.rehearsal_date or self._tx.store.clock.today()

    def new_id(self) -> str:
        """A new time-ordered id, 32 hex digits."""
        return self._tx.store.new_id()

    def blind_index(self, value: str, purpose: str) -> str:
        """To find an encrypted value by; `purpose` is `table.column`. Raises MissingKeyError without a ring."""
        return self._tx.store.keys.blind_index(value, purpose)

    def publish(self, event: type[Event], data: Mapping[str, Any], *, subject: str) -> str:
        """Publish with the commit; gives the event's id.

        Raises Invalid where the data do not fit the contract, PermissionError where this service is no
        publisher of it.
        """
        self._tx.must_write()
        store = self._tx.store
        if event.PUBLISHERS and store.service not in event.PUBLISHERS:
            raise PermissionError(f"{store.service} does not publish {event.NAME}")
        body = canonical_json(dump(store.schema_of(event), data))
        published = PublishedEvent(
            work=self,
            id=store.new_id(),
            event=event,
            subject=subject,
            at=store.clock.now(),
            body=body,
            digest=digest_bytes(body, store.algorithm),
            cycle_id=_text(data.get("cycle_id")),
        )
        self._tx.events.append(published)
        return published.id

    def audit(
        self,
        action: str,
        subject: str,
        *,
        before: Mapping[str, Any] | None = None,
        after: Mapping[str, Any] | None = None,
        reason: str | None = None,
        cycle_id: str | None = None,
        secret: bool = False,
    ) -> None:
        """Leave an audit entry: `action` is `noun:verb`, `before` and `after` become digests.

        What is `secret` leaves no digest at all: a digest of one of a few possible values can be guessed.
        """
        self._tx.must_write()
        store = self._tx.store
        self._tx.entries.append(
            AuditEntry(
                work=self,
                id=store.new_id(),
                at=store.clock.now(),
                action=action,
                subject=subject,
                cycle_id=cycle_id,
                before_digest=None if secret or before is None else digest(before, store.algorithm),
                after_digest=None if secret or after is None else digest(after, store.algorithm),
                reason=reason if reason is not None else self.context.reason or None,
            )
        )

    def add_later(self, table: Table, rows: Iterable[Mapping[str, Any]]) -> None:
        """Insert rows with the commit, those of all works of the transaction at once; until then nobody reads them.

        For histories that grow with every message. The values go to the driver as they are: text, numbers, days, instants.
        """
        self._tx.must_write()
        self._tx.rows.extend((table, row) for row in rows)

    @contextmanager
    def piece(self) -> Iterator[None]:
        """One of many things that this work does: undone alone, with all that it published and audited, if an exception
        leaves it; re-raises.
        """
        self.flush()
        with self._tx.savepoint():
            yield
            self.flush()

    def flush(self) -> None:
        """Send what the session holds to the database."""
        if self._session is not None:
            self._session.flush()

    def close(self) -> None:
        """Let go of the session; its objects stay readable."""
        if self._session is not None:
            self._tx.take_back(self._session)
            self._session = None


def _literal(value: str) -> str:
    """A value in a pattern of LIKE."""
    return value.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None
