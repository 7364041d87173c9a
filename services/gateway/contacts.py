"""Addresses of accounts: the holder writes them, nobody else reads them, and notifications is told of each change.

What notifications knows of an account is held against the account now and then: its roles and whether it is shut are changed in
other places. Telling is a command with a version of its own, so that it may come twice, late and in any order; one that found
nobody to take it is tried again with the next look.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import structlog
from sqlalchemy import and_, select, update
from sqlalchemy.exc import IntegrityError

from services.gateway.identity import Identity, Session
from services.gateway.models import Account, Addresses, ToldContact
from services.gateway.rpc import Caller
from shared.contracts import Context
from shared.contracts.operations import AGENCY, REHEARSER
from shared.identifiers import digest, new_id
from shared.problems import Forbidden, Problem, Unavailable, invalid_field
from shared.store import Store, Work

log = structlog.get_logger(__name__)

_NAMES = ("email", "phone", "language", "quiet_from", "quiet_until")
_NONE: Mapping[str, Any] = {
    "email": None,
    "phone": None,
    "language": "zh",
    "quiet_from": None,
    "quiet_until": None,
}
_NO_PEOPLE = frozenset({AGENCY, REHEARSER})


# The account, the version of its addresses; what was told, its version, whether it arrived.
_Found = tuple[Account, int | None, dict[str, Any] | None, int | None, bool | None]


@dataclass(frozen=True)
class _Telling:
    """What is to be told of one account."""

    account_id: str
    version: int
    data: dict[str, Any]


class Contacts:
    """The addresses of one gateway's accounts. Safe to share between threads."""

    def __init__(self, identity: Identity, caller: Caller) -> None:
        self._identity = identity
        self._caller = caller
        self.written = threading.Event()  # an address since the last look: the next one is made soon
        self._one = threading.Lock()  # of this process; other replicas are told apart by the version

    @property
    def _store(self) -> Store:
        return self._identity.store

    def mine(self, session: Session) -> dict[str, Any]:
        """One's own addresses; those of an account that never gave any are empty."""
        _no_persona(session)
        with self._store.read() as work:
            row = work.session.get(Addresses, session.account_id)
            return dict(_NONE) if row is None else {name: getattr(row, name) for name in _NAMES}

    def write(self, session: Session, data: Mapping[str, Any]) -> dict[str, Any]:
        """Replace one's own addresses; notifications is told with the next look. Raises Invalid for quiet hours with one end."""
        _no_persona(session)
        values = {name: data.get(name) for name in _NAMES}
        if (values["quiet_from"] is None) != (values["quiet_until"] is None):
            raise invalid_field(
                "quiet_until", "免打扰时段须同时填写起止时间", "quiet hours have a beginning and an end"
            )
        with self._store.transaction() as tx:
            work = tx.work(Context(message_id=new_id(), actor=session.account_id))
            query = select(Addresses).where(Addresses.account_id == session.account_id).with_for_update()
            row = work.session.scalar(query)
            if row is None:
                work.session.add(Addresses(account_id=session.account_id, version=1, **values))
            else:
                for name, value in values.items():
                    setattr(row, name, value)
                row.version += 1
            work.session.flush()
            work.audit("account:addresses", session.account_id, secret=True)
        self.written.set()
        return values

    def tell(self) -> int:
        """Tell what has changed; gives of how many. What nobody took, or was refused, is told with the next look."""
        with self._one:
            self.written.clear()
            told = 0
            for telling in self._changed():
                try:
                    self._caller.call("notifications", "keep_contact", telling.data, _context(telling))
                except Unavailable as problem:
                    log.info("contacts.not_told", code=problem.code)
                    break
                except Problem as problem:  # of this account alone
                    log.warning("contacts.refused", account=telling.account_id, code=problem.code)
                    continue
                self._note(telling)
                told += 1
            return told

    def _changed(self) -> list[_Telling]:
        """What is to be told, each taken note of under a version of its own before anybody hears of it."""
        query = (
            select(Account, Addresses.version, ToldContact.state, ToldContact.version, ToldContact.told)
            .outerjoin(Addresses, Addresses.account_id == Account.id)
            .outerjoin(ToldContact, ToldContact.account_id == Account.id)
            .order_by(Account.id)
        )
        with self._store.read() as work:
            stale = [found for row in work.session.execute(query) if _is_stale(found := tuple(row))]
        return [made for row in stale if (made := self._taken(row)) is not None]

    def _taken(self, row: _Found) -> _Telling | None:
        account, addresses, _, version, _ = row
        try:
            with self._store.transaction() as tx:
                work = tx.work(Context(message_id=new_id(), actor="system:gateway"))
                state = _state(account, addresses)
                if version is None:
                    work.session.add(ToldContact(account_id=account.id, state=state, version=1, told=False))
                    work.session.flush()
                else:
                    this = and_(ToldContact.account_id == account.id, ToldContact.version == version)
                    values = {"state": state, "version": version + 1, "told": False}
                    done = work.session.execute(update(ToldContact).where(this).values(**values))
                    if not getattr(done, "rowcount", 0):
                        return None  # another replica tells it
                return _Telling(account.id, (version or 0) + 1, _data(work, account, (version or 0) + 1))
        except IntegrityError:
            return None

    def _note(self, telling: _Telling) -> None:
        this = and_(ToldContact.account_id == telling.account_id, ToldContact.version == telling.version)
        with self._store.writing() as connection:
            connection.execute(update(ToldContact).where(this).values(told=True))


def _is_stale(row: _Found) -> bool:
    account, addresses, state, _, told = row
    if {role.role for role in account.roles} <= _NO_PEOPLE and state is None:
        return False
    return not told or state != _state(account, addresses)


def _state(account: Account, addresses: int | None) -> dict[str, Any]:
    """What a change is told by; of the addresses their version alone."""
    return {
        "roles": _roles(account),
        "unit": account.unit,
        "shut": account.disabled_at is not None,
        "addresses": addresses or 0,
    }


def _roles(account: Account) -> list[str]:
    return sorted(role.role for role in account.roles if role.role not in _NO_PEOPLE)


def _data(work: Work, account: Account, version: int) -> dict[str, Any]:
    """The command's fields; an account that is shut has neither roles nor addresses."""
    shut = account.disabled_at is not None
    row = None if shut else work.session.get(Addresses, account.id)
    given = dict(_NONE) if row is None else {name: getattr(row, name) for name in _NAMES}
    roles = [] if shut else _roles(account)
    return {**given, "subject": account.subject, "version": version, "roles": roles, "unit": account.unit}


def _context(telling: _Telling) -> Context:
    key = digest(["contact", telling.account_id, telling.version]).rpartition(":")[2][:32]
    return Context(message_id=key, actor="system:gateway", role="system")


def _no_persona(session: Session) -> None:
    if session.rehearsal:
        raise Forbidden("演练角色没有联系方式", "a role that is played has no addresses", code="persona")
