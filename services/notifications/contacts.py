"""Contacts 联系方式, as the gateway hands them on: the account's holder writes them, nobody else, and nothing shows them."""

from __future__ import annotations

from typing import Any

from sqlalchemy import delete, select, update

from services.notifications import models, sending
from shared.store import Work

_CONTACTS, _ROLES = models.contacts, models.contact_roles
_WAYS = {"mail": "email", "sms": "phone"}


def keep(work: Work, data: dict[str, Any], channels: frozenset[str]) -> dict[str, Any]:
    """An account as it is now; an older version that comes later is no news.

    What became due after an address was written, and was taken up before it was told here, goes there now.
    """
    this = _CONTACTS.c.subject == data["subject"]
    known = work.session.execute(select(_CONTACTS).where(this).with_for_update()).one_or_none()
    if known is not None and known.version >= data["version"]:
        return {"done": True}
    names = ("version", "unit", "email", "phone", "language", "quiet_from", "quiet_until")
    values = {name: data[name] for name in names}
    if known is None:
        work.session.execute(_CONTACTS.insert().values(subject=data["subject"], **values))
    else:
        work.session.execute(update(_CONTACTS).where(this).values(**values))
    work.session.execute(delete(_ROLES).where(_ROLES.c.subject == data["subject"]))
    rows = [{"subject": data["subject"], "role": role} for role in sorted(set(data["roles"]))]
    if rows:
        work.session.execute(_ROLES.insert(), rows)
    # Without the addresses: a digest of a telephone number can be guessed at.
    work.audit(
        "contact:kept", data["subject"], after={"version": data["version"], "roles": sorted(data["roles"])}
    )
    for channel, name in _WAYS.items():
        since = data[f"{name}_since"]
        is_new = known is None or getattr(known, name) != data[name]
        if is_new and data[name] and since is not None and channel in channels:
            sending.catch_up(work, data["subject"], channel, since)
    return {"done": True}
