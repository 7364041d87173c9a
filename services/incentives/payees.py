"""收款账户: entered by the applicant, or by the office for one that has no account here; checked by finance.

Name, bank and number are encrypted in their columns. Nothing but the order to the bank ever holds a number in full: replies,
audit and events have its last four digits, and the account's holder masked.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Row, and_, select, update

from services.incentives import models
from services.incentives.masking import masked_name, masked_number
from services.incentives.people import people
from services.incentives.two_people import State, before, require_other
from shared.problems import Conflict, NotFound
from shared.procedure import Conductor
from shared.store import Work

_PAYEES, _GRANTS = models.payees, models.grants


def enter(work: Work, conductor: Conductor, data: dict[str, Any]) -> dict[str, Any]:
    """Enter an account for an application that was granted something; an earlier one is replaced and has to be checked anew.

    Raises NotFound for somebody else's application, or one without a grant.
    """
    people.require_own(work, data["application_id"], writing=True)
    cycle_id = _cycle_of(work, data["application_id"])
    conductor.records.cycle(work, cycle_id, lock=True)
    conductor.cycle(work, cycle_id)
    this = and_(
        _PAYEES.c.application_id == data["application_id"], _PAYEES.c.state.in_(before(State.REPLACED))
    )
    work.session.execute(update(_PAYEES).where(this).values(state=State.REPLACED.value))
    row = {
        "id": work.new_id(), "application_id": data["application_id"], "cycle_id": cycle_id,
        "state": State.PROPOSED.value, "entered_by": work.by, "entered_at": work.now(),
        **{name: data[name] for name in ("account_name", "bank", "account_number")},
    }  # fmt: skip
    work.session.execute(_PAYEES.insert().values(**row))
    # No digest of what is encrypted: the numbers of one bank could be tried one by one.
    work.audit("payee:entered", data["application_id"], after={"payee_id": row["id"]}, cycle_id=cycle_id)
    return state_of(_find(work, row["id"]))


def check(work: Work, conductor: Conductor, data: dict[str, Any]) -> dict[str, Any]:
    """Finance has held the account against the holder's papers, or refuses it. Raises Conflict where it is decided."""
    row = _find(work, data["payee_id"])
    conductor.records.cycle(work, row.cycle_id, lock=True)
    conductor.cycle(work, row.cycle_id)
    require_other(same=work.same_person(row.entered_by, about=row.application_id))
    state = State.ACCEPTED if data["accept"] else State.REFUSED
    moved = work.session.execute(
        update(_PAYEES)
        .where(and_(_PAYEES.c.id == row.id, _PAYEES.c.state.in_(before(state))))
        .values(state=state.value, decided_by=work.by, decided_at=work.now(), reason=data["reason"])
    )
    if not getattr(moved, "rowcount", 0):
        raise Conflict(f"该账户当前为 {row.state}", f"the account is {row.state}")
    told = {"payee_id": row.id, "state": state.value}
    work.audit(f"payee:{state}", row.application_id, after=told, reason=data["reason"], cycle_id=row.cycle_id)
    return state_of(_find(work, row.id))


def listed(work: Work, conductor: Conductor, data: dict[str, Any]) -> dict[str, Any]:
    """The accounts of a cycle as they stand, masked; an applicant has its own."""
    cycle = conductor.cycle(work, data["cycle_id"])
    this = and_(_PAYEES.c.cycle_id == cycle.cycle_id, _PAYEES.c.state != State.REPLACED.value)
    mine = people.applications(work)
    if mine is not None:
        this = and_(this, _PAYEES.c.application_id.in_(mine))
    query = select(_PAYEES).where(this).order_by(_PAYEES.c.application_id)
    return {"payees": [state_of(row) for row in work.session.execute(query)]}


def checked(work: Work, cycle_id: str, application_ids: Iterable[str] | None = None) -> dict[str, str]:
    """By application, the account of a cycle that money may go to."""
    columns = (_PAYEES.c.id, _PAYEES.c.application_id)  # without the encrypted ones, which cost time
    this = and_(_PAYEES.c.cycle_id == cycle_id, _PAYEES.c.state == State.ACCEPTED.value)
    if application_ids is not None:
        this = and_(this, _PAYEES.c.application_id.in_(list(application_ids)))
    return {row.application_id: row.id for row in work.session.execute(select(*columns).where(this))}


def state_of(row: Row[Any]) -> dict[str, Any]:
    """An account as it is told: masked."""
    return {
        "payee_id": row.id,
        "application_id": row.application_id,
        "account_name": masked_name(row.account_name),
        "bank": row.bank,
        "account_number": masked_number(row.account_number),
        "state": row.state,
        "entered_by": row.entered_by,
        "decided_by": row.decided_by,
        "reason": row.reason,
    }


def _cycle_of(work: Work, application_id: str) -> str:
    query = select(_GRANTS.c.cycle_id).where(_GRANTS.c.application_id == application_id)
    found = work.session.execute(query).scalars().first()
    if found is None:
        raise NotFound("该申报没有资助", "this application was granted nothing")
    return str(found)


def _find(work: Work, payee_id: str) -> Row[Any]:
    row = work.session.execute(select(_PAYEES).where(_PAYEES.c.id == payee_id)).one_or_none()
    if row is None:
        raise NotFound("没有这个账户", "no such account")
    return row
