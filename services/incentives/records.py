"""部门记录的复核: no award is payable whose winner's records are not confirmed; its line says held, or stopped, and why.

The pool's grant does not hang on an application, and no department was asked for it.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import select

from services.incentives import ledger, models
from shared.problems import Transient
from shared.procedure import Conductor, Cycle
from shared.procedure.confirmations import Confirmations, Outstanding
from shared.store import Work

confirmations = Confirmations(models.confirmations, "payment")


def outstanding(
    work: Work, cycle: Cycle, applications: Iterable[str] | None = None
) -> dict[str, Outstanding]:
    """By application, the winners whose records are not confirmed, of all or of some."""
    table = models.grants
    query = select(table.c.application_id).where(
        table.c.cycle_id == cycle.cycle_id, table.c.grant_for == "award"
    )
    if applications is not None:
        query = query.where(table.c.application_id.in_(set(applications)))
    winners = list(work.session.execute(query).scalars())
    return {each.application_id: each for each in confirmations.outstanding(work, cycle, winners)}


def confirmed(work: Work, conductor: Conductor, data: dict[str, Any]) -> None:
    """A winner's records are as they were, or an officer let it go on."""
    cycle = _cycle(work, conductor, data)
    if confirmations.confirmed(work, data):
        ledger.settle(work, cycle)


def differ(work: Work, conductor: Conductor, data: dict[str, Any]) -> None:
    """A winner's records differ: its grant is held with the reason; where an officer has decided so, stopped with it."""
    cycle = _cycle(work, conductor, data)
    if confirmations.differ(work, data):
        ledger.settle(work, cycle)


def _cycle(work: Work, conductor: Conductor, data: dict[str, Any]) -> Cycle:
    if conductor.records.cycle(work, data["cycle_id"], lock=True) is None:
        raise Transient("评奖周期尚未到达", "the cycle has not arrived yet")
    return conductor.cycle(work, data["cycle_id"])
