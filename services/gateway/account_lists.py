"""账号列表: pages of accounts, found by a part of a name, a role, whether they are shut; and one of them by itself."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select, true

from services.gateway.models import Account, AccountRole
from shared.problems import NotFound
from shared.store import Store


def state_of(account: Account) -> dict[str, Any]:
    """The reply `AccountState`."""
    return {
        "account_id": account.id,
        "username": account.username,
        "subject": account.subject,
        "display_name": account.display_name,
        "unit": account.unit,
        "roles": [role.role for role in account.roles],
        "disabled": account.disabled_at is not None,
    }


def listed(store: Store, data: Mapping[str, Any]) -> dict[str, Any]:
    """A page of accounts: three statements, however many there are."""
    wanted, size = _wanted(data), data["size"]
    query = select(Account).where(wanted).order_by(*_order(data["sort"]))
    with store.read() as work:
        total = work.session.scalar(select(func.count()).select_from(Account).where(wanted)) or 0
        page = work.session.scalars(query.limit(size).offset((data["page"] - 1) * size)).all()
        accounts = [state_of(account) for account in page]
    return {"accounts": accounts, "page": data["page"], "size": size, "total": total}


def one(store: Store, account_id: str) -> dict[str, Any]:
    """One account. Raises NotFound."""
    with store.read() as work:
        account = work.session.get(Account, account_id)
        if account is None:
            raise NotFound("没有这个账号", "no such account")
        return state_of(account)


def _wanted(data: Mapping[str, Any]) -> ColumnElement[bool]:
    terms: list[ColumnElement[bool]] = []
    if data["q"]:
        part = data["q"].strip().casefold()
        names = (Account.username, Account.display_name, Account.unit)
        terms.append(or_(*(func.lower(name).contains(part, autoescape=True) for name in names)))
    if data["role"]:
        holds = and_(AccountRole.account_id == Account.id, AccountRole.role == data["role"])
        terms.append(select(AccountRole.role).where(holds).exists())
    if data["state"]:
        shut = Account.disabled_at.is_not(None)
        terms.append(shut if data["state"] == "shut" else ~shut)
    return and_(true(), *terms)


def _order(sort: str) -> tuple[Any, ...]:
    """By a column, from the last to the first with `-` before it; no two user names are equal, so they break ties."""
    column = getattr(Account, sort.removeprefix("-"))
    return (column.desc() if sort.startswith("-") else column.asc(), Account.username)
