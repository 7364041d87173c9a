"""What the sealed audit log holds of a notice: its entries, the seal that covers each, and whether the row is what was sealed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, and_, select

from services.eligibility import models
from services.eligibility.notices.proof import Anchor
from shared.identifiers.digests import UnknownDigestError
from shared.store import Work, chain

_AUDIT, _PENDING, _SEALS = models.platform.audit, models.platform.audit_pending, models.platform.audit_seals


@dataclass(frozen=True)
class Entry:
    """An audit entry of a notice, with the number and digest of its seal where it has one."""

    row: Row[Any]
    seal: int | None
    seal_digest: str | None
    as_sealed: bool | None

    @property
    def anchor(self) -> Anchor:
        """As the proof looks at it."""
        return Anchor(self.row.action, self.row.after_digest, self.as_sealed)

    def told(self) -> dict[str, Any]:
        """As the reply has it."""
        return {
            "entry_id": self.row.id,
            "action": self.row.action,
            "actor": self.row.actor,
            "at": self.row.at.isoformat(timespec="seconds"),
            "after_digest": self.row.after_digest,
            "seal": self.seal,
            "seal_digest": self.seal_digest,
        }


def of(work: Work, cycle_id: str, subject: str) -> list[Entry]:
    """The entries about a notice in their order. A row that its seal does not know counts as changed."""
    columns = [_AUDIT.c[name] for name in chain.ENCODED]
    query = select(*columns).where(
        and_(_AUDIT.c.cycle_id == cycle_id, _AUDIT.c.subject == subject, _AUDIT.c.action.like("notice:%"))
    )
    return [_entry(work, row) for row in work.session.execute(query.order_by(_AUDIT.c.id)).all()]


def _entry(work: Work, row: Row[Any]) -> Entry:
    waits = work.session.execute(select(_PENDING.c.id).where(_PENDING.c.id == row.id)).one_or_none()
    if waits is not None:
        return Entry(row, None, None, None)
    for seal in _seals_since(work, row.at):
        try:
            listed = dict(seal.listed())
            if row.id in listed:
                leaf = chain.leaf(chain.hasher(seal.algorithm), chain.encode_row(row))
                return Entry(row, seal.sequence, seal.digest, listed[row.id] == leaf)
        except (ValueError, UnknownDigestError):
            continue
    return Entry(row, None, None, False)


def _seals_since(work: Work, at: datetime) -> Iterator[chain.Seal]:
    """Seals in order, each read only when it is asked for: one lists all its rows, and mostly the first covers the entry."""
    passed = -1
    while True:
        query = select(_SEALS).where(and_(_SEALS.c.sealed_at >= at, _SEALS.c.sequence > passed))
        found = work.session.execute(query.order_by(_SEALS.c.sequence).limit(1)).one_or_none()
        if found is None:
            return
        passed = found.sequence
        yield chain.Seal(**found._mapping)
