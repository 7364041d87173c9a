"""What every owner of stages answers of its records: rows and audit entries of cycles that are over, for packages."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from shared.problems import Conflict
from shared.records.entries import sealed_entries
from shared.records.keeping import Keeping
from shared.records.rows import left_out, packed
from shared.records.tables import DESTROYED

if TYPE_CHECKING:
    from shared.procedure import Conductor, Cycle
    from shared.store import Store, Work


def rows(work: Work, conductor: Conductor, keeping: Keeping, data: dict[str, Any]) -> dict[str, Any]:
    """The reply `ArchivedRows`. Raises NotFound, Conflict while the cycle goes on."""
    cycle = conductor.cycle(work, data["cycle_id"])
    require_over(work, conductor, cycle)
    application_id = data["application_id"]
    return {
        "service": conductor.service,
        **packed(work, keeping, cycle.cycle_id, application_id, data["after"]),
        "left_out": left_out(keeping, of_cycle=application_id is None),
        "destroyed_on": None if application_id is None else destroyed_on(work, keeping, application_id),
    }


def entries(work: Work, store: Store, conductor: Conductor, data: dict[str, Any]) -> dict[str, Any]:
    """The reply `ArchivedEntries`. Raises as `rows` does."""
    cycle = conductor.cycle(work, data["cycle_id"])
    require_over(work, conductor, cycle)
    known = conductor.records.known_applications(work, cycle.cycle_id)
    found = sealed_entries(work, store, cycle.cycle_id, data["application_id"], known, data["after"])
    return {"service": conductor.service, **found}


def require_over(work: Work, conductor: Conductor, cycle: Cycle) -> date:
    """The day on which the cycle came to its end. Raises Conflict where it has not."""
    over = conductor.over_on(work, cycle)
    if over is None:
        raise Conflict(
            "评奖周期尚未结束，不能归档", "the cycle is not over, and nothing of it can be archived yet",
            code="cycle_not_over",
        )  # fmt: skip
    return over


def destroyed_on(work: Work, keeping: Keeping, application_id: str) -> date | None:
    """When the records of an application were destroyed here, None where they were not."""
    table = keeping.metadata.tables[DESTROYED]
    query = table.select().where(table.c.application_id == application_id)
    row = work.session.execute(query).one_or_none()
    return None if row is None else row.destroyed_on
