"""付款前复核: why a grant cannot be paid now. Asked at making a batch, at approving it, and before a line leaves."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, and_, select

from services.incentives import models, payees, records
from services.incentives.statuses import Status
from shared.calendar import in_words
from shared.procedure import Cycle
from shared.store import Work


@dataclass(frozen=True)
class Obstacle:
    """Why not, in words; `code` for programs."""

    code: str
    zh: str
    en: str


@dataclass(frozen=True)
class Fitness:
    """What is known of a cycle's winners today; made once for many grants."""

    unconfirmed: dict[str, Any]
    withdrawn: frozenset[str]
    revoked: dict[str, Any]
    banned: dict[str, Any]
    payees: dict[str, str]

    def obstacle(self, grant: Row[Any]) -> Obstacle | None:
        """The first reason why a grant cannot be paid, None where nothing stands against it."""
        application_id = grant.application_id
        if not grant.amount_fen:
            return Obstacle("nothing_payable", "应发金额为零", "nothing is payable")
        if application_id in self.revoked and grant.grant_for == "award":
            on = self.revoked[application_id].revoked_on
            return Obstacle(
                "revoked", f"奖项已于 {in_words(on).zh} 撤销", f"the award was revoked on {in_words(on).en}"
            )
        if application_id in self.withdrawn and grant.grant_for == "award":
            return Obstacle("withdrawn", "申报已撤回", "the application was withdrawn")
        ban = self.banned.get(grant.applicant_key)
        if ban is not None:
            return Obstacle(
                "banned", f"禁止申报至 {in_words(ban.until).zh}", f"banned until {in_words(ban.until).en}"
            )
        if grant.grant_for == "award" and application_id in self.unconfirmed:
            lacking = self.unconfirmed[application_id]
            code = "stopped" if lacking.stopped else "unconfirmed"
            return Obstacle(code, lacking.reason_zh, lacking.reason_en)
        if grant.state == Status.STOPPED:
            return Obstacle("stopped", "已决定停发", "it was decided not to pay it")
        if grant.state == Status.HELD:
            return Obstacle("over_budget", "超过本周期预算", "the cycle's grants exceed its budget")
        if application_id not in self.payees:
            return Obstacle("no_payee", "收款账户尚未填写或核对", "no account was entered and checked")
        return None


def of(work: Work, cycle: Cycle, grants: Iterable[Row[Any]] | None = None) -> Fitness:
    """What stands against the grants of a cycle, or against some of them."""
    several = None if grants is None else list(grants)
    ids = None if several is None else [grant.application_id for grant in several]
    bans, revocations, dossiers = models.bans, models.revocations, models.procedure.dossiers
    in_force = and_(bans.c.world == cycle.world, bans.c.until >= work.today())
    if several is not None:
        in_force = and_(in_force, bans.c.applicant_key.in_([grant.applicant_key for grant in several]))
    gone = and_(dossiers.c.cycle_id == cycle.cycle_id, dossiers.c.withdrawn_on.is_not(None))
    lost = revocations.c.cycle_id == cycle.cycle_id
    if ids is not None:
        gone = and_(gone, dossiers.c.application_id.in_(ids))
        lost = and_(lost, revocations.c.application_id.in_(ids))
    return Fitness(
        unconfirmed=records.outstanding(work, cycle, ids),
        withdrawn=frozenset(work.session.execute(select(dossiers.c.application_id).where(gone)).scalars()),
        revoked={row.application_id: row for row in work.session.execute(select(revocations).where(lost))},
        banned={
            row.applicant_key: row
            for row in work.session.execute(select(bans).where(in_force).order_by(bans.c.until))
        },
        payees=payees.checked(work, cycle.cycle_id, ids),
    )
