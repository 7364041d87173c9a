"""What intake hears of the stages: each application's present status and each cycle's timeline, written when they change."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import and_, func, select, update

from services.intake import cycles, models
from services.intake.stages import conductor
from services.intake.statuses import Status, before
from shared.problems import Transient
from shared.procedure.state import Outcome
from shared.store import Work

_NOT_BLOCKED = {"blocked_zh": None, "blocked_en": None}


def set_status(work: Work, application_id: str, status: Status, stopped_at: str | None) -> bool:
    """Make the move if the table of moves has it; False where it does not (an older message, or one told twice)."""
    table = models.applications
    done = work.session.execute(
        update(table)
        .where(and_(table.c.id == application_id, table.c.status.in_(before(status))))
        .values(status=status.value, stopped_at=stopped_at)
    )
    return bool(getattr(done, "rowcount", 0))


def stage_planned(work: Work, data: dict[str, Any]) -> None:
    """The next stage has a day."""
    _known(work, data["cycle_id"])
    row = _line(work, data["cycle_id"], data["stage"])
    if row.state == "waiting":
        cycles.move(work, data["cycle_id"], data["stage"], state="planned", begins_on=data["begins_on"])
    elif row.begins_on is None:
        cycles.move(work, data["cycle_id"], data["stage"], begins_on=data["begins_on"])
    cycles.move(work, data["cycle_id"], data["stage"], **_NOT_BLOCKED)
    _settle(work, data["cycle_id"])
    work.audit(
        "timeline:planned", f"{data['cycle_id']}/{data['stage']}", after=data, cycle_id=data["cycle_id"]
    )


def stage_begun(work: Work, data: dict[str, Any]) -> None:
    """A stage runs; what blocked it is over."""
    _known(work, data["cycle_id"])
    row = _line(work, data["cycle_id"], data["stage"])
    values: dict[str, Any] = {"begun_on": data["begun_on"], "ends_on": _later(row.ends_on, data["ends_on"])}
    if row.state != "closed":
        values["state"] = "begun"
    cycles.move(work, data["cycle_id"], data["stage"], **values, **_NOT_BLOCKED)
    if row.kind == "notice":
        _announce(work, data["stage"], data["entrants"])
    _settle(work, data["cycle_id"])
    work.audit("timeline:begun", f"{data['cycle_id']}/{data['stage']}", after=data, cycle_id=data["cycle_id"])


def stage_extended(work: Work, data: dict[str, Any]) -> None:
    """A stage lasts longer; of two days told of it the later one counts, in whichever order they come."""
    _known(work, data["cycle_id"])
    row = _line(work, data["cycle_id"], data["stage"])
    cycles.move(work, data["cycle_id"], data["stage"], ends_on=_later(row.ends_on, data["ends_on"]))
    work.audit(
        "timeline:extended", f"{data['cycle_id']}/{data['stage']}", after=data, cycle_id=data["cycle_id"]
    )


def _later(known: date | None, told: date | None) -> date | None:
    return max((day for day in (known, told) if day is not None), default=None)


def _announce(work: Work, stage: str, named: list[str]) -> None:
    """A public notice names them: from now on this much may be told of them to anybody."""
    table = models.applications
    work.session.execute(update(table).where(table.c.id.in_(named)).values(announced=stage))


def cycle_blocked(work: Work, data: dict[str, Any]) -> None:
    """A stage cannot lawfully begin: shown with the reason until it can."""
    _known(work, data["cycle_id"])
    if _line(work, data["cycle_id"], data["stage"]).state in ("begun", "closed"):
        return  # an older message: it has begun since
    reasons = {"blocked_zh": data["reason_zh"], "blocked_en": data["reason_en"]}
    cycles.move(work, data["cycle_id"], data["stage"], **reasons)
    _settle(work, data["cycle_id"])
    work.audit("cycle:blocked", data["cycle_id"], after=data, cycle_id=data["cycle_id"])


def stage_closed(work: Work, data: dict[str, Any]) -> None:
    """Another service closed a stage."""
    cycle = _known(work, data["cycle_id"])
    _require_earlier(work, cycle.cycle_id, data["stage"])
    conductor.stage_closed(work, data)
    stage_closed_here(work, cycle.cycle_id, data["stage"], data["closed_on"], data["outcomes"])


def stage_closed_here(
    work: Work, cycle_id: str, stage: str, closed_on: date, outcomes: list[Outcome]
) -> None:
    """Write the outcomes into the applications, and where the cycle stands now."""
    cycles.move(work, cycle_id, stage, state="closed", closed_on=closed_on, **_NOT_BLOCKED)
    gone_on = []
    for line in outcomes:
        if line["status"] is not None:
            status = Status(line["status"])
            stopped_at = None if status is Status.AWARDED else line["stopped_at"] or stage
            set_status(work, line["application_id"], status, stopped_at)
        elif line["passed"]:
            gone_on.append(line["application_id"])
    if gone_on:
        table = models.applications
        work.session.execute(
            update(table)
            .where(and_(table.c.id.in_(gone_on), table.c.status == Status.IN_PROGRESS.value))
            .values(stopped_at=stage)
        )
    _settle(work, cycle_id)


def application_stopped(work: Work, data: dict[str, Any]) -> None:
    """The office or the owner of a stage let an application go no further."""
    _known(work, data["cycle_id"])
    set_status(work, data["application_id"], Status(data["status"]), data["stopped_at"])
    _settle(work, data["cycle_id"])
    work.audit("application:stopped", data["application_id"], after=data, cycle_id=data["cycle_id"])


def sanction_imposed(work: Work, data: dict[str, Any]) -> None:
    """A winner lost its award, or was ordered to mend something."""
    cycle = _known(work, data["cycle_id"])
    if data["revokes"] and not set_status(work, data["application_id"], Status.REVOKED, None):
        raise Transient(f"申报 {data['application_id']} 的获奖结果尚未到达", "the award has not arrived yet")
    work.audit("application:sanctioned", data["application_id"], after=data, cycle_id=cycle.cycle_id)


def _settle(work: Work, cycle_id: str) -> None:
    """Where the cycle stands: completed when its last step is closed, ended when nobody is left, blocked while a step
    cannot begin, else running.
    """
    lines = work.session.execute(
        select(models.timeline.c.state, models.timeline.c.kind, models.timeline.c.blocked_zh)
        .where(models.timeline.c.cycle_id == cycle_id)
        .order_by(models.timeline.c.position)
    ).all()
    if lines[0].state != "closed":
        return
    if lines[-1].state == "closed":
        cycles.set_state(work, cycle_id, "completed")
    elif not _still_in(work, cycle_id) and lines[-1].kind == "grants" and not _awarded(work, cycle_id):
        cycles.set_state(work, cycle_id, "ended")
    else:
        cycles.set_state(work, cycle_id, "blocked" if any(line.blocked_zh for line in lines) else "running")


def nobody_left(work: Work, cycle_id: str) -> None:
    """After a withdrawal the cycle may have nobody to go on with."""
    _settle(work, cycle_id)


def _still_in(work: Work, cycle_id: str) -> int:
    return _count(work, cycle_id, Status.IN_PROGRESS)


def _awarded(work: Work, cycle_id: str) -> int:
    return _count(work, cycle_id, Status.AWARDED)


def _count(work: Work, cycle_id: str, status: Status) -> int:
    table = models.applications
    query = select(func.count()).where(and_(table.c.cycle_id == cycle_id, table.c.status == status.value))
    return work.session.execute(query).scalar_one()


def _line(work: Work, cycle_id: str, stage: str) -> Any:
    table = models.timeline
    return work.session.execute(
        select(table).where(and_(table.c.cycle_id == cycle_id, table.c.stage == stage))
    ).one()


def _known(work: Work, cycle_id: str) -> Any:
    """The cycle, locked: what is told of a stage comes by several queues at once, and is written by what stands."""
    conductor.records.cycle(work, cycle_id, lock=True)
    return conductor.cycle(work, cycle_id)


def _require_earlier(work: Work, cycle_id: str, stage: str) -> None:
    """Closings of different services come by different queues; one that overtook its cause waits for it."""
    if not conductor.earlier_closed(work, conductor.cycle(work, cycle_id), stage):
        raise Transient("上一阶段的结果尚未到达", "the closing of the stage before has not arrived yet")
