"""审计核验: what an auditor's checks of the audit logs found, kept in the gateway's own log; and the last sign-in.

Kept there because it is sealed with the rest: a check that found a break cannot be made one that did not.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from services.gateway.circumstances import Asked
from services.gateway.identity import Session
from services.gateway.oidc.parties import ACTION
from shared.contracts.operations import AUDITOR
from shared.identifiers import canonical_json

if TYPE_CHECKING:
    from services.gateway.app import Gateway

_VERIFIED = "audit:verified"
_SIGNED_IN = ("account:sign_in", ACTION)
_MOST = 1000  # entries that are looked through for each cycle's newest
_LONGEST = 400
_PROBLEMS = 5  # of one service that are kept: where it broke first
_OF_SERVICE = ("service", "entries", "unsealed", "intact")


def audit(gateway: Gateway, data: Mapping[str, Any], asked: Asked) -> dict[str, Any]:
    """The reply `AuditSum`; of an auditor's check it is kept when it was made and what it found."""
    told = gateway.dispatcher.audit(data, asked)
    if asked.role == AUDITOR and not asked.persona:
        found = canonical_json(_found(told)).decode("utf-8")
        gateway.identity.record(asked.signed_in, _VERIFIED, reason=found, cycle_id=str(data["cycle_id"]))
    return told


def _found(told: Mapping[str, Any]) -> dict[str, Any]:
    broken = next((each for each in told["services"] if not each["intact"]), None)
    where = "" if broken is None else next(iter(broken["problems"]), "")
    return {
        "intact": told["intact"],
        "entries": told["entries"],
        "service": broken["service"] if broken else None,
        "where": where[:_LONGEST] or None,
        "unsealed": told["unsealed"],
        "services": [
            {
                **{name: each[name] for name in _OF_SERVICE},
                "problems": [one[:_LONGEST] for one in each["problems"][:_PROBLEMS]],
            }
            for each in told["services"]
        ],
    }


def audit_checks(gateway: Gateway, data: Mapping[str, Any], asked: Asked) -> dict[str, Any]:
    """The reply `AuditChecks`: of each cycle that was ever checked the newest, those that were checked last first."""
    store = gateway.identity.store
    log = store.tables.audit
    query = select(log).where(log.c.action == _VERIFIED).order_by(log.c.id.desc()).limit(_MOST)
    with store.read() as work:
        rows = work.session.execute(query).all()
    found: dict[str, dict[str, Any]] = {}
    for row in rows:
        found.setdefault(
            row.cycle_id,
            {
                "cycle_id": row.cycle_id,
                "checked_at": row.at.isoformat(timespec="seconds"),
                "checked_by": row.actor,
                "unsealed": 0,
                "services": [],  # an older entry names none
                **json.loads(row.reason),
            },
        )
    return {"checks": list(found.values())}


def signed_in_before(gateway: Gateway, session: Session) -> datetime | None:
    """When the account signed in the time before this; None where this is the first."""
    store = gateway.identity.store
    log = store.tables.audit
    query = (
        select(log.c.at)
        .where(log.c.subject == session.account_id, log.c.action.in_(_SIGNED_IN))
        .order_by(log.c.id.desc())
        .limit(2)
    )
    with store.read() as work:
        times = work.session.scalars(query).all()
    return times[1] if len(times) > 1 else None
