"""选入本周期: experts of the register enter a cycle's pool, as they are on that day; who does not, and why."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from datetime import date
from typing import Any

from sqlalchemy import and_, select, update

from services.review import conflicts, models
from services.review.conditions import is_
from services.review.register import lists
from services.review.register.declarations import in_force
from shared.problems import invalid_field
from shared.procedure import Conductor, Cycle
from shared.store import Work

Data = dict[str, Any]
_EXPERTS, _REGISTER = models.experts, models.expert_register
_SAID = {
    "entered": ("已选入", "entered"),
    "updated": ("已在本周期专家中，按专家库更新", "was in the pool, brought up to date"),
    "unchanged": ("已在本周期专家中", "is in the pool already"),
    "unknown": ("专家库中没有这位专家", "no such expert in the register"),
    "retired": ("该专家已出库", "the expert is retired"),
    "no_declaration": ("没有有效的年度利害关系申报", "no yearly declaration of interests is in force"),
}


def enter(work: Work, conductor: Conductor, data: Data) -> Data:
    """Take experts into the pool, each reported by itself; one without a declaration stays out of a real cycle's."""
    cycle = conductor.cycle(work, data["cycle_id"])
    conductor.records.cycle(work, cycle.cycle_id, lock=True)  # no panel is drawn while its pool changes
    found = {
        line["expert_id"]: line
        for line in lists.lines(work, cycle.world, _which(work, cycle, data), whole=True)
    }
    wanted = _named(data["expert_ids"]) if data["expert_ids"] is not None else sorted(found)
    pool = _pool(work, cycle)
    # Nobody declares anything in a rehearsal.
    may = found.keys() if cycle.rehearsal else in_force(work, cycle.world, list(found), work.today())
    outcomes = [(name, _enter(work, cycle, pool, name, found.get(name), may)) for name in wanted]
    moved = [name for name, outcome in outcomes if outcome in ("entered", "updated")]
    if moved:
        conflicts.refresh(work, conductor, cycle.world, moved)
    return {
        "counts": dict(sorted(Counter(outcome for _, outcome in outcomes).items())),
        "lines": [
            {
                "expert_id": name,
                "outcome": outcome,
                "reason_zh": _SAID[outcome][0],
                "reason_en": _SAID[outcome][1],
            }
            for name, outcome in outcomes
        ],
    }


def employer_on(employments: list[Data], day: date) -> str | None:
    """The code of the employer on a day: of several the one that began last, where nothing says when, the first one listed."""
    now = [
        (each["since"] or date.min, -number, each["uscc"])
        for number, each in enumerate(employments)
        if (each["since"] is None or each["since"] <= day) and (each["until"] is None or day <= each["until"])
    ]
    return max(now)[2] if now else None


def _named(ids: list[str]) -> list[str]:
    for number, name in enumerate(ids):
        if name in ids[:number]:
            raise invalid_field(f"expert_ids.{number}", "同一专家给出两次", "the same expert is given twice")
    return ids


def _which(work: Work, cycle: Cycle, data: Data) -> Any:
    here = _REGISTER.c.world == cycle.world
    if data["expert_ids"] is not None:
        return and_(here, _REGISTER.c.expert_id.in_(data["expert_ids"]))
    return and_(here, _REGISTER.c.state == "active", *lists.picked(work, data["picked"]))


def _pool(work: Work, cycle: Cycle) -> dict[str, Data]:
    query = select(_EXPERTS).where(_EXPERTS.c.cycle_id == cycle.cycle_id)
    return {
        row.expert_id: {name: getattr(row, name) for name in ("name", "industry_expert", "employer")}
        for row in work.session.execute(query)
    }


def _enter(
    work: Work, cycle: Cycle, pool: dict[str, Data], expert_id: str, line: Data | None, may: Collection[str]
) -> str:
    if line is None:
        return "unknown"
    if line["state"] != "active":
        return "retired"
    if expert_id not in may:
        return "no_declaration"
    row = {
        "name": line["name"],
        "industry_expert": line["industry_expert"],
        "employer": employer_on(line["employments"], work.today()),
    }
    before = pool.get(expert_id)
    if before == row:
        return "unchanged"
    key = {"cycle_id": cycle.cycle_id, "expert_id": expert_id}
    if before is None:
        work.session.execute(_EXPERTS.insert().values(**key, **row, advises=[], kin_of=[]))
    else:
        this = is_(_EXPERTS, key)
        work.session.execute(update(_EXPERTS).where(this).values(**row))
    work.audit(
        "expert:registered" if before is None else "expert:changed",
        f"{cycle.cycle_id}/{expert_id}",
        before=before,
        after=row,
        cycle_id=cycle.cycle_id,
    )
    return "entered" if before is None else "updated"
