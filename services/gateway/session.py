"""Sessions: who a token stands for, and the few answers to whoever is not let in."""

from __future__ import annotations

import hashlib
import unicodedata
from dataclasses import dataclass
from datetime import datetime

from services.gateway.delegation import lending
from shared.contracts import Context
from shared.identifiers import new_id
from shared.problems import Unauthenticated


@dataclass(frozen=True)
class Session:
    """Who a token stands for, and for which body, if any. With `rehearsal` it is a persona, which acts in rehearsals only.

    With `acting_for` it acts in roles that somebody lent, for the body of whoever lent them. One that `owes_factor` does
    nothing but set up its second factor. One of a `browser` counts only as the browser's cookie.
    """

    account_id: str
    subject: str
    display_name: str
    roles: frozenset[str]
    rehearsal: bool
    expires_at: datetime
    digest: str
    unit: str | None = None
    scopes: frozenset[str] = frozenset()
    acting_for: lending.Giver | None = None
    owes_factor: bool = False
    browser: bool = False


@dataclass(frozen=True)
class Issued:
    """A token that was just made; it is never shown again."""

    token: str
    session: Session

    def __repr__(self) -> str:
        return "Issued()"


def refused() -> Unauthenticated:
    """The one answer to every sign-in that fails."""
    return Unauthenticated("用户名或密码不正确", "the name or the password is wrong", code="sign_in_failed")


class SecondFactorNeeded(Unauthenticated):
    """The first factor was right; `ticket` lets whoever holds it come back with a code."""

    default_code = "second_factor_needed"

    def __init__(self, ticket: str) -> None:
        super().__init__("请输入验证码", "a code of the second factor is needed")
        self.ticket = ticket


def invalid_token() -> Unauthenticated:
    """The one answer to every token that does not count: forged, expired, revoked, of an account that is shut."""
    return Unauthenticated(
        "令牌无效或已过期，请重新登录", "the token is not valid any more; sign in again", code="invalid_token"
    )


def name_of(username: str) -> str:
    """The form in which names are compared: NFKC, lower case, no spaces around."""
    return unicodedata.normalize("NFKC", username).strip().casefold()


def digest_of(token: str) -> str:
    """What is kept of a token."""
    return hashlib.sha256(token.encode()).hexdigest()


def context_of(session: Session | None) -> Context:
    """Who changes something in the gateway's own tables; None: the gateway itself."""
    if session is None:
        return Context(message_id=new_id(), actor="system:gateway", role="system")
    giver = session.acting_for
    return Context(
        message_id=new_id(),
        actor=session.account_id,
        role=",".join(sorted(session.roles)),
        delegated_by=giver.account_id if giver else "",
    )
