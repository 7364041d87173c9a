"""设定第二因素: an account takes one, shows a first code, gives it up; an administrator takes it away with a reason."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from sqlalchemy import select, update

from services.gateway.identity import Identity, Session, context_of
from services.gateway.models import Account, RecoveryCode, SecondFactor
from services.gateway.second_factor import codes, factors, tickets
from services.gateway.tries import FREE_TRIES, key_of
from shared.contracts.operations import AGENCY
from shared.problems import Conflict, Forbidden, NotFound, invalid_field
from shared.store import Store, Work

NONE, CONFIRMED, OWED = "none", "confirmed", "owed"


class SecondFactors:
    """The second factors of one gateway. Safe to share between threads."""

    def __init__(self, identity: Identity) -> None:
        self._identity = identity

    @property
    def _store(self) -> Store:
        return self._identity.store

    def state(self, session: Session) -> str:
        """Whether the account has one: none, confirmed, or owed, where a role that it holds needs one."""
        if session.owes_factor:
            return OWED
        with self._store.read() as work:
            return CONFIRMED if factors.has_one(work, session.account_id) else NONE

    def begin(self, by: Session) -> dict[str, str]:
        """A new secret for an authenticator, as text and as the address in a picture; it counts once it is confirmed.

        Raises Conflict where the account has one already.
        """
        _require_own(by)
        secret, now = codes.new_secret(), self._store.clock.now()
        with self._store.transaction() as tx:
            work = tx.work(context_of(by))
            account = work.session.get(Account, by.account_id, with_for_update=True)
            if account is None:
                raise NotFound("没有这个账号", "no such account")
            if factors.has_one(work, account.id):
                raise Conflict(
                    "已设定第二因素，请先解除", "there is a second factor already; remove it first",
                    code="second_factor_exists",
                )  # fmt: skip
            factors.remove(work, account.id)
            work.session.add(SecondFactor(account_id=account.id, secret=secret, made_at=now, last_step=0))
            work.session.flush()
            work.audit("second_factor:begin", account.id, secret=True)
        return {"secret": secret, "uri": codes.uri_of(secret, account.username)}

    def confirm(self, by: Session, code: str) -> list[str]:
        """The first code was shown: from now on it counts. Gives ten recovery codes, which are shown this once.

        The account's other tokens end: they were given without a second factor. Raises Invalid, TooMany, Conflict.
        """
        _require_own(by)
        recovery = codes.new_recovery_codes()

        def change(work: Work) -> None:
            now = self._store.clock.now()
            if not factors.code_used(work, by.account_id, codes.read(code), now, confirmed=False):
                raise self._wrong(work, by)
            this = SecondFactor.account_id == by.account_id
            work.session.execute(update(SecondFactor).where(this).values(confirmed_at=now))
            for each in recovery:
                digest = codes.recovery_digest(by.account_id, codes.read(each))
                work.session.add(RecoveryCode(digest=digest, account_id=by.account_id))
            work.session.flush()
            self._identity.end_tokens_of(work, by.account_id, but=by.digest)
            tickets.end(work, by.account_id)
            work.audit("second_factor:confirm", by.account_id, secret=True)

        self._with_code(by, change)
        return recovery

    def remove(self, by: Session, code: str) -> None:
        """Give one's own up, with a code of it. Raises Forbidden where a role needs one, Invalid, TooMany."""
        _require_own(by)
        if self._identity.needs_factor(by.roles):
            raise Forbidden(
                "您的角色必须使用第二因素；更换设备请联系系统管理员重置",
                "your role needs a second factor; ask an administrator to reset it for another device",
                code="second_factor_compulsory",
            )

        def change(work: Work) -> None:
            factors.remove(work, by.account_id)
            work.audit("second_factor:remove", by.account_id, secret=True)

        self.spend(by, code, change)

    def spend(self, by: Session, code: str, change: Callable[[Work], None]) -> None:
        """Change something of one's own that takes a code of the second factor, or a recovery code, once.

        Raises Invalid for a wrong one, TooMany.
        """

        def with_code(work: Work) -> None:
            if not factors.used(work, by.account_id, code, self._store.clock.now()):
                raise _wrong_code()
            change(work)

        self._with_code(by, with_code)

    def reset(self, by: Session, account_id: str, reason: str) -> None:
        """An administrator takes another account's away: its tokens end. Raises NotFound, Forbidden for one's own."""
        if account_id == by.account_id:
            raise Forbidden(
                "不能重置自己的第二因素，须由另一名系统管理员办理",
                "nobody resets one's own second factor: another administrator does",
                code="own_second_factor",
            )
        with self._store.transaction() as tx:
            work = tx.work(context_of(by))
            if work.session.get(Account, account_id) is None:
                raise NotFound("没有这个账号", "no such account")
            if not factors.remove(work, account_id):
                raise Conflict(
                    "该账号没有第二因素", "the account has no second factor", code="no_second_factor"
                )
            self._identity.end_tokens_of(work, account_id)
            tickets.end(work, account_id)
            work.audit("second_factor:reset", account_id, reason=reason, secret=True)
        self._identity.forget()

    def left(self, session: Session) -> int:
        """How many recovery codes are not used yet."""
        this = (RecoveryCode.account_id == session.account_id) & RecoveryCode.used_at.is_(None)
        with self._store.read() as work:
            return len(work.session.scalars(select(RecoveryCode.digest).where(this)).all())

    def _with_code(self, by: Session, change: Callable[[Work], None]) -> None:
        """Change something that takes a code: each try is counted before it is looked at."""
        free: Mapping[str, int] = {key_of("factor", by.account_id): FREE_TRIES}
        self._identity.tries.count(free)
        with self._store.transaction() as tx:
            work = tx.work(context_of(by))
            change(work)
            self._identity.tries.clear(work, free, whole=free)
        self._identity.forget()

    @staticmethod
    def _wrong(work: Work, by: Session) -> Exception:
        this = (SecondFactor.account_id == by.account_id) & SecondFactor.confirmed_at.is_(None)
        if work.session.scalar(select(SecondFactor.account_id).where(this)) is None:
            return Conflict(
                "没有待确认的第二因素", "there is no second factor to confirm", code="nothing_to_confirm"
            )
        return _wrong_code()


def _wrong_code() -> Exception:
    return invalid_field("code", "验证码不正确", "the code is wrong")


def _require_own(by: Session) -> None:
    """Raises Forbidden for whoever plays somebody or acts for somebody, and for a program."""
    if by.rehearsal or by.acting_for is not None or AGENCY in by.roles:
        raise Forbidden(
            "只能以本人身份设定第二因素", "a second factor is set up in one's own name", code="own_name_only"
        )
