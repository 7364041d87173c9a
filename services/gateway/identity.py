"""Identity: accounts, passwords, bearer tokens.

A token is 256 random bits, kept as SHA-256, looked up by its digest and remembered for a few seconds. Whether an account
is shut and which roles it holds is read with the token, so that a change counts within those seconds everywhere.

A sign-in takes the same time and gives the same answer whether the name, the password or the code is wrong or the account is
shut. Where an account has a second factor and no code came with a right password, there is a ticket for it.
"""

from __future__ import annotations

import secrets
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import structlog
from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError
from sqlalchemy import delete, func, select, update
from sqlalchemy.exc import IntegrityError

from services.gateway.account_lists import state_of as _state
from services.gateway.changed_contacts import changed
from services.gateway.delegation import lending
from services.gateway.models import Account, AccountRole, BrowserSession, PendingSignIn, Token
from services.gateway.roles import check_roles
from services.gateway.second_factor import factors, tickets
from services.gateway.session import (
    Issued,
    SecondFactorNeeded,
    Session,
    context_of,
    digest_of,
    invalid_token,
    name_of,
    refused,
)
from services.gateway.tries import FREE_TRIES, FREE_TRIES_ADDRESS, Tries, key_of, patiently
from services.gateway.unmatched import unmatched
from shared.contracts import Context
from shared.contracts.operations import ADMIN, AGENCY, REHEARSER
from shared.identifiers import digest, new_id
from shared.problems import Conflict, Forbidden, NotFound, invalid_field
from shared.store import Answer, Store, Work

__all__ = [
    "Identity",
    "Issued",
    "SecondFactorNeeded",
    "Session",
    "context_of",
    "digest_of",
    "invalid_token",
    "name_of",
]

log = structlog.get_logger(__name__)

TOKEN_LIFE = timedelta(hours=10)
PERSONA_LIFE = timedelta(hours=2)
_CREATE = "gateway.create_account"
_REMEMBERED = 20_000  # sessions
_HASHING_AT_ONCE = 2  # each takes 64 MiB


