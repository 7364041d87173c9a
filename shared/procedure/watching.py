"""监督 of several cycles: what a service tells discipline inspection of each, in one answer, and how much of it is new."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, ClassVar, Protocol

from sqlalchemy import Column, ColumnElement, Date, and_, func, select, true

from shared.clock import SHANGHAI
from shared.procedure import alerts
from shared.procedure.acts import acts
from shared.procedure.alerts import Cycles, Watched
from shared.procedure.conductor import Conductor
from shared.store import Store, Work


class Watching(Protocol):
    """A service that is watched."""

    name: ClassVar[str]
    conductor: ClassVar[Conductor]
    store: Store

    def watched(self, work: Work, cycles: Cycles) -> Mapping[str, Watched]:
        """Its alerts and figures of some cycles, by cycle."""
        ...

    def fresh(self, work: Work, cycles: Cycles, since: datetime | None) -> Mapping[str, Mapping[str, int]]:
        """How much is new, by what it is and then by cycle."""
        ...


def watch(service: Watching, work: Work, data: Mapping[str, Any]) -> dict[str, Any]:
    """The reply `Watching`: of each cycle that this service has heard of, in the order in which they are asked for.

    As many statements are asked of any number of cycles as of one.
    """
    cycles = service.conductor.cycles(work, data["cycle_ids"])
    if not cycles:
        return {"service": service.name, "cycles": []}
    watched, new = service.watched(work, cycles), service.fresh(work, cycles, data["since"])
    done = acts(work, service.store.tables.audit, cycles, data["actions"], data["subjects"])
    return {
        "service": service.name,
        "cycles": [
            {
                "cycle_id": cycle_id,
                "alerts": alerts.lines(service.name, cycle_id, watched[cycle_id]),
                "acts": done[cycle_id],
                "fresh": [
                    {"what": what, "count": counts[cycle_id]}
                    for what, counts in new.items()
                    if counts.get(cycle_id)
                ],
            }
            for cycle_id in cycles
        ],
    }


def since_in(
    work: Work, cycles: Iterable[str], at: Column[Any], since: datetime | None, *which: ColumnElement[bool]
) -> dict[str, int]:
    """How many rows of each cycle are of a day or an instant not before `since`, all of them where that is None; a cycle without
    any is not in it.
    """
    table = at.table
    mine = and_(table.c.cycle_id.in_(cycles), _not_before(at, since), *which)
    query = select(table.c.cycle_id, func.count()).where(mine).group_by(table.c.cycle_id)
    return {cycle_id: int(number) for cycle_id, number in work.session.execute(query)}


def _not_before(at: Column[Any], since: datetime | None) -> ColumnElement[bool]:
    if since is None:
        return true()
    # Of a day without an hour it is better shown twice than not at all.
    return at >= (since.astimezone(SHANGHAI).date() if isinstance(at.type, Date) else since)
