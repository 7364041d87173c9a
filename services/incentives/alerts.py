"""监督预警 of the money: a cycle over its budget, a claim that lost its award. Read from rows, whenever it is asked."""

from __future__ import annotations

from sqlalchemy import func, select

from services.incentives import ledger, models
from services.incentives.grants import over_budget
from services.incentives.statuses import Status
from shared.money import format_yuan
from shared.procedure import Cycle
from shared.procedure.alerts import Alert, Figure, Severity, Watched
from shared.store import Work

_GRANTS, _CLAWBACKS = models.grants, models.clawbacks


def watched(work: Work, cycle: Cycle) -> Watched:
    """A budget that does not suffice, and how many grants and claims there are."""
    mine = _GRANTS.c.cycle_id == cycle.cycle_id
    states = select(_GRANTS.c.state, func.count()).where(mine).group_by(_GRANTS.c.state)
    counts = {state: int(number) for state, number in work.session.execute(states)}
    claims = select(func.count()).select_from(_CLAWBACKS).where(_CLAWBACKS.c.cycle_id == cycle.cycle_id)
    return Watched(
        tuple(_over_budget(work, cycle)),
        (
            Figure("grants", "资助", "grants", sum(counts.values())),
            Figure("grants_held", "暂缓的资助", "grants held", counts.get(Status.HELD.value, 0)),
            Figure("clawbacks", "追缴", "clawbacks", int(work.session.execute(claims).scalar_one())),
        ),
    )


def _over_budget(work: Work, cycle: Cycle) -> list[Alert]:
    """Since the last grant that was computed. A larger excess is another alert: somebody has to look again."""
    granted = ledger.granted(work, cycle)
    over = over_budget(granted, cycle.budget_fen)
    if not over or cycle.budget_fen is None:
        return []
    last = select(func.max(_GRANTS.c.computed_on)).where(_GRANTS.c.cycle_id == cycle.cycle_id)
    total, budget, excess = format_yuan(granted), format_yuan(cycle.budget_fen), format_yuan(over)
    return [
        Alert(
            "over_budget",
            Severity.SERIOUS,
            cycle.cycle_id,
            work.session.execute(last).scalar_one(),
            (str(over),),
            f"资助合计 {total}，超出本周期预算 {budget}，超出 {excess}",
            f"the grants together are {total}, {excess} over the cycle's budget of {budget}",
        )
    ]
