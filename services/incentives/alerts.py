"""监督预警 of the money: a cycle over its budget, a payment of which its bank says two things. Read from rows when asked."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from sqlalchemy import and_, func, select

from services.incentives import budgets, ledger, models
from services.incentives.grants import over_budget
from services.incentives.payments.states import Line
from services.incentives.statuses import Status
from shared.money import format_yuan
from shared.procedure import Cycle
from shared.procedure.alerts import Alert, Figure, Severity, Watched
from shared.store import Work

_GRANTS, _CLAWBACKS, _LINES, _ANSWERS = models.grants, models.clawbacks, models.lines, models.bank_answers


def watched(work: Work, cycle: Cycle) -> Watched:
    """A budget that does not suffice, a payment that was made after it had failed, and how many grants and claims there are."""
    return Watched(
        (*_over_budget(work, cycle), *_contradictions(work, cycle)), partial(_figures, work, cycle)
    )


def _figures(work: Work, cycle: Cycle) -> Iterator[Figure]:
    mine = _GRANTS.c.cycle_id == cycle.cycle_id
    states = select(_GRANTS.c.state, func.count()).where(mine).group_by(_GRANTS.c.state)
    counts = {state: int(number) for state, number in work.session.execute(states)}
    claims = select(func.count()).select_from(_CLAWBACKS).where(_CLAWBACKS.c.cycle_id == cycle.cycle_id)
    yield Figure("grants", "资助", "grants", sum(counts.values()))
    yield Figure("grants_held", "暂缓的资助", "grants held", counts.get(Status.HELD.value, 0))
    yield Figure("grants_stopped", "停发的资助", "grants stopped", counts.get(Status.STOPPED.value, 0))
    yield Figure("clawbacks", "追缴", "clawbacks", int(work.session.execute(claims).scalar_one()))


def _over_budget(work: Work, cycle: Cycle) -> list[Alert]:
    """Since the last grant that was computed. A larger excess is another alert: somebody has to look again."""
    granted = ledger.granted(work, cycle)
    counts = budgets.of_cycle(work, cycle)
    over = over_budget(granted, counts)
    if not over or counts is None:
        return []
    last = select(func.max(_GRANTS.c.computed_on)).where(_GRANTS.c.cycle_id == cycle.cycle_id)
    total, budget, excess = format_yuan(granted), format_yuan(counts), format_yuan(over)
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


def _contradictions(work: Work, cycle: Cycle) -> list[Alert]:
    """What counts as not paid, and the bank says it was: a grant that was tried anew may be paid twice."""
    told = (
        select(_LINES.c.id, _LINES.c.application_id, func.min(_ANSWERS.c.heard_at).label("since"))
        .join(_ANSWERS, _ANSWERS.c.line_id == _LINES.c.id)
        .where(
            and_(
                _LINES.c.cycle_id == cycle.cycle_id, _LINES.c.state == Line.FAILED.value,
                _ANSWERS.c.outcome == "contradiction",
            )
        )
        .group_by(_LINES.c.id, _LINES.c.application_id)
        .order_by(_LINES.c.id)
    )  # fmt: skip
    return [
        Alert(
            "paid_after_failure",
            Severity.SERIOUS,
            row.application_id,
            row.since,
            (row.id,),
            "付款登记为失败后银行又称已付款，该资助可能重复支付",
            "the bank says that it made a payment which it had said to have failed: the grant may be paid twice",
        )
        for row in work.session.execute(told)
    ]
