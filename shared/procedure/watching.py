"""监督 of several cycles: what a service tells discipline inspection of each, in one answer, and how much of it is new."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar, Protocol

from sqlalchemy import Column, ColumnElement, Date, and_, func, select, true

from shared.clock import SHANGHAI
from shared.problems import NotFound
from shared.procedure import alerts
from shared.procedure.acts import acts
from shared.procedure.alerts import Watched
from shared.procedure.conductor import Conductor
from shared.procedure.state import Cycle
from shared.store import Store, Work


class Watching(Protocol):
    """A service that is watched."""

    name: ClassVar[str]
    conductor: ClassVar[Conductor]
    store: Store

    def watched(self, work: Work, cycle: Cycle) -> Watched:
        """Its alerts and figures of a cycle."""
        ...

    def fresh(self, work: Work, cycle: Cycle, since: datetime | None) -> Mapping[str, int]:
        """How much of a cycle is new, by what it is."""
        ...


def watch(service: Watching, work: Work, data: Mapping[str, Any]) -> dict[str, Any]:
    """The reply `Watching`: of each cycle that this service has heard of, in the order in which they are asked for."""
    found = []
    for cycle_id in dict.fromkeys(data["cycle_ids"]):
        try:
            cycle = service.conductor.cycle(work, cycle_id)
        except NotFound:
            continue  # nothing has happened to it here
        new = service.fresh(work, cycle, data["since"])
        found.append({
            "cycle_id": cycle_id,
            "alerts": alerts.lines(service.name, cycle_id, service.watched(work, cycle)),
            "acts": acts(work, service.store.tables.audit, cycle_id, data["actions"], data["subjects"]),
            "fresh": [{"what": what, "count": number} for what, number in new.items() if number],
        })  # fmt: skip
    return {"service": service.name, "cycles": found}


def since_in(
    work: Work, cycle: Cycle, at: Column[Any], since: datetime | None, *which: ColumnElement[bool]
) -> int:
    """How many rows of a cycle are of a day or an instant not before `since`; all of them where that is None."""
    table = at.table
    mine = and_(table.c.cycle_id == cycle.cycle_id, _not_before(at, since), *which)
    query = select(func.count()).select_from(table).where(mine)
    return int(work.session.execute(query).scalar_one())


def _not_before(at: Column[Any], since: datetime | None) -> ColumnElement[bool]:
    if since is None:
        return true()
    # Of a day without an hour it is better shown twice than not at all.
    return at >= (since.astimezone(SHANGHAI).date() if isinstance(at.type, Date) else since)
