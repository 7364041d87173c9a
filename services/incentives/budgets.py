"""预算: what finance sets for a year and, within it, for a cycle. The newest entry counts, the earlier ones stay."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import and_, select

from services.incentives import models
from shared.problems import Conflict, invalid_field
from shared.procedure import Conductor, Cycle
from shared.store import Work

_BUDGETS = models.budgets


def of_cycle(work: Work, cycle: Cycle) -> int | None:
    """The cycle's budget in fen: its parts of the years as finance set each last, together; else what it was opened with; None
    where there is none.
    """
    if cycle.rehearsal:
        return cycle.budget_fen
    query = select(_BUDGETS).where(_BUDGETS.c.cycle_id == cycle.cycle_id).order_by(_BUDGETS.c.id)
    parts = {row.year: int(row.amount_fen) for row in work.session.execute(query)}  # the newest of each year
    return sum(parts.values()) if parts else cycle.budget_fen


def of_cycles(work: Work, opened_with: Mapping[str, int | None]) -> dict[str, int | None]:
    """`of_cycle` of several cycles in one statement; `opened_with`: each with the amount it was opened with, in fen, which is all
    that a rehearsal has.
    """
    query = select(_BUDGETS).where(_BUDGETS.c.cycle_id.is_not(None)).order_by(_BUDGETS.c.id)
    parts: dict[str, dict[int, int]] = {}
    for row in work.session.execute(query):
        parts.setdefault(row.cycle_id, {})[row.year] = int(row.amount_fen)  # the newest of each year
    return {each: sum(parts[each].values()) if each in parts else fen for each, fen in opened_with.items()}


def of_year(work: Work, jurisdiction: str, year: int, *, lock: bool = False) -> int | None:
    """The year's budget in fen, None where none was set; `lock` lets two batches of a year wait for one another."""
    this = and_(
        _BUDGETS.c.jurisdiction == jurisdiction, _BUDGETS.c.year == year, _BUDGETS.c.cycle_id.is_(None)
    )
    query = select(_BUDGETS).where(this)
    if lock:
        # The first entry never changes and is the one that all wait for; the newest is read after that, since another may have
        # come in meanwhile.
        work.session.execute(query.order_by(_BUDGETS.c.id).limit(1).with_for_update()).all()
    row = work.session.execute(query.order_by(_BUDGETS.c.id.desc()).limit(1)).one_or_none()
    return None if row is None else int(row.amount_fen)


def set_budget(work: Work, conductor: Conductor, data: dict[str, Any]) -> dict[str, Any]:
    """Set a year's amount, or a cycle's within it. Raises Conflict where the parts would exceed the whole."""
    from services.incentives import ledger
    from services.incentives.payments import batches

    conductor.records.cycle(work, data["cycle_id"], lock=True)
    cycle = conductor.cycle(work, data["cycle_id"])
    if cycle.rehearsal:
        raise Conflict("演练的预算在开设时给出", "a rehearsal's budget is given at its opening")
    jurisdiction, year = cycle.rulebook.jurisdiction, data["year"]
    whole = of_year(work, jurisdiction, year, lock=True)
    parts = _parts(work, jurisdiction, year)
    if data["whole_year"]:
        whole = data["amount_fen"]
    else:
        parts[cycle.cycle_id] = data["amount_fen"]
    if whole is not None and sum(parts.values()) > whole:
        raise invalid_field(
            "amount_fen",
            "各周期的预算之和超过全年预算",
            "the cycles' budgets would exceed the year's",
            code="over_the_year",
        )
    row = {
        "id": work.new_id(), "jurisdiction": jurisdiction, "year": year,
        "cycle_id": None if data["whole_year"] else cycle.cycle_id, "amount_fen": data["amount_fen"],
        "reason": data["reason"], "set_by": work.by, "set_at": work.now(),
    }  # fmt: skip
    work.session.execute(_BUDGETS.insert().values(**row))
    work.audit("budget:set", f"{jurisdiction}/{year}", after={**row, "set_at": None}, cycle_id=cycle.cycle_id)
    ledger.settle(work, cycle)
    batches.settle(work, jurisdiction, year)
    return {"done": True}


def listed(work: Work, conductor: Conductor, data: dict[str, Any]) -> dict[str, Any]:
    """Every amount that was ever set for the cycle's jurisdiction, the newest last, and what counts now."""
    from services.incentives.payments import batches

    cycle = conductor.cycle(work, data["cycle_id"])
    jurisdiction = cycle.rulebook.jurisdiction
    query = select(_BUDGETS).where(_BUDGETS.c.jurisdiction == jurisdiction).order_by(_BUDGETS.c.id)
    rows = [] if cycle.rehearsal else work.session.execute(query).all()
    years = sorted({row.year for row in rows})
    return {
        "budget_fen": of_cycle(work, cycle),
        "years": [
            {
                "year": year, "amount_fen": of_year(work, jurisdiction, year),
                "committed_fen": batches.committed(work, jurisdiction, year),
            }
            for year in years
        ],
        "entries": [
            {name: getattr(row, name) for name in ("year", "cycle_id", "amount_fen", "reason", "set_by")} for row in rows
        ],
    }  # fmt: skip


def _parts(work: Work, jurisdiction: str, year: int) -> dict[str, int]:
    this = and_(
        _BUDGETS.c.jurisdiction == jurisdiction, _BUDGETS.c.year == year, _BUDGETS.c.cycle_id.is_not(None)
    )
    query = select(_BUDGETS).where(this).order_by(_BUDGETS.c.id)
    return {row.cycle_id: int(row.amount_fen) for row in work.session.execute(query)}
