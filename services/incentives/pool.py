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
    cycle = _heard_of(work, conductor, data["cycle_id"])
    # Told by an older version, a membership has no id; intake gave it this one.
    membership_id = data["membership_id"] or f"{cycle.world}-{data['uscc']}"
    this = _membership(cycle, membership_id)
    values = {name: data[name] for name in ("uscc", "joined_on", "project_cost_fen")}
    if work.session.execute(select(_POOL.c.uscc).where(this)).one_or_none() is None:
        work.session.execute(_POOL.insert().values(world=cycle.world, membership_id=membership_id, **values))
    else:
        work.session.execute(update(_POOL).where(this).values(**values))
    work.audit("pool:heard", data["uscc"], after=values, cycle_id=cycle.cycle_id)
    compute(work, cycle, applicants.of_organization(work, cycle, data["uscc"]))
    ledger.settle(work, cycle)


def left(work: Work, conductor: Conductor, data: dict[str, Any]) -> None:
    """A membership ended: what was granted stays, nothing new follows from it."""
    cycle = _heard_of(work, conductor, data["cycle_id"])
    _change(work, cycle, data["membership_id"], left_on=data["left_on"])
    work.audit("pool:leaving_heard", data["uscc"], after=data, cycle_id=cycle.cycle_id)


def cost_approved(work: Work, conductor: Conductor, data: dict[str, Any]) -> None:
    """The office approved a cost: the grant goes to the organization's applications in this cycle, or, where it has none,
    to the membership itself, since membership is what it is given for.
    """
    cycle = _heard_of(work, conductor, data["cycle_id"])
    _change(work, cycle, data["membership_id"], project_cost_fen=data["project_cost_fen"])
    work.audit("pool:cost_heard", data["uscc"], after=data, cycle_id=cycle.cycle_id)
    several = applicants.of_organization(work, cycle, data["uscc"])
    itself = Applicant(data["membership_id"], f"organization:{data['uscc']}", data["uscc"])
    compute(work, cycle, several or [itself])
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
        still_in = and_(
            _POOL.c.world == cycle.world, _POOL.c.uscc == applicant.uscc, _POOL.c.left_on.is_(None)
        )
        member = work.session.execute(select(_POOL).where(still_in).order_by(_POOL.c.joined_on)).first()
        if member is None:
            continue
        paid = ledger.paid_before(work, cycle, applicant, "pool")
        grant = pool_grant(cycle.rulebook, member.project_cost_fen, paid)
        if grant is not None:
            ledger.put(work, cycle, applicant, grant, track=None)


def _heard_of(work: Work, conductor: Conductor, cycle_id: str) -> Cycle:
    """The cycle of an event, locked, since membership and application wait for one another."""
    if conductor.records.cycle(work, cycle_id, lock=True) is None:
        raise Transient("评奖周期尚未到达", "the cycle has not arrived yet")
    return conductor.cycle(work, cycle_id)


def _change(work: Work, cycle: Cycle, membership_id: str, **values: Any) -> None:
    done = work.session.execute(update(_POOL).where(_membership(cycle, membership_id)).values(**values))
    if not getattr(done, "rowcount", 0):
        raise Transient("入库的消息尚未到达", "the joining has not arrived yet")


def _membership(cycle: Cycle, membership_id: str) -> Any:
    return and_(_POOL.c.world == cycle.world, _POOL.c.membership_id == membership_id)


def gives_pool_grants(rulebook: Rulebook) -> bool:
    """Whether the rulebook gives money for membership of the pool."""
    return any(rule.for_ == "pool" for rule in rulebook.grants)
