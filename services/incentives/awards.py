"""奖金 for the winners, computed when the last notice is over; and payments of earlier cycles put on record."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from services.incentives import applicants, costs, ledger, models, pool
from services.incentives.applicants import Applicant
from services.incentives.grants import STATED, award_grant
from shared.identifiers import new_id
from shared.problems import invalid_field
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
    cycle = conductor.cycle(work, data["cycle_id"])
    applicant = applicants.find(work, cycle, data["application_id"])
    if (data["grant_for"] == "award") != bool(data["level"]):
        raise invalid_field(
            "level", "奖金须写明等次，培育库资助不写", "an award's level is needed, the pool has none"
        )
    row = {
        "id": new_id(),
        "world": cycle.world,
        "applicant_key": applicant.applicant_key,
        "level": data["level"] or "",
        **{name: data[name] for name in ("grant_for", "amount_fen", "paid_on")},
    }
    work.session.execute(_PAYMENTS.insert().values(**row))
    work.audit("payment:recorded", applicant.application_id, after=row, cycle_id=cycle.cycle_id)
    compute_again(work, conductor, cycle, applicant)
    return {"done": True}


def _compute_one(work: Work, cycle: Cycle, entrant: Entrant, level: str, track: str) -> None:
    applicant = Applicant.of(entrant)
    paid = ledger.paid_before(work, cycle, applicant, "award")
    won = entrant.carried.get("won_levels", ())
    # A rehearsal's file states what was approved; in a real cycle the applicant's own word approves nothing.
    cost = STATED if cycle.rehearsal else costs.approved(work, entrant.application_id)
    grant = award_grant(cycle.rulebook, level, track, entrant.dossier, won, paid, cost)
    if grant is not None:
        ledger.put(work, cycle, applicant, grant, track)


def compute_again(work: Work, conductor: Conductor, cycle: Cycle, applicant: Applicant) -> None:
    """Compute all applications of the applicant anew: what is paid once is paid once, whichever of them it was recorded at."""
    several = applicants.of_the_same(work, cycle, applicant)
    for each in several:
        known = ledger.find(work, cycle, each.application_id, "award")
        if known is not None:
            _, entrant = conductor.application(work, each.application_id)
            _compute_one(work, cycle, entrant, known.level, known.track)
    pool.compute(work, cycle, several)
    ledger.settle(work, cycle)


def closed(work: Work, conductor: Conductor, cycle: Cycle) -> bool:
    """Whether the cycle's awards are settled here: its grants are computed, or its rulebook has no such stage."""
    mine = [stage.key for stage in cycle.rulebook.stages if stage.owner == conductor.service]
    stages = models.procedure.stages
    query = select(stages.c.stage, stages.c.state).where(stages.c.cycle_id == cycle.cycle_id)
    states = {row.stage: row.state for row in work.session.execute(query)}
    return all(states.get(key) == "closed" for key in mine)
