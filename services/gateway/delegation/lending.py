"""出借的角色: what an account may do today in whose name. Read with every token, so that an end counts within seconds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, select

from services.gateway.delegation.terms import LENDABLE, excluded
from services.gateway.models import Account, AccountRole, Delegation
from shared.problems import Conflict, Forbidden
from shared.store import Work


@dataclass(frozen=True)
class Giver:
    """Who lent a role."""

    account_id: str
    subject: str
    display_name: str


@dataclass(frozen=True)
class Lent:
    """What somebody lent to one helper, as it is today: roles that the giver still holds and the helper may have."""

    giver: Giver
    roles: frozenset[str]
    unit: str | None


def of_subject(work: Work, helper: str, subject: str) -> Lent | None:
    """What the account known by a subject has lent to the account `helper`; None for nothing."""
    return _lent(work, helper, Account.subject == subject)


def of_account(work: Work, helper: str, giver: str) -> Lent | None:
    """The same, by the giver's account."""
    return _lent(work, helper, Account.id == giver)


def current(work: Work) -> ColumnElement[bool]:
    """The condition of being in force today."""
    today = work.today()
    return Delegation.ended_at.is_(None) & (Delegation.starts_on <= today) & (Delegation.ends_on >= today)


def nothing_lent() -> Forbidden:
    """The one answer to whoever would act for somebody that has lent it nothing, or that does not exist."""
    return Forbidden(
        "对方没有委托您代办，或者代办已结束", "nothing is lent to you, or it has ended", code="nothing_lent"
    )


class Ended(Conflict):
    """What a session acted in is lent no more: said once, so that nothing begun in it is done in the helper's own name."""

    default_code = "delegation_ended"

    def __init__(self) -> None:
        super().__init__(
            "代办已结束，本次操作没有办理；此后以本人身份办理",
            "the delegation has ended and nothing was done; from now on you act in your own name",
        )


def factor_owed() -> Forbidden:
    """To a helper without a second factor, where the lent role needs one."""
    return Forbidden(
        "代办此角色须先设定第二因素",
        "the lent role needs a second factor: set one up first",
        code="second_factor_owed",
    )


def _lent(work: Work, helper: str, which: Any) -> Lent | None:
    query = (
        select(Delegation.role, Account)
        .join(Account, Account.id == Delegation.giver)
        .where(which, Delegation.helper == helper, current(work), Account.disabled_at.is_(None))
    )
    rows = work.session.execute(query).all()
    if not rows:
        return None
    giver: Account = rows[0].Account
    still = {role.role for role in giver.roles}
    own = work.session.scalars(select(AccountRole.role).where(AccountRole.account_id == helper)).all()
    roles = frozenset(
        row.role for row in rows if row.role in LENDABLE and row.role in still and not excluded(own, row.role)
    )
    if not roles:
        return None
    return Lent(Giver(giver.id, giver.subject, giver.display_name), roles, giver.unit)
