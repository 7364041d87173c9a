"""The audit entries of an application or of a cycle, each with the proof that its seal covers it."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, func, or_, select

from shared.records import proofs
from shared.store import chain

if TYPE_CHECKING:
    from shared.store import Store, Work

PAGE = 200  # entries in one reply
_LOOKED_AT = 5000  # entries that one reply looks at, whether or not they are given
_IDS = 20_000  # that the seals of one reply name: some 700 kB
_SEALS = 20  # read at once
_CLOCKS = timedelta(minutes=1)  # by which the clocks of two replicas may differ


def sealed_entries(
    work: Work, store: Store, cycle_id: str, application_id: str | None, applications: set[str], after: str
) -> dict[str, Any]:
    """One page: entries whose subject names the application, or, of a cycle, those that name none of `applications`.

    An entry that no seal covers yet has no proof. The audit log is left as it is.
    """
    audit = store.tables.audit
    query = select(audit).where(audit.c.cycle_id == cycle_id, audit.c.id > after).order_by(audit.c.id)
    if application_id is not None:
        query = query.where(_names(audit.c.subject, application_id))
    found: list[dict[str, Any]] = []
    seals = Seals(work, store)
    rows = work.session.execute(query.limit(_LOOKED_AT)).all()
    for row in rows:
        if application_id is None and applications & set(row.subject.split("/")):
            continue
        if len(found) == PAGE or seals.named > _IDS:
            return {"entries": found, "seals": seals.shown(), "next": found[-1]["id"]}
        found.append(seals.proved(row))
    further = rows[-1].id if len(rows) == _LOOKED_AT else None
    return {"entries": found, "seals": seals.shown(), "next": further}


def _names(subject: Any, application_id: str) -> ColumnElement[bool]:
    """Subjects are an id, or several with slashes between."""
    inside = application_id.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return or_(
        subject == application_id,
        *(subject.like(pattern, escape="\\") for pattern in (f"{inside}/%", f"%/{inside}", f"%/{inside}/%")),
    )


class Seals:
    """The seals of one reply: each is read, and its tree walked, once."""

    def __init__(self, work: Work, store: Store) -> None:
        self._work = work
        self._store = store
        self._places: dict[str, tuple[chain.Seal, int]] = {}
        self._used: dict[int, chain.Seal] = {}

    @property
    def named(self) -> int:
        """How many ids the seals name that were used."""
        return sum(seal.entries for seal in self._used.values())

    def proved(self, row: Any) -> dict[str, Any]:
        """An entry as a package holds it; `seal`, `index` and `path` are None while it waits for its seal."""
        entry = {name: row._mapping[name] for name in chain.ENCODED}
        entry["at"] = row.at.isoformat()
        entry["rehearsal_date"] = None if row.rehearsal_date is None else row.rehearsal_date.isoformat()
        place = self._find(row)
        if place is None:
            return {**entry, "seal": None, "index": None, "path": None}
        seal, index = place
        self._used[seal.sequence] = seal
        leaves = [digest_ for _, digest_ in seal.listed()]
        steps = proofs.path(chain.hasher(seal.algorithm), leaves, index)
        return {**entry, "seal": seal.sequence, "index": index, "path": steps}

    def _find(self, row: Any) -> tuple[chain.Seal, int] | None:
        """Entries are sealed soon after they are written: the search begins with the seals of that minute."""
        pending, seals = self._store.tables.audit_pending, self._store.tables.audit_seals
        if row.id in self._places:
            return self._places[row.id]
        if self._work.session.execute(select(pending.c.id).where(pending.c.id == row.id)).first():
            return None
        since = seals.c.sealed_at >= row.at - _CLOCKS
        first = self._work.session.execute(select(func.min(seals.c.sequence)).where(since)).scalar()
        while first is not None and row.id not in self._places:
            query = select(seals).where(seals.c.sequence >= first).order_by(seals.c.sequence).limit(_SEALS)
            page = self._work.session.execute(query).all()
            for each in page:
                seal = chain.Seal(**each._mapping)
                self._places |= {id_: (seal, index) for index, (id_, _) in enumerate(seal.listed())}
            first = page[-1].sequence + 1 if page else None
        return self._places.get(row.id)

    def shown(self) -> list[dict[str, Any]]:
        """The seals that were used, with the ids that they cover and without the leaves."""
        return [
            {
                "sequence": seal.sequence,
                "sealed_at": seal.sealed_at.isoformat(),
                "algorithm": seal.algorithm,
                "ids": [id_ for id_, _ in seal.listed()],
                "root": seal.root,
                "previous": seal.previous,
                "digest": seal.digest,
            }
            for _, seal in sorted(self._used.items())
        ]
