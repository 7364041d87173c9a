"""奖金 for the winners, computed when the last notice is over; and payments of earlier cycles put on record."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from services.incentives import ledger, models, pool
from services.incentives.grants import award_grant
from shared.problems import Conflict, NotFound, invalid_field
from shared.procedure import Conductor, Cycle, Entrant
from shared.store import Work

_PAYMENTS = models.payments


def compute(work: Work, cycle: Cycle, winners: list[Entrant]) -> None:
    """Enter the grant of each winner and hold them all against the budget."""
    for entrant in winners:
        if entrant.carried.get("level"):
            _compute_one(work, cycle, entrant, entrant.carried["level"], entrant.carried["track"])
    ledger.settle(work, cycle)


def record_paid(work: Work, conductor: Conductor, data: dict[str, Any]) -> dict[str, Any]:
    """Put on record what an earlier cycle paid; grants of this cycle that it changes are computed anew."""
    conductor.records.cycle(work, data["cycle_id"], lock=True)
    cycle, entrant = conductor.application(work, data["application_id"])
    if cycle.cycle_id != data["cycle_id"]:
        raise NotFound("该周期没有这份申报", "no such application in this cycle")
    if (data["grant_for"] == "award") != bool(data["level"]):
        raise invalid_field(
            "level", "奖金须写明等次，培育库资助不写", "an award's level is needed, the pool has none"
        )
    row = {
        "world": cycle.world,
        "applicant_key": entrant.dossier["applicant_key"],
        "level": data["level"] or "",
        **{name: data[name] for name in ("grant_for", "amount_fen", "paid_on")},
    }
    try:
        with work.session.begin_nested():
            work.session.execute(_PAYMENTS.insert().values(**row))
    except IntegrityError:
        raise Conflict("这笔资助已经登记", "this payment is on record already") from None
    work.audit("payment:recorded", entrant.application_id, after=row, cycle_id=cycle.cycle_id)
    _compute_again(work, cycle, entrant)
    return {"done": True}


def _compute_one(work: Work, cycle: Cycle, entrant: Entrant, level: str, track: str) -> None:
    paid = ledger.paid_before(work, cycle, entrant, "award")
    grant = award_grant(cycle.rulebook, level, track, entrant.dossier["facts"], paid)
    if grant is not None:
        ledger.put(work, cycle, entrant, grant, track)


def _compute_again(work: Work, cycle: Cycle, entrant: Entrant) -> None:
    known = ledger.find(work, cycle, entrant.application_id, "award")
    if known is not None:
        _compute_one(work, cycle, entrant, known.level, known.track)
    pool.compute(work, cycle, [entrant])
    ledger.settle(work, cycle)


def closed(work: Work, conductor: Conductor, cycle: Cycle) -> bool:
    """Whether the cycle's awards are settled here: its grants are computed, or its rulebook has no such stage."""
    mine = [stage.key for stage in cycle.rulebook.stages if stage.owner == conductor.service]
    stages = models.procedure.stages
    query = select(stages.c.stage, stages.c.state).where(stages.c.cycle_id == cycle.cycle_id)
    states = {row.stage: row.state for row in work.session.execute(query)}
    return all(states.get(key) == "closed" for key in mine)
