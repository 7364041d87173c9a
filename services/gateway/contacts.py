"""Addresses of accounts: the holder writes them, nobody else reads them, and notifications is told of each change.

Whatever changes an account marks it as untold, in its own transaction (`changed_contacts.py`); a look reads those alone.
Telling is a command with a version of its own, so that it may come twice, late and in any order; one that found nobody to take it
is tried again with the next look.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import structlog
from sqlalchemy import and_, select, text, update

from services.gateway.changed_contacts import changed
from services.gateway.identity import Identity, Session
from services.gateway.models import Account, Addresses, ToldContact
from services.gateway.rpc import Caller
from shared.contracts import Context
from shared.contracts.operations import AGENCY, REHEARSER
from shared.identifiers import digest, new_id
from shared.problems import Forbidden, Problem, Unavailable, invalid_field
from shared.store import Store

log = structlog.get_logger(__name__)

_NAMES = ("email", "phone", "language", "quiet_from", "quiet_until")
_WAYS = {"email": "email_since", "phone": "phone_since"}
_NONE: Mapping[str, Any] = {
    "email": None,
    "phone": None,
    "language": "zh",
    "quiet_from": None,
    "quiet_until": None,
}
_NO_PEOPLE = frozenset({AGENCY, REHEARSER})
_AT_A_TIME = 200  # accounts in one statement
_UNTOLD = text("told_contacts.told IS FALSE")  # word for word as the partial index has it


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
        self._one = threading.Lock()  # of this process; other replicas are told apart by the version

    @property
    def _store(self) -> Store:
        return self._identity.store

    @property
    def written(self) -> threading.Event:
        """Set where an account or an address was written here since the last look: the next one is made soon."""
        return self._identity.written

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
                row = Addresses(account_id=session.account_id, version=0)
                work.session.add(row)
            for way, since in _WAYS.items():
                if getattr(row, way) != values[way]:
                    setattr(row, since, work.now())
            for name, value in values.items():
                setattr(row, name, value)
            row.version += 1
            work.session.flush()
            changed(work, session.account_id)
            work.audit("account:addresses", session.account_id, secret=True)
        self.written.set()
        return values

    def tell(self) -> int:
        """Tell what has changed; gives of how many. What nobody took, or was refused, is told with the next look."""
        with self._one:
            self.written.clear()
            told, after = 0, ""
            while several := self._untold(after):
                for telling in several:
                    try:
                        self._caller.call("notifications", "keep_contact", telling.data, _context(telling))
                    except Unavailable as problem:
                        log.info("contacts.not_told", code=problem.code)
                        return told
                    except Problem as problem:  # of this account alone
                        log.warning("contacts.refused", account=telling.account_id, code=problem.code)
                        continue
                    self._note(telling)
                    told += 1
                after = several[-1].account_id
            return told

    def _untold(self, after: str = "") -> list[_Telling]:
        """Some of those that changed since they were told, by their ids after this one.

        The version is read first, so what is told with it is of that version or newer.
        """
        untold = select(ToldContact.account_id, ToldContact.version).where(
            _UNTOLD, ToldContact.account_id > after
        )
        with self._store.read() as work:
            some = untold.order_by(ToldContact.account_id).limit(_AT_A_TIME)
            versions = {row.account_id: row.version for row in work.session.execute(some)}
            if not versions:
                return []
            accounts = work.session.scalars(select(Account).where(Account.id.in_(versions))).all()
            written = work.session.scalars(select(Addresses).where(Addresses.account_id.in_(versions))).all()
            addresses = {each.account_id: each for each in written}
            return [
                _Telling(each.id, versions[each.id], _data(each, addresses.get(each.id), versions[each.id]))
                for each in sorted(accounts, key=lambda each: each.id)
            ]

    def _note(self, telling: _Telling) -> None:
        this = and_(ToldContact.account_id == telling.account_id, ToldContact.version == telling.version)
        with self._store.writing() as connection:
            connection.execute(update(ToldContact).where(this).values(told=True))


def _roles(account: Account) -> list[str]:
    return sorted(role.role for role in account.roles if role.role not in _NO_PEOPLE)


def _data(account: Account, addresses: Addresses | None, version: int) -> dict[str, Any]:
    """The command's fields; an account that is shut has neither roles nor addresses."""
    shut = account.disabled_at is not None
    if shut:
        addresses = None
    given = dict(_NONE) if addresses is None else {name: getattr(addresses, name) for name in _NAMES}
    since = {name: getattr(addresses, name, None) for name in _WAYS.values()}
    return {
        **given, **{name: at.isoformat() for name, at in since.items() if at is not None}, "subject": account.subject,
        "version": version, "roles": [] if shut else _roles(account), "unit": account.unit,
    }  # fmt: skip


def _context(telling: _Telling) -> Context:
    key = digest(["contact", telling.account_id, telling.version]).rpartition(":")[2][:32]
    return Context(message_id=key, actor="system:gateway", role="system")


def _no_persona(session: Session) -> None:
    if session.rehearsal:
        raise Forbidden("演练角色没有联系方式", "a role that is played has no addresses", code="persona")
