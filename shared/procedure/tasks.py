"""待办: tells notifications that something waits for people, or waits no more. Of a rehearsal nobody is told anything."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping
from datetime import date

from sqlalchemy import and_, select

from shared.contracts.events import TaskSettled, TaskWaiting
from shared.identifiers import canonical_json
from shared.procedure.alerts import Cycles, Watched, alert_id
from shared.procedure.conductor import Conductor
from shared.procedure.state import Cycle
from shared.store import Work

_DIGITS = 32


def waits(
    work: Work,
    cycle: Cycle,
    kind: str,
    task: str,
    *,
    people: Iterable[str] | None = None,
    unit: str | None = None,
    left_out: Iterable[str] = (),
    count: int | None = None,
    due_on: date | None = None,
) -> None:
    """Something waits for `people`, or where that is None for whoever's role it is. `task` is unique in the cycle: one that was
    told is not told again.
    """
    named = None if people is None else sorted(set(people))
    if cycle.rehearsal or named == []:
        return
    told = {
        "cycle_id": cycle.cycle_id, "kind": kind, "task": task, "people": named or [], "unit": unit,
        "left_out": sorted(set(left_out)), "count": count, "due_on": due_on,
    }  # fmt: skip
    work.publish(TaskWaiting, told, subject=cycle.cycle_id)


def tell_of_alerts(
    work: Work, conductor: Conductor, watched: Callable[[Work, Cycles], Mapping[str, Watched]]
) -> None:
    """Discipline inspection, that a real cycle of this year or the last has alerts other than those that it was told of.

    The task is named after the alerts themselves, so the same ones are told once, whoever looks and however often.
    """
    table = conductor.records.tables.cycles
    recent = and_(table.c.rehearsal.is_(False), table.c.year >= work.today().year - 1)
    ids = work.session.scalars(select(table.c.id).where(recent).order_by(table.c.id)).all()
    cycles = conductor.cycles(work, ids)
    if not cycles:
        return
    for cycle_id, seen in watched(work, cycles).items():
        found = sorted(alert_id(work.service, cycle_id, each) for each in seen.alerts)
        if found:
            this = hashlib.sha256(canonical_json(found)).hexdigest()[:_DIGITS]
            waits(work, cycles[cycle_id], "alerts_found", f"alerts/{work.service}/{this}")


def settled(work: Work, cycle: Cycle, task: str) -> None:
    """It waits no more."""
    if not cycle.rehearsal:
        work.publish(TaskSettled, {"cycle_id": cycle.cycle_id, "task": task}, subject=cycle.cycle_id)
