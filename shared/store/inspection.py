"""Checking the sealed audit log of one service: every link of the chain, every row."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import ColumnElement, and_, exists, func, select
from sqlalchemy.engine import Connection

from shared.identifiers.digests import UnknownDigestError
from shared.store import chain
from shared.store.sealer import rows_of

if TYPE_CHECKING:
    from shared.store.store import Store

GRACE = timedelta(minutes=1)  # how long a row may wait for its seal
_NAMED_AT_MOST = 20  # per kind: a log that is wholly broken needs no list of every row


@dataclass(frozen=True)
class AuditProblem:
    """One break: in which service, of what kind, where, and what it means.

    Kinds: changed, missing, inserted, unsealed, seal_changed, seal_missing; handover_missing,
    handover_changed, handover_unknown.
    """

    service: str
    kind: str
    where: str
    detail_zh: str
    detail_en: str


@dataclass(frozen=True)
class AuditReport:
    """The verdict on one service. `head`, the last seal's digest, kept elsewhere, proves that nothing was cut off."""

    service: str
    entries: int
    sealed: int
    unsealed: int
    seals: int
    head: str
    problems: tuple[AuditProblem, ...]

    @property
    def intact(self) -> bool:
        return not self.problems


class Inspection:
    """One pass over the audit log of a store, on one snapshot."""

    def __init__(self, store: Store, connection: Connection, grace: timedelta) -> None:
        self._store = store
        self._tables = store.tables
        self._connection = connection
        self._grace = grace
        self._problems: list[AuditProblem] = []
        self._present = 0  # sealed rows that are there
        self._sealed: set[str] | None = None  # collected only where the counts do not agree

    def report(self, cycle_id: str | None) -> AuditReport:
        """Check everything; `entries`, `sealed` and `unsealed` count the rows of the cycle, or all."""
        head, seals = "", 0
        expected = (0, "")
        for seal in self._seals():
            self._check_link(seal, expected)
            self._check_rows(seal)
            expected = (seal.sequence, seal.digest)
            head, seals = seal.digest, seals + 1
        self._check_waiting()
        self._check_inserted()
        audit, pending = self._tables.audit.c, self._tables.audit_pending.c
        scope = [] if cycle_id is None else [audit.cycle_id == cycle_id]
        entries = self._count(*scope)
        unsealed = self._count(*scope, audit.id.in_(select(pending.id)))
        return AuditReport(
            self._store.service, entries, entries - unsealed, unsealed, seals, head, tuple(self._problems)
        )

    def _seals(self) -> Iterator[chain.Seal]:
        seals, last = self._tables.audit_seals, 0
        while True:
            page = self._connection.execute(
                select(seals).where(seals.c.sequence > last).order_by(seals.c.sequence).limit(20)
            ).all()
            for row in page:
                yield chain.Seal(**row._mapping)
                last = row.sequence
            if not page:
                return

    def _check_link(self, seal: chain.Seal, before: tuple[int, str]) -> None:
        where = f"seal {seal.sequence}"
        if seal.sequence != before[0] + 1:
            gap = f"seal {before[0] + 1}"
            self._broken("seal_missing", gap, "封存批次缺失", "a seal is missing from the chain")
        elif seal.previous != before[1]:
            self._broken(
                "seal_changed", where, "与上一封存批次不衔接", "does not follow from the seal before it"
            )
        try:
            again = chain.make_seal(
                self._store.service,
                (seal.sequence - 1, seal.previous),
                seal.sealed_at,
                seal.algorithm,
                seal.listed(),
            )
        except (ValueError, UnknownDigestError) as error:
            self._broken("seal_changed", where, "封存批次无法复核", f"cannot be recomputed: {error}")
            return
        if (again.root, again.digest) != (seal.root, seal.digest):
            self._broken("seal_changed", where, "封存批次与其摘要不符", "does not agree with its own digest")

    def _check_rows(self, seal: chain.Seal) -> None:
        try:
            listed = seal.listed()
            hash_ = chain.hasher(seal.algorithm)
        except (ValueError, UnknownDigestError):
            return  # reported as a changed seal already
        found = {
            row[0]: row for row in rows_of(self._connection, self._store, [row_id for row_id, _ in listed])
        }
        self._present += len(found)
        for row_id, digest_ in listed:
            where = f"row {row_id} (seal {seal.sequence})"
            row = found.get(row_id)
            if row is None:
                self._broken("missing", where, "审计记录缺失", "the row is gone")
            elif chain.leaf(hash_, chain.encode_row(row)) != digest_:
                name = row[chain.ENCODED.index("action")]
                self._broken("changed", where, f"审计记录被改动（{name}）", f"the row was changed ({name})")

    def _check_waiting(self) -> None:
        audit, pending = self._tables.audit, self._tables.audit_pending
        limit = self._store.clock.now() - self._grace
        late = (
            select(audit.c.id)
            .join(pending, pending.c.id == audit.c.id)
            .where(audit.c.at < limit)
            .order_by(audit.c.id)
            .limit(_NAMED_AT_MOST)
        )
        for row_id in self._connection.execute(late).scalars():
            self._broken(
                "unsealed", f"row {row_id}", "审计记录逾时未封存", "the row has waited too long for a seal"
            )
        kept = exists().where(audit.c.id == pending.c.id)
        for row_id in self._connection.execute(
            select(pending.c.id).where(~kept).limit(_NAMED_AT_MOST)
        ).scalars():
            self._broken(
                "missing", f"row {row_id}", "未封存的审计记录缺失", "the row is gone before it was sealed"
            )

    def _check_inserted(self) -> None:
        audit, pending = self._tables.audit, self._tables.audit_pending
        waiting = self._count(audit.c.id.in_(select(pending.c.id)))
        if self._count() == self._present + waiting:
            return
        sealed = {row_id for seal in self._seals() for row_id in _ids(seal)}
        outside = select(audit.c.id, audit.c.action).where(audit.c.id.not_in(select(pending.c.id)))
        for row in self._connection.execute(outside.order_by(audit.c.id)):
            if row.id not in sealed:
                self._broken(
                    "inserted",
                    f"row {row.id}",
                    f"审计记录未经封存程序写入（{row.action}）",
                    f"the row is neither sealed nor waiting for a seal ({row.action})",
                )

    def _count(self, *conditions: ColumnElement[bool]) -> int:
        counted = select(func.count()).select_from(self._tables.audit).where(and_(True, *conditions))
        return int(self._connection.execute(counted).scalar_one())

    def _broken(self, kind: str, where: str, zh: str, en: str) -> None:
        if sum(problem.kind == kind for problem in self._problems) < _NAMED_AT_MOST:
            self._problems.append(AuditProblem(self._store.service, kind, where, zh, en))


def _ids(seal: chain.Seal) -> list[str]:
    try:
        return [row_id for row_id, _ in seal.listed()]
    except ValueError:
        return []
