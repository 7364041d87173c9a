"""关联的身份: through which providers an account may be entered, and taking one of them away.

Its holder does with a code of the second factor, an administrator with a reason. The last way to sign in stays: without a
password nobody would come in again, so an account that a provider's first sign-in made keeps one identity of a provider that is
set up.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import delete, select

from services.gateway.identity import Identity, Session, context_of
from services.gateway.models import Account, LinkedIdentity
from services.gateway.oidc.parties import identity_id
from services.gateway.oidc.providers import Provider
from services.gateway.second_factor import factors
from services.gateway.second_factor.enrolment import SecondFactors
from shared.problems import Conflict, Forbidden, NotFound
from shared.store import Store, Work


class Links:
    """The linked identities of one gateway. Safe to share between threads."""

    def __init__(
        self, identity: Identity, second_factors: SecondFactors, providers: Mapping[str, Provider]
    ) -> None:
        self._identity = identity
        self._second_factors = second_factors
        self._providers = {each.issuer: each for each in providers.values()}

    @property
    def _store(self) -> Store:
        return self._identity.store

    def of(self, account_id: str) -> list[dict[str, Any]]:
        """An account's identities, the oldest first. Of one whose provider is not set up any more `provider` is None."""
        with self._store.read() as work:
            rows = _rows(work, account_id)
        return [self._shown(row) for row in rows]

    def of_other(self, account_id: str) -> list[dict[str, Any]]:
        """The same for an administrator. Raises NotFound."""
        with self._store.read() as work:
            if work.session.get(Account, account_id) is None:
                raise _no_account()
        return self.of(account_id)

    def unlink(self, by: Session, which: str, code: str) -> None:
        """Take away one of one's own, with a code of the second factor; the account's other tokens end.

        Raises Forbidden for whoever plays or acts for somebody, NotFound, Conflict for the last way in or where there is no
        second factor, Invalid for a wrong code, TooMany.
        """
        if by.rehearsal or by.acting_for is not None:
            raise Forbidden(
                "只能以本人身份解除关联", "an identity is unlinked in one's own name", code="own_name_only"
            )
        with self._store.read() as work:
            if not factors.has_one(work, by.account_id):
                raise Conflict(
                    "解除关联须先设定第二因素，或请系统管理员办理",
                    "set up a second factor first, or ask an administrator",
                    code="no_second_factor",
                )
            self._require_removable(work, by.account_id, which)

        def take_away(work: Work) -> None:
            self._take_away(work, by.account_id, which, but=by.digest)
            work.audit("account:unlinked", by.account_id, after={"identity": which})

        self._second_factors.spend(by, code, take_away)

    def remove(self, by: Session, account_id: str, which: str, reason: str) -> None:
        """An administrator takes one away; all of the account's tokens end.

        Raises NotFound, Conflict, Forbidden for one's own.
        """
        if account_id == by.account_id:
            raise Forbidden(
                "本人的关联请在“关联的身份”中凭第二因素解除，或由另一名系统管理员办理",
                "unlink one's own with the second factor, or have another administrator do it",
                code="own_identity",
            )
        with self._store.transaction() as tx:
            work = tx.work(context_of(by))
            self._take_away(work, account_id, which)
            work.audit("account:unlinked", account_id, after={"identity": which}, reason=reason)
        self._identity.forget()

    def _take_away(self, work: Work, account_id: str, which: str, *, but: str = "") -> None:
        row = self._require_removable(work, account_id, which, lock=True)
        this = (LinkedIdentity.issuer == row.issuer) & (LinkedIdentity.subject == row.subject)
        work.session.execute(delete(LinkedIdentity).where(this))
        self._identity.end_tokens_of(work, account_id, but=but)

    def _require_removable(
        self, work: Work, account_id: str, which: str, *, lock: bool = False
    ) -> LinkedIdentity:
        """The account is held meanwhile, so that of two that are taken away at once one is the last."""
        account = work.session.get(Account, account_id, with_for_update=lock or None)
        if account is None:
            raise _no_account()
        rows = _rows(work, account_id)
        row = next((each for each in rows if identity_id(each.issuer, each.subject) == which), None)
        if row is None:
            raise NotFound("没有关联这个身份", "no such identity is linked")
        others = [each for each in rows if each is not row and each.issuer in self._providers]
        if not account.has_password and not others:
            raise Conflict(
                "这是该账号唯一的登录方式，不能解除",
                "it is the only way to sign in to this account and stays",
                code="last_way_in",
            )
        return row

    def _shown(self, row: LinkedIdentity) -> dict[str, Any]:
        known = self._providers.get(row.issuer)
        return {
            "identity_id": identity_id(row.issuer, row.subject),
            "provider": None if known is None else known.key,
            "name_zh": row.issuer if known is None else known.name_zh,
            "name_en": row.issuer if known is None else known.name_en,
            "linked_at": row.linked_at.isoformat(timespec="seconds"),
        }


def _rows(work: Work, account_id: str) -> Sequence[LinkedIdentity]:
    query = select(LinkedIdentity).where(LinkedIdentity.account_id == account_id)
    return work.session.scalars(query.order_by(LinkedIdentity.linked_at, LinkedIdentity.subject)).all()


def _no_account() -> NotFound:
    return NotFound("没有这个账号", "no such account")
