"""依赖方: a browser goes to a provider with a state, comes back with a code, and is somebody here.

State, nonce and verifier stay with us, ten minutes, for the one browser that was sent, and count once. For whatever does not hold
there is one answer; the log has which.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import timedelta
from hmac import compare_digest
from typing import Any

import structlog
from sqlalchemy import delete, select

from services.gateway.changed_contacts import changed
from services.gateway.identity import Identity, Session, context_of, digest_of
from services.gateway.models import Account, AccountRole, LinkedIdentity, ProviderSignIn
from services.gateway.oidc.conversations import Conversation, Distrusted, new_secrets, single
from services.gateway.oidc.providers import ANEW, MAKE, Provider, read
from services.gateway.tries import patiently
from shared.config import ConfigurationError, Settings
from shared.contracts import Context
from shared.contracts.operations import APPLICANT
from shared.identifiers import check_uscc, new_id
from shared.problems import NotFound, Unauthenticated, Unavailable
from shared.store import Store, Work

log = structlog.get_logger(__name__)

RETURN = "/login/return"  # where a provider sends browsers back to
LIFE = timedelta(minutes=10)
ACTION = "account:sign_in_provider"
_LONGEST_SUBJECT = 255  # OpenID Connect Core, 2
_LONGEST_NAME = 200


class Parties:
    """All providers of one gateway. Safe to share between threads."""

    def __init__(self, identity: Identity, settings: Settings) -> None:
        self._identity = identity
        self.providers = read(settings.oidc)
        if self.providers and not settings.public_url:
            raise ConfigurationError(
                "ZHIHENG_OIDC: ZHIHENG_PUBLIC_URL is needed, providers send browsers back to it"
            )
        self._public = settings.public_url.rstrip("/")
        self._timeout = settings.oidc_timeout
        self._conversations: dict[str, Conversation] = {}

    @property
    def _store(self) -> Store:
        return self._identity.store

    def begin(self, key: str, browser: str, *, link: Session | None = None) -> str:
        """Where this browser goes to sign in; with `link` the identity is added to that session's own account.

        Whoever links signs in there anew: at a desk that several use, somebody else may be signed in there still, and an
        identity that was linked lets its holder in. `linking: kept` of a provider that cannot ask for it does without.
        `browser` is a random value that only this browser has (a cookie). Raises NotFound, Unavailable.
        """
        conversation = self._conversation(key)
        state, nonce, verifier = new_secrets()
        try:
            anew = link is not None and conversation.provider.linking == ANEW
            address = conversation.authorization(state, nonce, verifier, anew=anew)
        except Distrusted as distrusted:
            log.warning("oidc.away", provider=key, reason=str(distrusted))
            raise Unavailable(
                "统一身份认证暂时无法使用",
                "the identity provider cannot be reached just now",
                code="provider_away",
            ) from None
        if link is not None and (link.rehearsal or link.acting_for is not None):
            raise NotFound("没有这个身份服务", "no such provider")
        with self._store.transaction() as tx:
            work = tx.work(context_of(link))
            work.session.add(
                ProviderSignIn(
                    state=digest_of(state), browser=digest_of(browser), provider=key, nonce=digest_of(nonce),
                    verifier=verifier, account_id=link.account_id if link else None,
                    expires_at=self._store.clock.now() + LIFE,
                )
            )  # fmt: skip
        return address

    def finish(self, query: Mapping[str, str], browser: str) -> str:
        """The account of whoever came back with `query`: to be opened by `identity.open_for(account_id, ACTION)`.

        Raises Unauthenticated, the same one for whatever does not hold.
        """
        key = ""
        try:
            begun = self._taken(single(query, "state"), browser)
            key = begun.provider
            conversation = self._conversation(key)
            if single(query, "error") or not single(query, "code"):
                raise Distrusted("refused at the provider")
            if single(query, "iss") not in ("", conversation.provider.issuer):
                raise Distrusted("iss of another provider")
            claims = conversation.claims(
                single(query, "code"), begun.verifier, begun.nonce,
                since=_begun_at(begun) if begun.account_id and conversation.provider.linking == ANEW else None,
            )  # fmt: skip
            account_id = patiently(lambda: self._account(conversation.provider, claims, begun.account_id))
            self._identity.written.set()  # it may have been made
            return account_id
        except (Distrusted, NotFound) as error:
            log.warning("oidc.refused", provider=key, reason=str(error))
            raise refused() from None

    def sign_out_url(self, key: str) -> str | None:
        """Where a browser goes to sign out at the provider too; None where that is not offered."""
        if key not in self.providers:
            return None
        return self._conversation(key).end_session(self._public + "/")

    def uscc_of(self, account_id: str) -> str | None:
        """The social credit code that a provider vouched for, None where none did."""
        this = (LinkedIdentity.account_id == account_id) & LinkedIdentity.uscc.is_not(None)
        with self._store.read() as work:
            return work.session.scalars(select(LinkedIdentity.uscc).where(this)).first()

    def purge(self) -> int:
        """Forget browsers that did not come back in time; gives how many."""
        with self._store.writing() as connection:
            late = ProviderSignIn.expires_at < self._store.clock.now()
            return connection.execute(delete(ProviderSignIn).where(late)).rowcount

    def _conversation(self, key: str) -> Conversation:
        provider = self.providers.get(key)
        if provider is None:
            raise NotFound("没有这个身份服务", "no such provider")
        if key not in self._conversations:
            self._conversations[key] = Conversation(
                provider, back=self._public + RETURN, timeout=self._timeout, clock=self._store.clock
            )
        return self._conversations[key]

    def _taken(self, state: str, browser: str) -> ProviderSignIn:
        """What was begun with a state: it is gone with being asked for, whatever comes of it. Raises Distrusted."""
        this = ProviderSignIn.state == digest_of(state)
        with self._store.transaction() as tx:
            work = tx.work(Context(message_id=new_id()))
            begun = work.session.scalar(select(ProviderSignIn).where(this))
            if begun is None:
                raise Distrusted("no such state")
            work.session.expunge(begun)
            done = work.session.execute(
                delete(ProviderSignIn).where(this), execution_options={"synchronize_session": False}
            )
        if not getattr(done, "rowcount", 0):
            raise Distrusted("the state was used just now")
        if begun.expires_at <= self._store.clock.now():
            raise Distrusted("late")
        if not compare_digest(begun.browser, digest_of(browser)):
            raise Distrusted("another browser")
        return begun

    def _account(self, provider: Provider, claims: Mapping[str, Any], link_to: str | None) -> str:
        """The account of an identity: the linked one, the one that wants to be, or a new applicant's. Raises Distrusted."""
        subject, told = _text(claims, provider.subject, _LONGEST_SUBJECT), _Told.of(provider, claims)
        if subject is None:
            raise Distrusted("no subject")
        with self._store.transaction() as tx:
            work = tx.work(Context(message_id=new_id(), actor=link_to or ""))
            known = work.session.get(LinkedIdentity, (provider.issuer, subject))
            if known is not None:
                if link_to not in (None, known.account_id):
                    raise Distrusted("linked to another account")
                return known.account_id
            if link_to is None and provider.accounts != MAKE:
                raise Distrusted("no account is linked")
            account_id = link_to or self._made(work, provider, subject, told)
            account = work.session.get(Account, account_id)
            if account is None or account.disabled_at is not None:
                raise Distrusted("the account is shut")
            work.session.add(
                LinkedIdentity(
                    issuer=provider.issuer, subject=subject, account_id=account_id, uscc=told.uscc,
                    linked_at=self._store.clock.now(),
                )
            )  # fmt: skip
            work.session.flush()
            work.audit("account:linked", account_id, after={"provider": provider.key})
            return account_id

    def _made(self, work: Work, provider: Provider, subject: str, told: _Told) -> str:
        account_id = work.new_id()
        # Nobody signs in by this name; it tells nothing of who it is, and the same identity has the same one.
        name = identity_id(provider.issuer, subject)
        work.session.add(
            Account(
                id=account_id, username=f"{provider.key}.{name}"[:64], subject=account_id,
                display_name=told.name or provider.name_zh, unit=told.unit, created_at=self._store.clock.now(),
                password_hash=self._identity.nobody, has_password=False, roles=[AccountRole(role=APPLICANT)],
            )
        )  # fmt: skip
        work.session.flush()
        changed(work, account_id)
        work.audit("account:create", account_id, after={"roles": [APPLICANT], "provider": provider.key})
        return account_id


