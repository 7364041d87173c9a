"""部门接口: programs of other departments. Who they are, what they may ask and for which purpose, how much, with what secret.

A program is an account of its own kind, so that its tokens are kept, looked up and ended like everybody's. Its secret is
256 random bits, shown once and kept as a digest; while a new one replaces it, both are valid for some days.
"""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, or_, select, text
from sqlalchemy.exc import IntegrityError

from services.gateway.errors import RateLimited
from services.gateway.identity import Identity, Issued, Session, digest_of
from services.gateway.models import Account, AccountRole, AgencyClient, AgencySecret, AgencyUsage
from services.gateway.scopes import SCOPE_OF
from shared.contracts import Context
from shared.contracts.operations import AGENCY
from shared.identifiers import digest, new_id
from shared.problems import Conflict, Forbidden, NotFound, invalid_field
from shared.store import Store, Work

if TYPE_CHECKING:
    from services.gateway.circumstances import Asked
    from shared.config import Settings

_REGISTER, _ROTATE = "gateway.register_agency", "gateway.rotate_agency_secret"
_FORGET_USAGE = timedelta(days=1)
# One statement, so that replicas that count at the same moment wait for each other and none is lost.
_COUNT = text(
    "INSERT INTO agency_usage (account_id, begun, requests) VALUES (:account, :begun, 1) "
    "ON CONFLICT (account_id, begun) DO UPDATE SET requests = agency_usage.requests + 1 RETURNING requests"
)


@dataclass(frozen=True)
class Client:
    """A program as its secret is checked. One that does not exist, or is shut, has no secrets: the answer is the same."""

    client_id: str
    account_id: str
    scopes: frozenset[str]
    digests: tuple[str, ...]

    def has_secret(self, given: str) -> bool:
        """Whether it is one of the valid secrets; every digest is compared, in the same time."""
        named = digest_of(given)
        return any(tuple(hmac.compare_digest(named, known) for known in self.digests))


@dataclass(frozen=True)
class Usage:
    """How a client stands with its share: `left` requests until the window ends in `seconds`."""

    limit: int
    window: int
    left: int
    seconds: int

    def headers(self) -> dict[str, str]:
        """The fields of the IETF's draft on rate limits."""
        return {
            "RateLimit-Policy": f'"agency";q={self.limit};w={self.window}',
            "RateLimit": f'"agency";r={max(0, self.left)};t={self.seconds}',
        }


