"""监督预警 of the money: a cycle over its budget, a payment of which its bank says two things. Read from rows when asked."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from sqlalchemy import func, select

from services.incentives import budgets, ledger, models
from services.incentives.grants import over_budget
from services.incentives.payments.states import Line
from services.incentives.statuses import Status
from shared.money import format_yuan
from shared.procedure import Cycle
from shared.procedure.alerts import Alert, Cycles, Figure, Found, Severity, Watched, by_cycle
from shared.store import Work

_GRANTS, _CLAWBACKS, _LINES, _ANSWERS = models.grants, models.clawbacks, models.lines, models.bank_answers


def watched(work: Work, cycles: Cycles) -> dict[str, Watched]:
    """A budget that does not suffice, a payment that was made after it had failed, and how many grants and claims there are."""
    found = (*_over_budget(work, cycles), *_contradictions(work, cycles))
    return by_cycle(cycles, found, partial(_figures, work))


def _figures(work: Work, cycle: Cycle) -> Iterator[Figure]:
    mine = _GRANTS.c.cycle_id == cycle.cycle_id
    states = select(_GRANTS.c.state, func.count()).where(mine).group_by(_GRANTS.c.state)
    counts = {state: int(number) for state, number in work.session.execute(states)}
    claims = select(func.count()).select_from(_CLAWBACKS).where(_CLAWBACKS.c.cycle_id == cycle.cycle_id)
    yield Figure("grants", "资助", "grants", sum(counts.values()))
    yield Figure("grants_held", "暂缓的资助", "grants held", counts.get(Status.HELD.value, 0))
    yield Figure("grants_stopped", "停发的资助", "grants stopped", counts.get(Status.STOPPED.value, 0))
    yield Figure("clawbacks", "追缴", "clawbacks", int(work.session.execute(claims).scalar_one()))


def _over_budget(work: Work, cycles: Cycles) -> Found:
    """Since the last grant that was computed. A larger excess is another alert: somebody has to look again."""
    granted = ledger.granted_by_cycle(work, cycles, [each for each, one in cycles.items() if one.rehearsal])
    counts = budgets.of_cycles(work, {each: cycle.budget_fen for each, cycle in cycles.items()})
    last = select(_GRANTS.c.cycle_id, func.max(_GRANTS.c.computed_on)).where(_GRANTS.c.cycle_id.in_(granted))
    for cycle_id, day in work.session.execute(last.group_by(_GRANTS.c.cycle_id)):
        counted, allowed = granted[cycle_id], counts[cycle_id]
        over = over_budget(counted, allowed)
        if not over or allowed is None:
            continue
        total, budget, excess = format_yuan(counted), format_yuan(allowed), format_yuan(over)
        yield (
            cycle_id,
            Alert(
                "over_budget",
                Severity.SERIOUS,
                cycle_id,
                day,
                (str(over),),
                f"资助合计 {total}，超出本周期预算 {budget}，超出 {excess}",
                f"the grants together are {total}, {excess} over the cycle's budget of {budget}",
            ),
        )


def _contradictions(work: Work, cycles: Cycles) -> Found:
    """What counts as not paid, and the bank says it was: a grant that was tried anew may be paid twice."""
    which = (_LINES.c.id, _LINES.c.cycle_id, _LINES.c.application_id)
    told = (
        select(*which, func.min(_ANSWERS.c.heard_at).label("since"))
        .join(_ANSWERS, _ANSWERS.c.line_id == _LINES.c.id)
        .where(
            _LINES.c.cycle_id.in_(cycles),
            _LINES.c.state == Line.FAILED.value,
            _ANSWERS.c.outcome == "contradiction",
        )
        .group_by(*which)
        .order_by(_LINES.c.id)
    )
    for row in work.session.execute(told):
        yield (
            row.cycle_id,
            Alert(
                "paid_after_failure",
                Severity.SERIOUS,
                row.application_id,
                row.since,
                (row.id,),
                "付款登记为失败后银行又称已付款，该资助可能重复支付",
                "the bank says that it made a payment which it had said to have failed: the grant may be paid twice",
            ),
        )
