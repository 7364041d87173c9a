"""第二因素在库: whether an account has one, and whether a code is right. A code is used up by being right."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import delete, select, update

from services.gateway.models import RecoveryCode, SecondFactor
from services.gateway.second_factor import codes
from shared.config import ConfigurationError, Settings
from shared.contracts.operations import ADMIN, AUDITOR, DISCIPLINE, FINANCE, MEMBER, OFFICE, ROLES
from shared.store import Work

NOBODY = "none"
# Whose account does the most harm in a stranger's hands. No text says it; the choice is ours.
_COMPULSORY = frozenset({OFFICE, FINANCE, MEMBER, DISCIPLINE, AUDITOR, ADMIN})


def compulsory(settings: Settings) -> frozenset[str]:
    """The roles that nobody acts in without a second factor. Raises ConfigurationError for a role that does not exist."""
    given = {word.strip() for word in settings.second_factor_roles.split(",") if word.strip()}
    if not given:
        return _COMPULSORY if settings.environment == "production" else frozenset()
    if given == {NOBODY}:
        return frozenset()
    unknown = given - set(ROLES)
    if unknown:
        raise ConfigurationError(f"ZHIHENG_SECOND_FACTOR_ROLES: {', '.join(sorted(unknown))}: no such role")
    return frozenset(given)


def has_one(work: Work, account_id: str) -> bool:
    """Whether an account has a second factor that counts."""
    this = (SecondFactor.account_id == account_id) & SecondFactor.confirmed_at.is_not(None)
    return work.session.scalar(select(SecondFactor.account_id).where(this)) is not None


def owes_one(work: Work, account_id: str, roles: Iterable[str], wanted: frozenset[str]) -> bool:
    """Whether an account holds a role that needs a second factor, and has none."""
    return not wanted.isdisjoint(roles) and not has_one(work, account_id)


def used(work: Work, account_id: str, given: str, now: datetime) -> bool:
    """Whether a code is right; then it is used up, with the work's transaction."""
    code = codes.read(given)
    if codes.is_of_authenticator(code):
        return code_used(work, account_id, code, now, confirmed=True)
    if not codes.is_recovery(code):
        return False
    this = (
        (RecoveryCode.digest == codes.recovery_digest(account_id, code))
        & (RecoveryCode.account_id == account_id)
        & RecoveryCode.used_at.is_(None)
    )
    done = work.session.execute(update(RecoveryCode).where(this).values(used_at=now))
    if not getattr(done, "rowcount", 0):
        return False
    work.audit("second_factor:recovery_code", account_id, secret=True)
    return True


def code_used(work: Work, account_id: str, code: str, now: datetime, *, confirmed: bool) -> bool:
    """Whether an authenticator's code is right and newer than the last one taken; `confirmed`: of a factor that counts."""
    counts = SecondFactor.confirmed_at.is_not(None) if confirmed else SecondFactor.confirmed_at.is_(None)
    this = (SecondFactor.account_id == account_id) & counts
    row = work.session.execute(select(SecondFactor.secret, SecondFactor.last_step).where(this)).one_or_none()
    if row is None:
        return False
    step = codes.matched(row.secret, code, codes.step_of(now.timestamp()), row.last_step)
    if step is None:
        return False
    newer = this & (SecondFactor.last_step < step)  # of two with one code at the same time, one is let in
    done = work.session.execute(update(SecondFactor).where(newer).values(last_step=step))
    return bool(getattr(done, "rowcount", 0))


def remove(work: Work, account_id: str) -> bool:
    """Take an account's second factor and its recovery codes away; whether there was one."""
    work.session.execute(delete(RecoveryCode).where(RecoveryCode.account_id == account_id))
    done = work.session.execute(delete(SecondFactor).where(SecondFactor.account_id == account_id))
    return bool(getattr(done, "rowcount", 0))
