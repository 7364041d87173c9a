"""归档包 the register of packages: which one was made of what, by its digest, so that a later one can be compared."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row, select

from services.intake import models
from services.intake.archive import due
from services.intake.stages import conductor
from shared.problems import Conflict, invalid_field
from shared.records.answering import require_over
from shared.store import Work

_PACKAGES, _APPLICATIONS = models.record_packages, models.applications
Data = dict[str, Any]


def register(work: Work, data: Data) -> Data:
    """Enter a package. Raises NotFound, Invalid, Conflict while the cycle goes on, or where the records are destroyed."""
    cycle = conductor.cycle(work, data["cycle_id"])
    require_over(work, conductor, cycle)
    application_id = data["application_id"]
    if application_id is not None and application_id not in due.applications(work, cycle.cycle_id):
        raise invalid_field("application_id", "本周期没有这份申报", "no application of this cycle")
    if application_id in due.destroyed(work, cycle.cycle_id):
        raise Conflict("档案已销毁", "the records are destroyed", code="destroyed")
    names = ("digest", "payload", "files", "size")
    row = {
        "id": work.new_id(),
        "cycle_id": cycle.cycle_id,
        "application_id": application_id,
        **{name: data[name] for name in names},
        "made_by": work.by,
        "made_at": work.now(),
    }
    work.session.execute(_PACKAGES.insert().values(**row))
    # Not under the application's id: the entry would be in the next package, and no two would be alike.
    work.audit("package:made", row["id"], after={name: row[name] for name in names}, cycle_id=cycle.cycle_id)
    return _state(work.session.execute(select(_PACKAGES).where(_PACKAGES.c.id == row["id"])).one(), None)


def listed(work: Work, data: Data) -> Data:
    """The packages of an application, or of a cycle with those of its applications, the oldest first; and how many
    applications have none.
    """
    cycle = conductor.cycle(work, data["cycle_id"])
    query = (
        select(_PACKAGES, _APPLICATIONS.c.public_number)
        .outerjoin(_APPLICATIONS, _APPLICATIONS.c.id == _PACKAGES.c.application_id)
        .where(_PACKAGES.c.cycle_id == cycle.cycle_id)
        .order_by(_PACKAGES.c.id)
    )
    if data["application_id"] is not None:
        query = query.where(_PACKAGES.c.application_id == data["application_id"])
    rows = work.session.execute(query).all()
    packed = {row.application_id for row in rows}
    without = due.applications(work, cycle.cycle_id) - packed - due.destroyed(work, cycle.cycle_id)
    return {
        "cycle_id": cycle.cycle_id,
        "packages": [_state(row, row.public_number) for row in rows],
        "without": None if data["application_id"] is not None else len(without),
    }


def _state(row: Row[Any], public_number: str | None) -> Data:
    names = ("cycle_id", "application_id", "digest", "payload", "files", "size", "made_by")
    return {
        "package_id": row.id,
        "public_number": public_number,
        "made_at": row.made_at.isoformat(),
        **{name: getattr(row, name) for name in names},
    }