def _begun_at(begun: ProviderSignIn) -> int:
    """The moment at which a browser was sent, in seconds since 1970."""
    return int((begun.expires_at - LIFE).timestamp())


def identity_id(issuer: str, subject: str) -> str:
    """By what an identity is named without saying whose it is: 20 hex digits."""
    return hashlib.sha256(f"{issuer}\0{subject}".encode()).hexdigest()[:20]


class _Told:
    """What a provider says of somebody beside who it is; what is there and malformed is not believed at all."""

    def __init__(self, name: str | None, uscc: str | None, unit: str | None) -> None:
        self.name, self.uscc, self.unit = name, uscc, unit

    @classmethod
    def of(cls, provider: Provider, claims: Mapping[str, Any]) -> _Told:
        uscc = _text(claims, provider.uscc, 18)
        if uscc is not None and check_uscc(uscc) is not None:
            raise Distrusted("no social credit code")
        return cls(
            _text(claims, provider.name, _LONGEST_NAME), uscc, _text(claims, provider.unit, _LONGEST_NAME)
        )


def _text(claims: Mapping[str, Any], name: str | None, longest: int) -> str | None:
    """A claim that is text; None where it is not asked for, not there or empty. Raises Distrusted for anything else."""
    value = claims.get(name) if name else None
    if value in (None, ""):
        return None
    if not isinstance(value, str) or len(value) > longest or not value.isprintable():
        raise Distrusted(f"claim {name}")
    return value


def refused() -> Unauthenticated:
    """One answer for all that may be wrong: whoever forges is not told how far it got."""
    return Unauthenticated(
        "未能通过统一身份认证，请重新登录",
        "the identity provider did not vouch for you; sign in again",
        code="provider_refused",
    )
