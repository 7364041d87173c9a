"""培育库资助: the grant of the cultivation pool's members among the applicants, where the rulebook gives one."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import and_, select, update

from services.incentives import applicants, ledger, models
from services.incentives.applicants import Applicant
from services.incentives.grants import pool_grant
from shared.problems import Transient
from shared.procedure import Conductor, Cycle
from shared.rulebooks import Rulebook
from shared.store import Work

_POOL = models.pool


def joined(work: Work, conductor: Conductor, data: dict[str, Any]) -> None:
    """Keep the membership; those of the cycle's applicants whom it gives a grant get it, whatever becomes of them."""
    if conductor.records.cycle(work, data["cycle_id"], lock=True) is None:
        raise Transient("评奖周期尚未到达", "the cycle has not arrived yet")
    cycle = conductor.cycle(work, data["cycle_id"])
    this = and_(_POOL.c.world == cycle.world, _POOL.c.uscc == data["uscc"])
    values = {"joined_on": data["joined_on"], "project_cost_fen": data["project_cost_fen"]}
    if work.session.execute(select(_POOL.c.uscc).where(this)).one_or_none() is None:
        work.session.execute(_POOL.insert().values(world=cycle.world, uscc=data["uscc"], **values))
    else:
        work.session.execute(update(_POOL).where(this).values(**values))
    work.audit("pool:heard", data["uscc"], after=values, cycle_id=cycle.cycle_id)
    if gives_pool_grants(cycle.rulebook):
        compute(work, cycle, applicants.of_organization(work, cycle, data["uscc"]))
        ledger.settle(work, cycle)


def accepted(work: Work, conductor: Conductor, data: dict[str, Any]) -> None:
    """An application came in: its owner may be in the pool already."""
    cycle, entrant = conductor.application(work, data["application_id"])
    if gives_pool_grants(cycle.rulebook):
        # Whoever comes second, membership or application, sees the other: both wait here for one another.
        conductor.records.cycle(work, cycle.cycle_id, lock=True)
        compute(work, cycle, [Applicant.of(entrant)])
        ledger.settle(work, cycle)


def not_accepted(work: Work, conductor: Conductor, data: dict[str, Any]) -> None:
    """An application came late or was taken back: membership of the pool is paid for all the same."""
    cycle, applicant = applicants.keep_not_accepted(work, conductor, data)
    compute(work, cycle, [applicant])
    ledger.settle(work, cycle)


def compute(work: Work, cycle: Cycle, several: Iterable[Applicant]) -> None:
    """Enter the pool's grant of each applicant that is a member; without an approved cost nothing is payable yet."""
    if not gives_pool_grants(cycle.rulebook):
        return
    for applicant in several:
        this = and_(_POOL.c.world == cycle.world, _POOL.c.uscc == applicant.uscc)
        member = work.session.execute(select(_POOL).where(this)).one_or_none()
        if member is None:
            continue
        paid = ledger.paid_before(work, cycle, applicant, "pool")
        grant = pool_grant(cycle.rulebook, member.project_cost_fen, paid)
        if grant is not None:
            ledger.put(work, cycle, applicant, grant, track=None)


def gives_pool_grants(rulebook: Rulebook) -> bool:
    """Whether the rulebook gives money for membership of the pool."""
    return any(rule.for_ == "pool" for rule in rulebook.grants)
