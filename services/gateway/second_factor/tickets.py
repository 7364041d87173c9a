"""待验证的登录: whoever has shown a first factor and owes the second holds a ticket for some minutes."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta

from sqlalchemy import delete, select

from services.gateway.models import PendingSignIn
from shared.store import Work

LIFE = timedelta(minutes=5)


def issued(work: Work, account_id: str, now: datetime) -> str:
    """A new ticket of an account; nobody else ever has it."""
    ticket = secrets.token_urlsafe(32)
    work.session.add(PendingSignIn(digest=_digest(ticket), account_id=account_id, expires_at=now + LIFE))
    work.session.flush()
    return ticket


def account_of(work: Work, ticket: str, now: datetime) -> str | None:
    """Whose ticket it is; None where there is none, or its time is up."""
    this = (PendingSignIn.digest == _digest(ticket)) & (PendingSignIn.expires_at > now)
    return work.session.scalar(select(PendingSignIn.account_id).where(this))


def end(work: Work, account_id: str) -> None:
    """End all tickets of an account: somebody is in, or may not come in any more."""
    work.session.execute(delete(PendingSignIn).where(PendingSignIn.account_id == account_id))


def _digest(ticket: str) -> str:
    return hashlib.sha256(ticket.encode()).hexdigest()
