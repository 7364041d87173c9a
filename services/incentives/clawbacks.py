"""追缴: what a revoked winner has to give back, once."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from services.incentives import awards, ledger, models, receivables, stops
from services.incentives.payments import lines
from services.incentives.receivables import Terms
from shared.problems import Transient
from shared.procedure import Conductor
from shared.store import Work

_CLAWBACKS = models.clawbacks


def sanction_imposed(
    work: Work, conductor: Conductor, data: dict[str, Any], terms: Terms | None = None
) -> None:
    """Claim back the award's grant (not the pool's), be it 0; a second sanction claims nothing more. In a real cycle what was
    paid of it is owed: what was not is stopped instead.

    Raises Transient while the award itself has not arrived: the two events travel on queues of their own.
    """
    if conductor.records.cycle(work, data["cycle_id"], lock=True) is None:
        raise Transient("评奖周期尚未到达", "the cycle has not arrived yet")
    cycle = conductor.cycle(work, data["cycle_id"])
    terms = terms or Terms()
    application_id = data["application_id"]
    lines.lock_live(work, application_id)
    raised = False
    if data["claws_back"] and not _known(work, application_id):
        if not awards.closed(work, conductor, cycle):
            raise Transient("获奖结果尚未到达", "the award has not arrived yet")
        grant = ledger.find(work, cycle, application_id, "award")
        granted = 0 if grant is None else grant.amount_fen
        amount = granted if cycle.rehearsal else receivables.paid_fen(work, application_id)
        row = {
            "application_id": application_id,
            "cycle_id": cycle.cycle_id,
            "amount_fen": amount,
            "rule": data["rule"],
            "raised_on": data["on"],
        }
        work.session.execute(_CLAWBACKS.insert().values(**row))
        receivables.open_(work, cycle, application_id, amount, terms)
        raised = True
    stops.revoked(work, cycle, data, terms.days)
    work.audit(
        "clawback:raised" if raised else "sanction:heard", application_id, after=data, cycle_id=cycle.cycle_id
    )


def _known(work: Work, application_id: str) -> bool:
    query = select(_CLAWBACKS.c.application_id).where(_CLAWBACKS.c.application_id == application_id)
    return work.session.execute(query).one_or_none() is not None