class Agencies:
    """The programs of one gateway. Safe to share between threads."""

    def __init__(self, identity: Identity, settings: Settings) -> None:
        self._identity = identity
        self._settings = settings

    @property
    def _store(self) -> Store:
        return self._identity.store

    # What the administrator does

    def register(self, by: Session, data: Mapping[str, Any], key: str) -> dict[str, Any]:
        """Make a program with its first secret; a key that comes again gives the program, and no secret any more.

        Raises Conflict for a name that is taken.
        """
        scopes, purposes = _sorted(data["scopes"]), _sorted(data["purposes"])
        asked = digest([data["client_id"], data["agency"], data["department"], scopes, purposes])
        try:
            with self._store.transaction() as tx:
                known = tx.answer(key)
                if known is not None:
                    return _repeated(known, _REGISTER, asked)
                work = tx.work(_by(by))
                account = Account(
                    id=work.new_id(), username=data["client_id"], subject=data["client_id"],
                    display_name=data["agency"], unit=data["department"], password_hash=self._identity.nobody,
                    created_at=self._store.clock.now(), roles=[AccountRole(role=AGENCY)],
                )  # fmt: skip
                work.session.add(account)
                work.session.flush()
                client = AgencyClient(account_id=account.id, scopes=scopes, purposes=purposes)
                work.session.add(client)
                work.session.flush()
                secret = self._new_secret(work, account.id)
                state = self._state(work, account, client)
                work.audit("agency:register", account.id, after=state)
                tx.remember(key, _REGISTER, asked, {**state, "secret": None})
                return {**state, "secret": secret}
        except IntegrityError:
            raise Conflict("该编号已被使用", "the client id is taken", code="account_exists") from None

    def change(self, by: Session, data: Mapping[str, Any]) -> dict[str, Any]:
        """Give a program these scopes and purposes and no others; its tokens end, since they hold the old scopes."""
        with self._store.transaction() as tx:
            work = tx.work(_by(by))
            account, client = self._find(work, data["client_id"])
            before = self._state(work, account, client)
            client.scopes, client.purposes = _sorted(data["scopes"]), _sorted(data["purposes"])
            work.session.flush()
            self._identity.end_tokens_of(work, account.id)
            state = self._state(work, account, client)
            work.audit("agency:change", account.id, before=before, after=state)
        self._identity.forget()
        return state

    def rotate(self, by: Session, client_id: str, key: str) -> dict[str, Any]:
        """A new secret; the newest of the old ones stays valid for some days, any other ends now."""
        with self._store.transaction() as tx:
            known = tx.answer(key)
            if known is not None:
                return _repeated(known, _ROTATE, digest(client_id))
            work = tx.work(_by(by))
            account, client = self._find(work, client_id)
            work.session.refresh(client, with_for_update=True)  # two at once would leave three secrets
            now = self._store.clock.now()
            valid = self._valid(work, account.id, now)
            for newest in valid[:1]:
                newest.expires_at = now + timedelta(days=self._settings.agency_secret_days)
            for older in valid[1:]:
                work.session.delete(older)
            secret = self._new_secret(work, account.id)
            state = self._state(work, account, client)
            work.audit("agency:rotate", account.id, after=state)
            tx.remember(key, _ROTATE, digest(client_id), {**state, "secret": None})
            return {**state, "secret": secret}

    def set_disabled(self, by: Session, client_id: str, *, disabled: bool) -> dict[str, Any]:
        """Shut or open a program; its tokens end when it is shut."""
        with self._store.read() as work:
            account, _ = self._find(work, client_id)
        self._identity.set_disabled(by, account.id, disabled=disabled)
        with self._store.read() as work:
            return self._state(work, *self._find(work, client_id))

    def listed(self) -> list[dict[str, Any]]:
        """All programs by name."""
        with self._store.read() as work:
            query = select(Account, AgencyClient).join(AgencyClient, AgencyClient.account_id == Account.id)
            return [self._state(work, *row) for row in work.session.execute(query.order_by(Account.username))]

    # What a program does

    def client(self, client_id: str) -> Client:
        """A program as its secret is checked; one without secrets where there is none, or it is shut."""
        with self._store.read() as work:
            try:
                account, client = self._find(work, client_id)
            except NotFound:
                return Client(client_id, "", frozenset(), ())
            valid = self._valid(work, account.id, self._store.clock.now())
            digests = () if account.disabled_at is not None else tuple(each.digest for each in valid)
            return Client(client_id, account.id, frozenset(client.scopes), digests)

    def issue(self, client: Client, scope: str) -> Issued:
        """A short-lived token; asking for one counts as a request. Raises RateLimited."""
        self._count(client.account_id)
        life = timedelta(seconds=self._settings.agency_token_seconds)
        return self._identity.issue_scoped(client.account_id, life, scope)

    def admit(self, operation: str, asked: Asked) -> Usage:
        """Let a program's request in, or say why not. Raises RateLimited, Forbidden."""
        assert asked.session is not None
        usage = self._count(asked.session.account_id)
        if SCOPE_OF[operation] not in asked.session.scopes:
            raise Forbidden(
                f"令牌没有 {SCOPE_OF[operation]} 权限", f"the token has no scope {SCOPE_OF[operation]}",
                code="insufficient_scope",
            )  # fmt: skip
        if asked.context.rehearsal_date is not None:
            raise Forbidden(
                "部门接口不参加演练", "agencies take no part in rehearsals", code="rehearsals_refused"
            )
        return usage

    def note_purpose(self, data: Mapping[str, Any], asked: Asked) -> None:
        """Keep who asked about whom, for which department and why, before anything is answered. Raises Invalid."""
        assert asked.session is not None
        with self._store.transaction() as tx:
            work = tx.work(asked.context)
            client = work.session.get(AgencyClient, asked.session.account_id)
            if client is None or data["purpose"] not in client.purposes:
                raise invalid_field("purpose", "不在约定的用途之内", "none of the purposes agreed upon")
            after = {"purpose": data["purpose"], "department": asked.session.unit}
            work.audit("organization:asked", data["uscc"], after=after, reason=data["purpose"])

    def purge(self) -> None:
        """Forget counts and secrets that no longer matter."""
        now = self._store.clock.now()
        with self._store.writing() as connection:
            before = int((now - _FORGET_USAGE).timestamp())
            connection.execute(delete(AgencyUsage).where(AgencyUsage.begun < before))
            connection.execute(delete(AgencySecret).where(AgencySecret.expires_at < now))

    def _count(self, account_id: str) -> Usage:
        limit, window = self._settings.agency_requests, self._settings.agency_window
        now = int(self._store.clock.now().timestamp())
        begun = now - now % window
        with self._store.writing() as connection:
            made = connection.execute(_COUNT, {"account": account_id, "begun": begun}).scalar_one()
        usage = Usage(limit, window, limit - made, begun + window - now)
        if made > limit:
            raise OverLimit(usage)
        return usage

    def _new_secret(self, work: Work, account_id: str) -> str:
        secret = secrets.token_urlsafe(32)
        now = self._store.clock.now()
        work.session.add(AgencySecret(digest=digest_of(secret), account_id=account_id, created_at=now))
        work.session.flush()
        return secret

    @staticmethod
    def _valid(work: Work, account_id: str, now: datetime) -> list[AgencySecret]:
        """The valid secrets, the newest first."""
        until = or_(AgencySecret.expires_at.is_(None), AgencySecret.expires_at > now)
        query = select(AgencySecret).where(AgencySecret.account_id == account_id, until)
        # Two may have been made at one moment; the one without an end is the newer.
        order = (AgencySecret.expires_at.is_(None).desc(), AgencySecret.created_at.desc())
        return list(work.session.scalars(query.order_by(*order)))

    @staticmethod
    def _find(work: Work, client_id: str) -> tuple[Account, AgencyClient]:
        query = select(Account, AgencyClient).join(AgencyClient, AgencyClient.account_id == Account.id)
        row = work.session.execute(query.where(Account.username == client_id)).one_or_none()
        if row is None:
            raise NotFound("没有这个接口用户", "no such client")
        return row[0], row[1]

    def _state(self, work: Work, account: Account, client: AgencyClient) -> dict[str, Any]:
        valid = self._valid(work, account.id, self._store.clock.now())
        return {
            "client_id": account.username,
            "agency": account.display_name,
            "department": account.unit,
            "scopes": list(client.scopes),
            "purposes": list(client.purposes),
            "disabled": account.disabled_at is not None,
            "secrets": [
                {"made_at": _moment(each.created_at), "expires_at": _moment(each.expires_at)}
                for each in valid
            ],
        }


class OverLimit(RateLimited):
    """The window's share is used up; it knows the headers that say so."""

    def __init__(self, usage: Usage) -> None:
        super().__init__(usage.seconds)
        self.usage = usage


def _by(session: Session) -> Context:
    return Context(message_id=new_id(), actor=session.account_id, role=",".join(sorted(session.roles)))


def _moment(at: datetime | None) -> str | None:
    return None if at is None else at.isoformat(timespec="seconds")


def _repeated(known: Any, operation: str, asked: str) -> dict[str, Any]:
    if (known.operation, known.request_digest) != (operation, asked):
        raise Conflict(
            "该幂等键已用于另一请求", "this idempotency key was used for another request", code="key_reused"
        )
    found: dict[str, Any] = known.reply
    return found


def _sorted(words: Sequence[str]) -> list[str]:
    return sorted(set(words))
