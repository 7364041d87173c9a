"""禁止申报与撤销: what eligibility tells of winners who fell out; a payment to them is stopped before it leaves."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from services.incentives import ledger, models
from shared.problems import Transient
from shared.procedure import Conductor, Cycle
from shared.store import Work

_BANS, _REVOCATIONS = models.bans, models.revocations


def ban_recorded(work: Work, conductor: Conductor, data: dict[str, Any]) -> None:
    """Keep a ban, once."""
    if conductor.records.cycle(work, data["cycle_id"]) is None:
        raise Transient("评奖周期尚未到达", "the cycle has not arrived yet")
    cycle = conductor.cycle(work, data["cycle_id"])
    known = select(_BANS.c.id).where(_BANS.c.id == data["ban_id"])
    if work.session.execute(known).one_or_none() is None:
        row = {"id": data["ban_id"], "world": cycle.world} | {
            n: data[n] for n in ("applicant_key", "rule", "until")
        }
        work.session.execute(_BANS.insert().values(**row))
    work.audit("ban:heard", data["applicant_key"], after=data, cycle_id=cycle.cycle_id)


def revoked(work: Work, cycle: Cycle, data: dict[str, Any], repay_days: int) -> None:
    """Keep that an award was revoked, once, and how many days its winner has to pay back what is still to be paid by then."""
    known = select(_REVOCATIONS.c.application_id).where(
        _REVOCATIONS.c.application_id == data["application_id"]
    )
    if data["revokes"] and work.session.execute(known).one_or_none() is None:
        row = {
            "application_id": data["application_id"], "cycle_id": cycle.cycle_id, "rule": data["rule"],
            "revoked_on": data["on"], "repay_days": repay_days,
        }  # fmt: skip
        work.session.execute(_REVOCATIONS.insert().values(**row))
        if not cycle.rehearsal:
            ledger.settle(work, cycle)  # what will not be paid holds nobody else's grant any more
