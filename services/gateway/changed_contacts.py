"""Marks an account whose roles, body, addresses or being shut have changed, for `contacts.py` to tell notifications of it."""

from __future__ import annotations

from sqlalchemy import update

from services.gateway.models import ToldContact
from shared.store import Work


def changed(work: Work, account_id: str) -> None:
    """The account is another than was told; called in the transaction that changes it, which holds the account's row."""
    this = ToldContact.account_id == account_id
    values = {"version": ToldContact.version + 1, "told": False}
    found = work.session.execute(
        update(ToldContact).where(this).values(**values), execution_options={"synchronize_session": False}
    )
    if not getattr(found, "rowcount", 0):
        work.session.add(ToldContact(account_id=account_id, version=1, told=False))
        work.session.flush()
