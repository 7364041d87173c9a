"""Opening a cycle, and the timeline that shows where it stands."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import Row, and_, func, select, update

from services.intake import models
from services.intake.stages import conductor
from shared.contracts.events import CycleOpened
from shared.contracts.operations import AUDITOR, DISCIPLINE, OFFICE, REHEARSER
from shared.identifiers import new_id
from shared.problems import Forbidden, NotFound, invalid_field
from shared.rulebooks import Rulebook, library
from shared.store import Work

_MAY_COUNT = (OFFICE, DISCIPLINE, AUDITOR)


def open_cycle(work: Work, data: dict[str, Any], *, rehearsals: bool) -> dict[str, Any]:
    """Pin a new cycle to a rulebook. A real one only within the rulebook's time in force."""
    if data["closes_on"] < data["opens_on"]:
        raise invalid_field("closes_on", "不得早于开始日期 opens_on", "lies before opens_on")
    rulebook = library().get(data["rulebook"])
    if data["rehearsal"]:
        if not rehearsals:
            raise Forbidden("本系统不接受演练", "this stack refuses rehearsals")
    else:
        if work.context.rehearsal_date is not None or work.context.role == REHEARSER:
            raise Forbidden("演练身份不能开启真实的评奖周期", "a rehearsal's role cannot open a real cycle")
        rulebook.in_force_on(data["opens_on"])
    opened = {
        "cycle_id": new_id(),
        "rulebook": rulebook.id,
        "rulebook_sha256": rulebook.sha256,
        **{name: data[name] for name in ("year", "opens_on", "closes_on", "budget_fen", "rehearsal")},
    }
    _write(work, opened, rulebook)
    work.publish(CycleOpened, opened, subject=opened["cycle_id"])
    work.audit("cycle:opened", opened["cycle_id"], after=opened, cycle_id=opened["cycle_id"])
    return state(work, opened["cycle_id"])


def _write(work: Work, opened: dict[str, Any], rulebook: Rulebook) -> None:
    cycle_id = opened["cycle_id"]
    conductor.records.add_cycle(work, opened)
    work.session.execute(
        models.cycle_states.insert().values(cycle_id=cycle_id, state="open", opened_at=work.now())
    )
    steps = [stage for phase in rulebook.procedure for stage in phase.stages]
    work.session.execute(
        models.timeline.insert(),
        [
            {
                "cycle_id": cycle_id,
                "stage": stage.key,
                "position": position,
                "kind": stage.kind,
                "owner": stage.owner,
                "rule": stage.rule,
                "state": "waiting",
            }
            for position, stage in enumerate(steps)
        ],
    )
    first = rulebook.procedure[0].stages[0]
    conductor.begin_at_opening(work, conductor.cycle(work, cycle_id), first)
    move(work, cycle_id, first.key, state="begun", begins_on=opened["opens_on"], begun_on=opened["opens_on"],
         ends_on=opened["closes_on"])  # fmt: skip


def move(work: Work, cycle_id: str, stage: str, **values: Any) -> None:
    """Write a step of the timeline as it now stands."""
    table = models.timeline
    work.session.execute(
        update(table).where(and_(table.c.cycle_id == cycle_id, table.c.stage == stage)).values(**values)
    )


def set_state(work: Work, cycle_id: str, state_: str) -> None:
    """Write where the cycle stands: open, running, blocked, ended (nobody was left) or completed."""
    states = models.cycle_states
    work.session.execute(update(states).where(states.c.cycle_id == cycle_id).values(state=state_))


def state(work: Work, cycle_id: str) -> dict[str, Any]:
    """The reply `CycleState` of one cycle."""
    found = _states(work, cycle_id)
    if not found:
        raise NotFound("没有这个评奖周期", "no such cycle")
    return found[0]


def everything(work: Work) -> dict[str, Any]:
    """All cycles, newest first; rehearsals are shown to the office and to those who rehearse."""
    with_rehearsals = work.context.role in (*_MAY_COUNT, REHEARSER)
    return {"cycles": [c for c in _states(work, None) if with_rehearsals or not c["rehearsal"]]}


def _states(work: Work, cycle_id: str | None) -> list[dict[str, Any]]:
    cycles, states = models.procedure.cycles, models.cycle_states
    query = select(cycles, states).join(states, states.c.cycle_id == cycles.c.id)
    if cycle_id is not None:
        query = query.where(cycles.c.id == cycle_id)
    rows = work.session.execute(query.order_by(states.c.opened_at.desc(), cycles.c.id.desc())).all()
    ids = [row.id for row in rows]
    lines = _lines(work, ids)
    counts = _counts(work, ids) if work.context.role in _MAY_COUNT else None
    return [_state(row, lines.get(row.id, []), counts) for row in rows]


def _state(row: Row[Any], lines: list[dict[str, Any]], counts: dict[str, int] | None) -> dict[str, Any]:
    """Blocked is said of a cycle with the first of its steps that cannot begin."""
    blocked = next((line["blocked"] for line in lines if line["blocked"]), None)
    names = (
        "rulebook",
        "rulebook_sha256",
        "year",
        "opens_on",
        "closes_on",
        "budget_fen",
        "rehearsal",
        "state",
    )
    return {
        "cycle_id": row.id,
        **{name: getattr(row, name) for name in names},
        "blocked": blocked if row.state == "blocked" else None,
        "stages": lines,
        "applications": None if counts is None else counts.get(row.id, 0),
    }


def _lines(work: Work, ids: list[str]) -> dict[str, list[dict[str, Any]]]:
    table = models.timeline
    query = select(table).where(table.c.cycle_id.in_(ids)).order_by(table.c.cycle_id, table.c.position)
    lines: dict[str, list[dict[str, Any]]] = {}
    names = ("stage", "kind", "owner", "rule", "state", "begins_on", "begun_on", "ends_on", "closed_on")
    for row in work.session.execute(query):
        blocked = {"stage": row.stage, "reason_zh": row.blocked_zh, "reason_en": row.blocked_en}
        line = {name: getattr(row, name) for name in names}
        lines.setdefault(row.cycle_id, []).append({**line, "blocked": blocked if row.blocked_zh else None})
    return lines


def _counts(work: Work, ids: list[str]) -> dict[str, int]:
    table = models.applications
    query = select(table.c.cycle_id, func.count()).where(table.c.cycle_id.in_(ids)).group_by(table.c.cycle_id)
    return {row[0]: row[1] for row in work.session.execute(query)}


def last_day(work: Work, cycle_id: str) -> date:
    """The day on which applications close."""
    return conductor.cycle(work, cycle_id).closes_on