class Identity:
    """Accounts and tokens of one gateway. Safe to share between threads."""

    def __init__(
        self,
        store: Store,
        *,
        hasher: PasswordHasher | None = None,
        remember: float = 5.0,
        with_factor: frozenset[str] = frozenset(),
    ) -> None:
        self._store = store
        self.tries = Tries(store)
        self._with_factor = with_factor  # the roles that nobody acts in without a second factor
        self._hasher = hasher or PasswordHasher()
        self._hashing = threading.BoundedSemaphore(_HASHING_AT_ONCE)
        self._nobody = unmatched(self._hasher)
        self._remember = remember
        self._known: OrderedDict[tuple[str, str], tuple[float, Session]] = OrderedDict()
        self._lock = threading.Lock()
        self.written = threading.Event()  # an account or an address since contacts last looked

    @property
    def store(self) -> Store:
        """Where accounts and tokens are kept."""
        return self._store

    @property
    def nobody(self) -> str:
        """A hash that no password has: of an account that nobody signs in to."""
        return self._nobody

    def needs_factor(self, roles: Iterable[str]) -> bool:
        """Whether one of the roles is none to act in without a second factor."""
        return not self._with_factor.isdisjoint(roles)

    # Tokens

    def session(self, token: str, giver: str = "") -> Session:
        """Who a token stands for; with the subject of a `giver`, in the roles that it lent.

        Raises Unauthenticated, Forbidden where nothing is lent, and once Conflict where what the token acted in has ended.
        """
        digest = digest_of(token)
        with self._lock:
            known = self._known.get((digest, giver))
        now = self._store.clock.now()
        if known is not None and known[0] > time.monotonic() and known[1].expires_at > now:
            return known[1]
        try:
            with self._store.read() as work:
                found = self._look_up(work, digest, now)
                if giver:
                    found = self._acting(work, found, lending.of_subject(work, found.account_id, giver))
        except lending.Ended:
            with self._store.writing() as connection:
                connection.execute(update(Token).where(Token.digest == digest).values(acting_for=None))
            raise
        with self._lock:
            self._known[digest, giver] = (time.monotonic() + self._remember, found)
            while len(self._known) > _REMEMBERED:
                self._known.popitem(last=False)
        return found

    def _acting(self, work: Work, own: Session, lent: lending.Lent | None) -> Session:
        if lent is None or own.rehearsal or own.owes_factor:
            raise lending.nothing_lent()
        if factors.owes_one(work, own.account_id, lent.roles, self._with_factor):
            raise lending.factor_owed()
        return replace(own, roles=lent.roles, unit=lent.unit, acting_for=lent.giver, scopes=frozenset())

    def act_for(self, session: Session, giver: str | None) -> Session:
        """From now on this token acts in what the account `giver` lent, None: for itself. Raises Forbidden."""
        with self._store.transaction() as tx:
            work = tx.work(context_of(session))
            this = Token.digest == session.digest
            work.session.execute(update(Token).where(this).values(acting_for=giver))
            try:
                found = self._look_up(work, session.digest, self._store.clock.now())
            except lending.Ended:
                raise lending.nothing_lent() from None
            if giver is not None and found.acting_for is None:
                raise lending.nothing_lent()
            work.audit("delegation:taken" if giver else "delegation:laid_down", giver or session.account_id)
        self._forget()
        return found

    def _look_up(self, work: Work, digest: str, now: datetime) -> Session:
        row = work.session.execute(
            select(Token, Account, BrowserSession.digest)
            .join(Account, Account.id == Token.account_id)
            .outerjoin(BrowserSession, BrowserSession.digest == Token.digest)
            .where(Token.digest == digest)
        ).one_or_none()
        if row is None:
            raise invalid_token()
        token, account, browser = row
        if token.revoked_at is not None or token.expires_at <= now or account.disabled_at is not None:
            raise invalid_token()
        held = frozenset(role.role for role in account.roles)
        own = Session(
            account_id=account.id,
            subject=account.subject,
            display_name=account.display_name,
            roles=held,
            rehearsal=False,
            expires_at=token.expires_at,
            digest=digest,
            unit=account.unit,
            scopes=frozenset((token.scope or "").split()),
            owes_factor=factors.owes_one(work, account.id, held, self._with_factor),
            browser=browser is not None,
        )
        if token.persona_role is None or token.persona_subject is None:
            if token.acting_for is None:
                return own
            try:
                return self._acting(work, own, lending.of_account(work, account.id, token.acting_for))
            except Forbidden:
                raise lending.Ended from None
        if REHEARSER not in held:
            raise invalid_token()
        name = token.persona_subject
        return replace(
            own,
            roles=frozenset({token.persona_role}),
            subject=name,
            display_name=name,
            rehearsal=True,
            unit=None,
        )

    def revoke(self, session: Session) -> None:
        """End one token."""
        with self._store.transaction() as tx:
            work = tx.work(context_of(session))
            self._end_tokens(work, Token.digest == session.digest)
            work.audit("token:revoke", session.account_id)
        self._forget()

    def record(self, session: Session, action: str, *, reason: str, cycle_id: str | None) -> None:
        """Leave an audit entry of what the gateway itself gave to somebody; `reason` says what. Not all is of a cycle."""
        subject = cycle_id or action.partition(":")[0]
        with self._store.transaction() as tx:
            tx.work(context_of(session)).audit(action, subject, reason=reason, cycle_id=cycle_id)

    def again(self, session: Session) -> Issued:
        """A short-lived token of the same account, for a program that acts for it."""
        with self._store.transaction() as tx:
            work = tx.work(context_of(session))
            work.audit("token:again", session.account_id)
            return self._issue(work, session.account_id, PERSONA_LIFE)

    def persona(self, session: Session, role: str, subject: str) -> Issued:
        """A short-lived token that plays a role in rehearsals."""
        with self._store.transaction() as tx:
            work = tx.work(context_of(session))
            work.audit("token:persona", session.account_id, after={"role": role, "subject": subject})
            return self._issue(work, session.account_id, PERSONA_LIFE, role=role, subject=subject)

    def _issue(
        self,
        work: Work,
        account_id: str,
        life: timedelta,
        role: str | None = None,
        subject: str | None = None,
        scope: str | None = None,
    ) -> Issued:
        token = secrets.token_urlsafe(32)
        now = self._store.clock.now()
        digest = digest_of(token)
        work.session.add(
            Token(
                digest=digest, account_id=account_id, persona_role=role, persona_subject=subject,
                issued_at=now, expires_at=now + life, scope=scope,
            )
        )  # fmt: skip
        work.session.flush()
        return Issued(token, self._look_up(work, digest, now))

    def issue_scoped(self, account_id: str, life: timedelta, scope: str) -> Issued:
        """A token of an agency's program, which reaches no further than the scope."""
        with self._store.transaction() as tx:
            work = tx.work(Context(message_id=new_id(), actor=account_id, role=AGENCY))
            work.audit("token:agency", account_id, after={"scope": scope})
            return self._issue(work, account_id, life, scope=scope)

    def end_tokens_of(self, work: Work, account_id: str, *, but: str = "") -> None:
        """End all tokens of an account, `but` the one of this digest; `forget` when it is committed."""
        self._end_tokens(work, (Token.account_id == account_id) & (Token.digest != but))

    def forget(self) -> None:
        """Look every token up anew."""
        self._forget()

    def _end_tokens(self, work: Work, which: Any) -> None:
        work.session.execute(
            update(Token).where(which, Token.revoked_at.is_(None)).values(revoked_at=self._store.clock.now())
        )

    def _forget(self) -> None:
        with self._lock:
            self._known.clear()

    # Signing in

    def sign_in(self, username: str, password: str, address: str, code: str | None = None) -> Issued:
        """A token for a name and a password, and a code where the account has a second factor.

        Raises Unauthenticated, SecondFactorNeeded where only the code is missing, TooMany.
        """
        name = name_of(username)
        free = {key_of("name", name): FREE_TRIES, key_of("address", address): FREE_TRIES_ADDRESS}
        self.tries.count(free)
        with self._store.read() as work:
            account = work.session.scalar(select(Account).where(Account.username == name))
            second = factors.has_one(work, account.id if account else name)
        right = self._verify(account.password_hash if account else self._nobody, password)
        if account is None or not right or account.disabled_at is not None:
            raise refused()
        if second and not code:
            self.tries.take_back(free)
            raise self._half_way(account.id)
        stale = self._hasher.check_needs_rehash(account.password_hash)
        fresh = self._hash(password) if stale else None
        return self._let_in(account, free, code if second else None, fresh=fresh)

    def open_for(self, account_id: str, action: str = "account:sign_in") -> Issued:
        """A token for an account whose holder was recognized elsewhere; `action` is the audit log's word for how.

        Raises Unauthenticated for one that is shut, SecondFactorNeeded.
        """
        with self._store.read() as work:
            account = work.session.get(Account, account_id)
            second = factors.has_one(work, account_id)
        if account is None or account.disabled_at is not None:
            raise refused()
        if second:
            raise self._half_way(account_id)
        return self._let_in(account, {}, None, action=action)

    def with_code(self, ticket: str, code: str, address: str) -> Issued:
        """A token for a ticket and a code of the second factor. Raises Unauthenticated, TooMany."""
        with self._store.read() as work:
            account_id = tickets.account_of(work, ticket, self._store.clock.now())
            account = work.session.get(Account, account_id) if account_id else None
        name = account.username if account else ""
        free = {key_of("name", name): FREE_TRIES} if account else {}
        free[key_of("address", address)] = FREE_TRIES_ADDRESS
        self.tries.count(free)
        if account is None or account.disabled_at is not None:
            raise refused()
        return self._let_in(account, free, code)

    def _half_way(self, account_id: str) -> SecondFactorNeeded:
        with self._store.transaction() as tx:
            work = tx.work(Context(message_id=new_id(), actor=account_id))
            return SecondFactorNeeded(tickets.issued(work, account_id, self._store.clock.now()))

    def hold_back(self, address: str) -> None:
        """Count a try with a secret from an address before it is looked at. Raises TooMany."""
        self.tries.count({key_of("address", address): FREE_TRIES_ADDRESS})

    def forgive(self, address: str) -> None:
        """The try was right: it is not held against the address."""
        self.tries.take_back([key_of("address", address)])

    def _let_in(
        self,
        account: Account,
        counted: Iterable[str],
        code: str | None,
        *,
        fresh: str | None = None,
        action: str = "account:sign_in",
    ) -> Issued:
        def let_in() -> Issued:
            with self._store.transaction() as tx:
                work = tx.work(Context(message_id=new_id(), actor=account.id))
                self.tries.clear(work, counted, whole={key_of("name", account.username)})
                if code is not None and not factors.used(work, account.id, code, self._store.clock.now()):
                    raise refused()  # which undoes the rest: the try stays counted
                tickets.end(work, account.id)
                if fresh is not None:
                    self._set_hash(work, account.id, fresh)
                work.audit(action, account.id)
                return self._issue(work, account.id, TOKEN_LIFE)

        return patiently(let_in)

    def _verify(self, password_hash: str, password: str) -> bool:
        with self._hashing:
            try:
                return self._hasher.verify(password_hash, password)
            except (Argon2Error, InvalidHashError):
                return False

    def _hash(self, password: str) -> str:
        with self._hashing:
            return self._hasher.hash(password)

    # Accounts

    def create(
        self,
        by: Session | None,
        *,
        username: str,
        password: str,
        display_name: str,
        roles: Iterable[str],
        subject: str | None = None,
        unit: str | None = None,
        key: str | None = None,
    ) -> dict[str, Any]:
        """Make an account; a `key` that comes again gives the same account.

        Raises Invalid for roles that exclude each other, Conflict for a name that is taken or a key used otherwise.
        """
        held = check_roles(roles)
        name = name_of(username)
        if (
            by is not None and name in password.casefold()
        ):  # the operator's first password is the operator's matter
            raise invalid_field("password", "密码不得包含用户名", "the password must not hold the name")
        password_hash = self._hash(password)
        # Without the password: a digest of it could be guessed at.
        asked = digest([name, display_name, sorted(held), subject, unit])
        try:
            with self._store.transaction() as tx:
                known = tx.answer(key) if key else None
                if known is not None:
                    return _repeated(known, asked)
                work = tx.work(context_of(by))
                account_id = work.new_id()
                account = Account(
                    id=account_id, username=name, subject=subject or account_id, display_name=display_name,
                    unit=unit, password_hash=password_hash, created_at=self._store.clock.now(),
                    roles=[AccountRole(role=role) for role in sorted(held)],
                )  # fmt: skip
                work.session.add(account)
                work.session.flush()
                if held != {REHEARSER}:
                    changed(work, account_id)
                state = _state(account)
                work.audit("account:create", account_id, after=state)
                if key:
                    tx.remember(key, _CREATE, asked, state)
        except IntegrityError:
            raise Conflict(
                "用户名或主体标识已被使用", "the name or the subject is taken", code="account_exists"
            ) from None
        self.written.set()
        return state

    def accounts(self) -> list[dict[str, Any]]:
        """All accounts by name."""
        with self._store.read() as work:
            return [
                _state(account)
                for account in work.session.scalars(select(Account).order_by(Account.username))
            ]

    def subject_of(self, username: str) -> str | None:
        """The subject of the account of a user name, by which services know its holder; None where nobody signs in with it."""
        name = name_of(username)
        if "\0" in name:  # which PostgreSQL takes for no text
            return None
        wanted = select(Account.subject).where(Account.username == name, Account.disabled_at.is_(None))
        with self._store.read() as work:
            found: str | None = work.session.scalar(wanted)
            return found

    def name_of_subject(self, subject: str) -> str | None:
        """The name of whoever services know by a subject, of an account that is shut too; None where no account has it."""
        if "\0" in subject:  # which PostgreSQL takes for no text
            return None
        with self._store.read() as work:
            found: str | None = work.session.scalar(
                select(Account.display_name).where(Account.subject == subject)
            )
            return found

    def set_roles(self, by: Session, account_id: str, roles: Iterable[str]) -> dict[str, Any]:
        """Give an account these roles and no others. Raises Invalid, NotFound, Conflict."""
        held = check_roles(roles)

        def change(work: Work, account: Account) -> dict[str, Any]:
            account.roles = [AccountRole(account_id=account_id, role=role) for role in sorted(held)]
            self._keep_an_administrator(work)
            return {"roles": sorted(held)}

        return self._changed(by, account_id, "account:roles", self._person, change)

    def set_unit(self, by: Session, account_id: str, unit: str | None) -> dict[str, Any]:
        """Say which body an account acts for from now on. Raises NotFound."""

        def change(work: Work, account: Account) -> dict[str, Any]:
            account.unit = unit
            return {"unit": unit}

        return self._changed(by, account_id, "account:unit", self._person, change)

    def set_disabled(self, by: Session, account_id: str, *, disabled: bool) -> dict[str, Any]:
        """Shut or open an account; its tokens end when it is shut. Raises NotFound, Conflict."""

        def change(work: Work, account: Account) -> dict[str, Any]:
            account.disabled_at = self._store.clock.now() if disabled else None
            if disabled:
                self._end_tokens(work, Token.account_id == account_id)
            self._keep_an_administrator(work)
            return {"disabled": disabled}

        action = "account:disable" if disabled else "account:enable"
        return self._changed(by, account_id, action, self._account, change)

    def _changed(
        self,
        by: Session,
        account_id: str,
        action: str,
        find: Callable[[Work, str], Account],
        change: Callable[[Work, Account], dict[str, Any]],
    ) -> dict[str, Any]:
        """Change an account with an entry in the audit log; gives its state. `change` says what of it is another now."""
        with self._store.transaction() as tx:
            work = tx.work(context_of(by))
            account = find(work, account_id)
            before = _state(account)
            state = {**before, **change(work, account)}
            if AGENCY not in state["roles"]:
                work.session.flush()
                changed(work, account_id)
            work.audit(action, account_id, before=before, after=state)
        self._forget()
        self.written.set()
        return state

    def change_password(self, by: Session, old: str, new: str) -> None:
        """Replace one's own password; all other tokens of the account end. Raises Invalid, TooMany for guesses."""
        with self._store.read() as work:
            account = self._account(work, by.account_id)
        wrong = invalid_field("old", "原密码不正确", "the old password is wrong")
        if by.rehearsal:
            raise wrong
        counted = key_of("name", account.username)  # it is the password that a sign-in guesses at
        self.tries.count({counted: FREE_TRIES})
        if not self._verify(account.password_hash, old):
            raise wrong
        self.tries.take_back([counted])
        if account.username in new.casefold():
            raise invalid_field("new", "密码不得包含用户名", "the password must not hold the name")
        password_hash = self._hash(new)
        with self._store.transaction() as tx:
            work = tx.work(context_of(by))
            self._set_hash(work, by.account_id, password_hash)
            tickets.end(work, by.account_id)
            self._end_tokens(work, (Token.account_id == by.account_id) & (Token.digest != by.digest))
            work.audit("account:password", by.account_id, secret=True)
        self._forget()

    def begin(self, username: str, password: str, role: str, display_name: str) -> None:
        """Make the first account of a role, unless somebody holds it already."""
        with self._store.read() as work:
            held = work.session.scalar(select(func.count()).where(AccountRole.role == role))
        if held:
            return
        try:
            self.create(None, username=username, password=password, display_name=display_name, roles=[role])
            log.info("identity.first_account", role=role)
        except Conflict:
            log.info("identity.first_account_exists", role=role)  # another replica was faster

    @staticmethod
    def _account(work: Work, account_id: str) -> Account:
        account = work.session.get(Account, account_id)
        if account is None:
            raise NotFound("没有这个账号", "no such account")
        return account

    def _person(self, work: Work, account_id: str) -> Account:
        """An account of a person; an agency's program keeps the role and the department that it was registered with."""
        account = self._account(work, account_id)
        if any(role.role == AGENCY for role in account.roles):
            raise Conflict("这是部门接口的账号", "this account is an agency's program")
        return account

    @staticmethod
    def _set_hash(work: Work, account_id: str, password_hash: str) -> None:
        work.session.execute(
            update(Account).where(Account.id == account_id).values(password_hash=password_hash)
        )

    @staticmethod
    def _keep_an_administrator(work: Work) -> None:
        work.session.flush()
        left = work.session.scalar(
            select(func.count())
            .select_from(Account)
            .join(AccountRole, AccountRole.account_id == Account.id)
            .where(AccountRole.role == ADMIN, Account.disabled_at.is_(None))
        )
        if not left:
            raise Conflict(
                "至少要保留一名系统管理员", "one administrator has to remain", code="last_administrator"
            )

    # Housekeeping

    def purge(self) -> int:
        """Delete tokens that ended a day ago and tries that no longer count; gives how many rows went."""
        now = self._store.clock.now()
        with self._store.writing() as connection:
            tokens = connection.execute(
                delete(Token).where(Token.expires_at < now - timedelta(days=1))
            ).rowcount
            begun = connection.execute(delete(PendingSignIn).where(PendingSignIn.expires_at < now)).rowcount
        return tokens + begun + self.tries.purge()


def _repeated(known: Answer, asked: str) -> dict[str, Any]:
    if (known.operation, known.request_digest) != (_CREATE, asked):
        raise Conflict(
            "该幂等键已用于另一请求", "this idempotency key was used for another request", code="key_reused"
        )
    return known.reply
