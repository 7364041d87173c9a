"""告知经办人: tells each department of its open enquiries of real cycles, by the clock, once a day at most. Any replica does."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Row, and_, case, func, not_, or_, select, update
from sqlalchemy.exc import IntegrityError

from services.intake import enquiries, models
from services.intake.clerk_digest import Told, Waiting, kind
from services.intake.stages import conductor
from shared.clock import SHANGHAI
from shared.procedure import tasks
from shared.store import Work

_ENQUIRIES, _TOLD = models.enquiries, models.told_departments
_BY_PEOPLE = ("batch", "clerk")  # channels on which people answer


def tell(work: Work, days: tuple[int, ...], hour: int) -> None:
    """Tell what is new; not before this hour of the day. `days` before its last day an enquiry is due soon."""
    if work.now().astimezone(SHANGHAI).hour < hour:
        return
    known = {(row.cycle_id, row.department): row for row in work.session.execute(select(_TOLD)).all()}
    for row in work.session.execute(_open()).all():
        _tell(work, row, known.get((row.cycle_id, row.department)), max((0, *days)))


def _open() -> Any:
    """The open enquiries of each cycle and department, counted: those that lie with people, and all that went unanswered."""
    applications, cycles = models.applications, models.procedure.cycles
    lies = and_(_ENQUIRIES.c.state == "pending", _ENQUIRIES.c.channel.in_(_BY_PEOPLE))
    silent = _ENQUIRIES.c.state == "silent"

    def of(which: ColumnElement[bool], value: Any) -> Any:
        return case((which, value))

    return (
        select(
            _ENQUIRIES.c.cycle_id,
            _ENQUIRIES.c.department,
            func.count().label("number"),
            func.max(of(lies, _ENQUIRIES.c.raised_at)).label("newest"),
            func.min(of(lies, _ENQUIRIES.c.due_at)).label("first_due"),
            func.count(of(silent, 1)).label("silent"),
        )
        .join(applications, applications.c.id == _ENQUIRIES.c.application_id)
        .join(cycles, cycles.c.id == _ENQUIRIES.c.cycle_id)
        .where(
            _ENQUIRIES.c.state.in_(models.OPEN),
            or_(lies, silent),
            cycles.c.rehearsal.is_(False),
            applications.c.status.in_(enquiries.STILL_ASKED_FOR),
            not_(enquiries.decided()),
        )
        .group_by(_ENQUIRIES.c.cycle_id, _ENQUIRIES.c.department)
        .order_by(_ENQUIRIES.c.cycle_id, _ENQUIRIES.c.department)
    )


def _tell(work: Work, row: Row[Any], before: Row[Any] | None, days: int) -> None:
    first = None if row.first_due is None else row.first_due.astimezone(SHANGHAI).date()
    waiting = Waiting(row.number, row.newest, first, row.silent)
    told = None if before is None else Told(before.told_on, before.newest, before.due_on, before.silent)
    said = kind(waiting, told, work.today(), days)
    if said is None or not _note(work, row, waiting, before, said):
        return
    cycle = conductor.cycle(work, row.cycle_id)
    task = f"enquiries/{row.department}/{work.today()}"
    due_on = None if said == "enquiries_silent" else first
    tasks.waits(work, cycle, said, task, unit=row.department, count=waiting.count, due_on=due_on)
    about = f"{row.cycle_id}/{row.department}"
    work.audit("clerks:told", about, after={"kind": said, "count": waiting.count}, cycle_id=row.cycle_id)


def _note(work: Work, row: Row[Any], waiting: Waiting, before: Row[Any] | None, said: str) -> bool:
    """Keep what is told now; False where another replica was quicker."""
    kept = None if before is None else before.due_on
    due_on = waiting.first_due if said == "enquiries_due" else kept
    key = {"cycle_id": row.cycle_id, "department": row.department}
    values = {
        "told_on": work.today(), "newest": waiting.newest, "due_on": due_on, "silent": waiting.silent,
    }  # fmt: skip
    if before is None:
        try:
            with work.session.begin_nested():
                work.session.execute(_TOLD.insert().values(**key, **values))
        except IntegrityError:
            return False
        return True
    this = and_(*(_TOLD.c[name] == value for name, value in key.items()), _TOLD.c.told_on == before.told_on)
    done = work.session.execute(update(_TOLD).where(this).values(**values))
    return bool(getattr(done, "rowcount", 0))
