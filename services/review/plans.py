"""日程的版本: drafted, released, superseded. A draft is seen by the office alone; what is released stands until the next is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from sqlalchemy import Row, and_, func, select, update

from services.review import models
from shared.calendar import in_words, work_calendar
from shared.problems import Conflict, FieldError, Invalid, NotFound, invalid_field, invalid_fields
from shared.procedure import Conductor, Cycle
from shared.rulebooks import Stage
from shared.store import Work

_PLANS = models.stage_plans
VERSION = ("cycle_id", "stage", "version")
DRAFTED, RELEASED, SUPERSEDED = "drafted", "released", "superseded"


def stage_of(
    work: Work, conductor: Conductor, data: Mapping[str, Any], limit: str, *, change: bool = True
) -> tuple[Cycle, Stage]:
    """A stage that the rulebook limits in that way, its cycle held where something is changed and the stage then begun.

    Raises NotFound, Conflict where the rulebook knows no such thing of the stage or the stage does not run.
    """
    if change:
        conductor.records.cycle(work, data["cycle_id"], lock=True)
    cycle = conductor.cycle(work, data["cycle_id"])
    stage = conductor.own_stage(cycle, data["stage"])
    if limit not in stage.limits:
        raise Conflict(
            f"阶段 {stage.key} 不作此项安排", f"nothing of the kind is planned in stage {stage.key}"
        )
    if change:
        state = conductor.row(work, cycle.cycle_id, stage.key).state
        if state != "begun":
            raise Conflict(f"阶段 {stage.key} 当前为 {state}", f"stage {stage.key} is {state}")
    return cycle, stage


def in_state(work: Work, cycle: Cycle, stage: str, state: str) -> Row[Any] | None:
    """The plan of a stage that is drafted, or released."""
    which = and_(_PLANS.c.cycle_id == cycle.cycle_id, _PLANS.c.stage == stage, _PLANS.c.state == state)
    return work.session.execute(select(_PLANS).where(which)).one_or_none()


def newest(work: Work, cycle: Cycle, stage: str) -> Row[Any] | None:
    """The draft, else what is released."""
    return in_state(work, cycle, stage, DRAFTED) or in_state(work, cycle, stage, RELEASED)


def current(work: Work, cycle: Cycle, stage: str) -> list[Row[Any]]:
    """What is released, and then the draft."""
    both = (in_state(work, cycle, stage, RELEASED), in_state(work, cycle, stage, DRAFTED))
    return [row for row in both if row is not None]


def require_released(work: Work, cycle: Cycle, stage: str) -> Row[Any]:
    """What is released. Raises Conflict where nothing is."""
    row = in_state(work, cycle, stage, RELEASED)
    if row is None:
        raise Conflict("日程尚未发布", "no plan is released yet", code="not_released")
    return row


def draft(
    work: Work,
    cycle: Cycle,
    stage: str,
    terms: Mapping[str, Any],
    draw: Mapping[str, Any],
    figures: Mapping[str, Any],
) -> int:
    """A new draft in the place of the one before; gives its version."""
    here = and_(_PLANS.c.cycle_id == cycle.cycle_id, _PLANS.c.stage == stage)
    last = work.session.execute(select(func.max(_PLANS.c.version)).where(here)).scalar_one() or 0
    work.session.execute(update(_PLANS).where(here, _PLANS.c.state == DRAFTED).values(state=SUPERSEDED))
    work.session.execute(
        _PLANS.insert().values(
            cycle_id=cycle.cycle_id, stage=stage, version=last + 1, state=DRAFTED, terms=terms, draw=draw,
            figures=figures, planned_by=work.context.actor, planned_on=work.today(),
        )
    )  # fmt: skip
    return int(last) + 1


def release(work: Work, cycle: Cycle, stage: str) -> int:
    """The draft is released, and the one before no longer holds. Raises Conflict where there is no draft."""
    row = in_state(work, cycle, stage, DRAFTED)
    if row is None:
        raise Conflict("没有待发布的日程", "there is no draft to release", code="no_draft")
    here = and_(_PLANS.c.cycle_id == cycle.cycle_id, _PLANS.c.stage == stage)
    work.session.execute(update(_PLANS).where(here, _PLANS.c.state == RELEASED).values(state=SUPERSEDED))
    by = {"released_by": work.context.actor, "released_at": work.now()}
    work.session.execute(
        update(_PLANS).where(here, _PLANS.c.version == row.version).values(state=RELEASED, **by)
    )
    return int(row.version)


def rows_of(work: Work, table: Any, plan: Row[Any]) -> list[Row[Any]]:
    """The lines of a plan whose application is still in the stage."""
    entrants, dossiers = models.procedure.entrants, models.procedure.dossiers
    same = and_(
        entrants.c.cycle_id == table.c.cycle_id,
        entrants.c.stage == table.c.stage,
        entrants.c.application_id == table.c.application_id,
    )
    here = and_(
        table.c.cycle_id == plan.cycle_id, table.c.stage == plan.stage, table.c.version == plan.version
    )
    return list(
        work.session.execute(
            select(table, dossiers.c.sequence)
            .join(entrants, same)
            .join(dossiers, dossiers.c.application_id == table.c.application_id)
            .where(here, entrants.c.removed.is_(False), dossiers.c.withdrawn_on.is_(None))
            .order_by(table.c.day, dossiers.c.sequence)
        )
    )


def line_of(work: Work, table: Any, plan: Row[Any], application_id: str) -> Row[Any]:
    """The line of one application. Raises NotFound."""
    for row in rows_of(work, table, plan):
        if row.application_id == application_id:
            return row
    raise NotFound("日程中没有这份申报", "the plan does not hold this application")


def postpone(work: Work, table: Any, plan: Row[Any], application_id: str, reason: str) -> None:
    """Note that one cannot take place as planned; a draft that knew nothing of it is void. Raises NotFound."""
    line_of(work, table, plan, application_id)
    here = and_(
        table.c.cycle_id == plan.cycle_id, table.c.stage == plan.stage, table.c.version == plan.version,
        table.c.application_id == application_id,
    )  # fmt: skip
    work.session.execute(update(table).where(here).values(postponed=reason))
    drafts = and_(_PLANS.c.cycle_id == plan.cycle_id, _PLANS.c.stage == plan.stage, _PLANS.c.state == DRAFTED)
    work.session.execute(update(_PLANS).where(drafts).values(state=SUPERSEDED))


def require_days(field: str, days: Iterable[date], today: date) -> tuple[date, ...]:
    """The days in order. Raises Invalid by number for one that is over or no working day, CalendarNotPublished."""
    errors = []
    for number, day in enumerate(days):
        if day < today:
            errors.append(
                FieldError(f"{field}.{number}", f"{in_words(day).zh} 已过", f"{in_words(day).en} is over")
            )
        elif not work_calendar().is_working_day(day):
            errors.append(
                FieldError(
                    f"{field}.{number}",
                    f"{in_words(day).zh} 不是工作日",
                    f"{in_words(day).en} is no working day",
                )
            )
    if errors:
        raise invalid_fields(errors)
    found = tuple(sorted(set(days)))
    if len(found) < len(list(days)):
        raise invalid_field(field, "日期重复", "a day is given twice")
    return found


def refused(field: str, faults: Iterable[Any]) -> Invalid:
    """The rules that a plan made by hand breaks, each by name; the first is the code."""
    faults = list(faults)
    errors = [FieldError(f"{field}.{f.application_id}.{f.rule}", f.reason.zh, f.reason.en) for f in faults]
    return invalid_fields(errors, code=faults[0].rule)


def told(faults: Iterable[Any]) -> list[dict[str, str]]:
    """Faults as a reply tells them."""
    return [
        {
            "rule": f.rule,
            "application_id": f.application_id,
            "reason_zh": f.reason.zh[:500],
            "reason_en": f.reason.en[:500],
        }
        for f in faults
    ]
