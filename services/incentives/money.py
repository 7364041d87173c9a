"""资金状态: every grant of a cycle from its amount to what has become of it, for its watchers and its owner."""

from __future__ import annotations

from typing import Any

from sqlalchemy import and_, select

from services.incentives import models, people
from services.incentives.payments import fitness, lines
from services.incentives.payments.states import Line
from services.incentives.two_people import State
from shared.contracts.operations.roles import APPLICANT
from shared.procedure import Conductor
from shared.store import Work

_GRANTS, _LINES, _PAYEES, _RECEIVABLES = models.grants, models.lines, models.payees, models.receivables


def listed(work: Work, conductor: Conductor, data: dict[str, Any]) -> dict[str, Any]:
    """Each grant with its account's state, its lines, what keeps it back and what is owed back; an applicant has its own."""
    cycle = conductor.cycle(work, data["cycle_id"])
    mine = people.own(work)
    grants = select(_GRANTS).where(_GRANTS.c.cycle_id == cycle.cycle_id)
    if mine is not None:
        grants = grants.where(_GRANTS.c.application_id.in_(mine))
    rows = work.session.execute(grants.order_by(_GRANTS.c.application_id, _GRANTS.c.grant_for)).all()
    known = fitness.of(work, cycle, rows)
    by_grant: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for line in lines.of(work, _LINES.c.cycle_id == cycle.cycle_id):
        by_grant.setdefault((line.application_id, line.grant_for), []).append(lines.state_of(line))
    accounts = _states(
        work, _PAYEES, and_(_PAYEES.c.cycle_id == cycle.cycle_id, _PAYEES.c.state != State.REPLACED.value)
    )
    owed = _states(work, _RECEIVABLES, _RECEIVABLES.c.cycle_id == cycle.cycle_id)
    told = []
    for row in rows:
        tries = by_grant.get((row.application_id, row.grant_for), [])
        paid = any(each["state"] == Line.CONFIRMED for each in tries)
        obstacle = None if paid else known.obstacle(row)
        told.append({
            **{name: getattr(row, name) for name in ("application_id", "grant_for", "level", "amount_fen", "rule")},
            "account": accounts.get(row.application_id),
            "paid": paid,
            "obstacle_zh": None if obstacle is None else obstacle.zh,
            "obstacle_en": None if obstacle is None else obstacle.en,
            "lines": [_of_own(each) for each in tries] if work.context.role == APPLICANT else tries,
            "receivable": owed.get(row.application_id) if row.grant_for == "award" else None,
        })  # fmt: skip
    return {"grants": told}


def _states(work: Work, table: Any, this: Any) -> dict[str, str]:
    query = select(table.c.application_id, table.c.state).where(this)
    return {row.application_id: row.state for row in work.session.execute(query)}


def _of_own(line: dict[str, Any]) -> dict[str, Any]:
    """What finance notes of the bank's trouble is no business of the winner's; state, amount and day are."""
    return {**line, "reason_zh": None, "reason_en": None}
