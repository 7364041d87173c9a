"""跟踪回访: planned by the office, and put on record with what was found."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row, and_, select, update

from services.incentives import models
from services.incentives.tracking import files, shown
from services.incentives.tracking.states import Visit, before, moved
from shared.calendar import in_words
from shared.problems import Conflict, NotFound, invalid_field
from shared.procedure import Conductor, Cycle
from shared.store import Work

Data = dict[str, Any]
_VISITS = models.tracking.visits


def plan(work: Work, conductor: Conductor, data: Data) -> Data:
    """Plan a visit. Raises NotFound, Conflict where the winner is followed no more, Invalid for a day that is over."""
    cycle, file = files.lock(work, conductor, data)
    if data["visit_on"] < work.today():
        raise invalid_field("visit_on", "不得早于今天", "must not be earlier than today")
    require_followed(file, data["visit_on"])
    if not data["visitors"]:
        raise invalid_field("visitors", "至少一人", "at least one person")
    row = {
        "id": work.new_id(),
        "application_id": file.application_id,
        **{name: data[name] for name in ("visit_on", "visitors", "purpose")},
        "state": Visit.PLANNED.value,
        "planned_by": work.by,
        "planned_on": work.today(),
    }
    work.session.execute(_VISITS.insert().values(**row))
    work.audit("tracking:visit_planned", row["id"], after=row, cycle_id=cycle.cycle_id)
    return shown.visit(work, _require(work, file, row["id"]))


def record(work: Work, conductor: Conductor, data: Data) -> Data:
    """Put a visit on record. Raises NotFound, Conflict before its day and where it is over."""
    cycle, file = files.lock(work, conductor, data)
    row = _require(work, file, data["visit_id"])
    moved(Visit(row.state), Visit.DONE)
    if work.today() < row.visit_on:
        raise Conflict(
            f"回访定于 {in_words(row.visit_on).zh}",
            f"the visit is on {in_words(row.visit_on).en}",
            code="visit_not_yet",
        )
    values = {name: data[name] for name in ("record", "findings", "papers")}
    return _close(work, cycle, file, row, Visit.DONE, values)


def cancel(work: Work, conductor: Conductor, data: Data) -> Data:
    """Cancel a visit. Raises NotFound, Conflict where it is over."""
    cycle, file = files.lock(work, conductor, data)
    row = _require(work, file, data["visit_id"])
    moved(Visit(row.state), Visit.CANCELLED)
    return _close(work, cycle, file, row, Visit.CANCELLED, {"closed_reason": data["reason"]})


def require_followed(file: Row[Any], day: Any) -> None:
    """Raises Conflict where the years in which the winner is followed are over on a day."""
    if day > file.ends_on:
        raise Conflict(
            f"跟踪期至 {in_words(file.ends_on).zh} 届满",
            f"the winner is followed until {in_words(file.ends_on).en}",
            code="tracking_over",
        )


def _close(work: Work, cycle: Cycle, file: Row[Any], row: Row[Any], state: Visit, values: Data) -> Data:
    values = {**values, "state": state.value, "closed_by": work.by, "closed_on": work.today()}
    here = and_(_VISITS.c.id == row.id, _VISITS.c.state.in_(before(state)))
    work.session.execute(update(_VISITS).where(here).values(**values))
    work.audit(
        f"tracking:visit_{state}", row.id, before={"state": row.state}, after=values, cycle_id=cycle.cycle_id
    )
    return shown.visit(work, _require(work, file, row.id))


def _require(work: Work, file: Row[Any], visit_id: str) -> Row[Any]:
    here = and_(_VISITS.c.application_id == file.application_id, _VISITS.c.id == visit_id)
    row = work.session.execute(select(_VISITS).where(here)).one_or_none()
    if row is None:
        raise NotFound("没有这次回访", "no such visit")
    return row
