"""投票站: who votes, by the city's identity service, and their ballot's way to a box. The gateway keeps nothing of either.

The service is asked as OpenID Connect has it (authorization code with PKCE), as the client that boxes know as the audience of
assertions: the ID token that comes back is what a box takes from any client.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from hmac import compare_digest
from typing import Any

import structlog

from services.gateway.ballot_box.identities import ALGORITHMS, LONGEST
from services.gateway.ballot_box.limits import Window, share_of
from services.gateway.ballot_box.pages import key_of, token_of
from services.gateway.ballot_box.urn import busy
from services.gateway.identity import Identity
from services.gateway.oidc.conversations import Conversation, Distrusted, new_secrets, single
from services.gateway.oidc.providers import INDIVIDUAL, LINKED, Provider, is_safe
from services.gateway.polling.counter import Counter
from services.gateway.polling.visits import Going, Seal, Visit, Voter
from services.gateway.session import digest_of
from shared.clock import Clock
from shared.config import ConfigurationError, Settings
from shared.problems import Unauthenticated, Unavailable

log = structlog.get_logger(__name__)

RETURN = "/vote/return"  # where the identity service sends browsers back to
_SIGNING_IN = 600  # seconds that somebody has at the identity service
_NEEDED = ("public_url", "identity_issuer", "identity_audience", "ballot_url", "ballot_page_secret")


class Station:
    """The pages' way to identity service and boxes, of one gateway. Safe to share between threads."""

    def __init__(self, settings: Settings, clock: Clock) -> None:
        _check(settings)
        self._clock = clock
        self._public = settings.public_url.rstrip("/")
        self._visit_seconds = settings.ballot_visit_seconds
        self.anew = (
            settings.identity_sign_in == "anew"
        )  # whether nobody votes as who is signed in there already
        provider = Provider(
            key="voters", issuer=settings.identity_issuer, client_id=settings.identity_audience,
            client_secret=settings.identity_client_secret, name_zh="", name_en="", vouches_for=INDIVIDUAL, accounts=LINKED,
            algorithms=ALGORITHMS,
        )  # fmt: skip
        self._conversation = Conversation(
            provider, back=self._public + RETURN, timeout=settings.oidc_timeout, clock=clock
        )
        secret = settings.ballot_page_secret
        self.seal = Seal(key_of(secret, "visit of a voter"))
        self._counter = Counter(settings.ballot_url, token_of(secret), settings.ballot_patience)
        self._addresses = Window(settings.ballot_address_requests, settings.ballot_window)
        # Whoever waits for a box or the service holds a thread: the other half is everybody else's.
        self._turns = threading.BoundedSemaphore(max(1, settings.http_threads // 2))

    @classmethod
    def of(cls, settings: Settings, identity: Identity) -> Station | None:
        """By the accounts' clock; None where no ballot is cast on a page. Raises ConfigurationError for half a setting-up."""
        return cls(settings, identity.store.clock) if settings.identity_client_secret else None

    def opened(self, cookie: str) -> Visit | None:
        """What a browser carries; None for nothing that counts now."""
        return self.seal.open(cookie, self._clock.now())

    def left(self, visit: Visit) -> int:
        """Seconds for which a visit goes on, at least one."""
        return max(1, visit.until - int(self._clock.now().timestamp()))

    def until(self, seconds: int) -> int:
        """The moment in so many seconds."""
        return int(self._clock.now().timestamp()) + seconds

    @property
    def visit_seconds(self) -> int:
        """For how long a page knows who votes, or which receipt there is."""
        return self._visit_seconds

    def voting(self, cycle_id: str, stage: str, address: str) -> dict[str, Any]:
        """A vote, from a box. Raises NotFound, RateLimited, Unavailable."""
        with self._turn():
            return self._counter.voting(cycle_id, stage, address)

    def begin(self, cycle_id: str, stage: str, address: str) -> tuple[str, Going]:
        """Where a browser goes to sign in, and what it carries there. Raises RateLimited, Unavailable."""
        self._addresses.take(share_of(address))
        state, nonce, verifier = new_secrets()
        try:
            with self._turn():
                way = self._conversation.authorization(state, nonce, verifier, anew=self.anew)
        except Distrusted as distrusted:
            log.warning("polling.identity_away", reason=str(distrusted))
            raise Unavailable(
                "统一身份认证暂时无法使用，请稍后再试",
                "the identity service cannot be reached just now; try again later",
                code="provider_away",
            ) from None
        return way, Going(cycle_id, stage, self.until(_SIGNING_IN), state, nonce, verifier)

    def finish(self, query: Mapping[str, str], going: Visit | None, address: str) -> Voter:
        """Whoever came back with `query` where `going` was sent. Raises Unauthenticated, one for whatever does not hold;
        RateLimited, Unavailable.
        """
        self._addresses.take(share_of(address))
        try:
            if not isinstance(going, Going):
                raise Distrusted("nobody was sent")
            if not compare_digest(single(query, "state").encode(), going.state.encode()):
                raise Distrusted("state")
            if single(query, "error") or not single(query, "code"):
                raise Distrusted("refused at the service")
            if single(query, "iss") not in ("", self._conversation.provider.issuer):
                raise Distrusted("iss of another service")
            with self._turn():
                assertion, claims = self._conversation.token(
                    single(query, "code"), going.verifier, digest_of(going.nonce),
                    since=going.until - _SIGNING_IN if self.anew else None,
                )  # fmt: skip
            if len(assertion) > LONGEST:
                raise Distrusted("longer than a box takes")
        except Distrusted as distrusted:
            log.warning("polling.refused", reason=str(distrusted))
            raise not_known() from None
        until = min(int(claims["exp"]), self.until(self._visit_seconds))
        return Voter(going.cycle_id, going.stage, until, assertion)

    def cast(self, voter: Voter, choices: Sequence[str], address: str) -> str:
        """Cast the voter's ballot; gives its receipt. Raises as `Counter.cast`."""
        with self._turn():
            return self._counter.cast(voter.cycle_id, voter.stage, voter.assertion, choices, address)

    def sign_out_url(self, back: str) -> str | None:
        """Where a browser goes to sign out at the identity service too; None where that is not offered."""
        return self._conversation.end_session(self._public + back)

    @contextmanager
    def _turn(self) -> Iterator[None]:
        if not self._turns.acquire(blocking=False):
            raise busy()
        try:
            yield
        finally:
            self._turns.release()


def _check(settings: Settings) -> None:
    """Raises ConfigurationError naming what is missing, or not safe to send an assertion or a secret to."""
    settings.require(*_NEEDED)
    for name in ("identity_issuer", "ballot_url"):
        if not is_safe(getattr(settings, name)):
            raise ConfigurationError(
                f"ZHIHENG_{name.upper()}: has to be an https address, or of this machine"
            )


def not_known() -> Unauthenticated:
    """One answer for all that may be wrong: whoever forges is not told how far it got."""
    return Unauthenticated(
        "统一身份认证没有确认您的身份，没有投出任何选票。请重新登录",
        "the identity service did not vouch for you, and no ballot was cast: sign in again",
        code="voter_not_known",
    )
