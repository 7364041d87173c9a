"""代办的办理: whoever holds a role of an office lends it; the giver or an administrator ends it; it ends by itself."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import and_, or_, select, update
from sqlalchemy.orm import aliased

from services.gateway.delegation import lending, terms
from services.gateway.delegation.terms import State
from services.gateway.identity import Identity, Session, context_of, name_of
from services.gateway.models import Account, Delegation
from shared.config import Settings
from shared.contracts.operations import ADMIN, AUDITOR, DISCIPLINE
from shared.identifiers import digest
from shared.problems import Conflict, Forbidden, NotFound, invalid_field
from shared.store import Store, Work

_LEND = "gateway.delegate"
_SEES_ALL = frozenset({ADMIN, DISCIPLINE, AUDITOR})


class Delegations:
    """The delegations of one gateway. Safe to share between threads."""

    def __init__(self, identity: Identity, settings: Settings) -> None:
        self._identity = identity
        self._most_days = settings.delegation_days

    @property
    def _store(self) -> Store:
        return self._identity.store

    def listed(self, by: Session) -> list[dict[str, Any]]:
        """One's own, given and taken, the newest first; administrators, inspection and audit see all."""
        mine = or_(Delegation.giver == by.account_id, Delegation.helper == by.account_id)
        query = _query()
        if _SEES_ALL.isdisjoint(by.roles):
            query = query.where(mine)
        with self._store.read() as work:
            rows = work.session.execute(query.order_by(Delegation.starts_on.desc(), Delegation.id.desc()))
            return [_state(work, row) for row in rows]

    def offers(self, session: Session) -> list[lending.Lent]:
        """For whom somebody may act today, and in which roles, by the givers' names: what its pages offer."""
        if session.rehearsal:
            return []
        with self._store.read() as work:
            this = and_(Delegation.helper == session.account_id, lending.current(work))
            givers = work.session.scalars(select(Delegation.giver).where(this).distinct()).all()
            found = (lending.of_account(work, session.account_id, giver) for giver in givers)
            return sorted((each for each in found if each), key=lambda lent: lent.giver.display_name)

    def lend(self, by: Session, data: Mapping[str, Any], key: str) -> dict[str, Any]:
        """Lend a role; a `key` that comes again gives the same delegation. Raises Invalid by field, Forbidden."""
        _require_own(by)
        asked = digest(
            [data["role"], data["helper"], str(data["starts_on"]), str(data["ends_on"]), data["reason"]]
        )
        with self._store.transaction() as tx:
            known = tx.answer(key)
            if known is not None:
                if (known.operation, known.request_digest) != (_LEND, asked):
                    raise Conflict(
                        "该幂等键已用于另一请求", "this idempotency key was used for another request", code="key_reused"
                    )  # fmt: skip
                return known.reply
            work = tx.work(context_of(by))
            helper = self._helper(work, data)
            giver = work.session.get(Account, by.account_id)
            assert giver is not None
            held = [role.role for role in helper.roles]
            terms.require(
                terms.faults(
                    role=data["role"],
                    giver_roles=[role.role for role in giver.roles],
                    giver_unit=giver.unit,
                    helper_roles={*held, *self._lent_meanwhile(work, helper.id, data)},
                    helper_unit=helper.unit,
                    same=helper.id == giver.id,
                    starts_on=data["starts_on"],
                    ends_on=data["ends_on"],
                    today=work.today(),
                    most_days=self._most_days,
                )
            )
            made = Delegation(
                id=work.new_id(), giver=giver.id, helper=helper.id, made_at=self._store.clock.now(),
                **{name: data[name] for name in ("role", "starts_on", "ends_on", "reason")},
            )  # fmt: skip
            work.session.add(made)
            work.session.flush()
            state = _state(work, work.session.execute(_query().where(Delegation.id == made.id)).one())
            work.audit("delegation:made", made.id, after=state, reason=data["reason"])
            tx.remember(key, _LEND, asked, state)
        self._identity.forget()
        return state

    def end(self, by: Session, delegation_id: str, reason: str) -> dict[str, Any]:
        """The giver, or an administrator, ends it now. Raises NotFound for anybody else, Conflict where it has ended."""
        if by.acting_for is not None or by.rehearsal:
            raise NotFound("没有这项代办", "no such delegation")
        with self._store.transaction() as tx:
            work = tx.work(context_of(by))
            before = self._find(work, delegation_id)
            if before is None or (before.Delegation.giver != by.account_id and ADMIN not in by.roles):
                raise NotFound("没有这项代办", "no such delegation")
            was = _state(work, before)
            this = and_(
                Delegation.id == delegation_id,
                Delegation.ended_at.is_(None),
                Delegation.ends_on >= work.today(),
            )
            values = {
                "ended_at": self._store.clock.now(), "ended_by": by.subject, "ended_reason": reason,
            }  # fmt: skip
            done = work.session.execute(
                update(Delegation).where(this).values(values),
                execution_options={"synchronize_session": False},
            )
            if was["state"] not in terms.before(State.ENDED) or not getattr(done, "rowcount", 0):
                raise Conflict("该代办已经结束", "the delegation has ended", code="delegation_ended")
            work.session.expire_all()
            after = self._find(work, delegation_id)
            assert after is not None
            state = _state(work, after)
            work.audit("delegation:ended", delegation_id, before=was, after=state, reason=reason)
        self._identity.forget()
        return state

    @staticmethod
    def _find(work: Work, delegation_id: str) -> Any:
        return work.session.execute(_query().where(Delegation.id == delegation_id)).one_or_none()

    @staticmethod
    def _helper(work: Work, data: Mapping[str, Any]) -> Account:
        query = select(Account).where(Account.username == name_of(data["helper"]))
        found = work.session.scalar(query.with_for_update())
        if found is None or found.disabled_at is not None:
            raise invalid_field("helper", "没有这个账号", "no such account")
        return found

    @staticmethod
    def _lent_meanwhile(work: Work, helper: str, data: Mapping[str, Any]) -> list[str]:
        """What others lend the helper in these days: it must not come to excluding roles that way."""
        this = and_(
            Delegation.helper == helper,
            Delegation.ended_at.is_(None),
            Delegation.starts_on <= data["ends_on"],
            Delegation.ends_on >= data["starts_on"],
        )
        return list(work.session.scalars(select(Delegation.role).where(this)))


_GIVER, _HELPER = aliased(Account), aliased(Account)


def _query() -> Any:
    return (
        select(Delegation, _GIVER, _HELPER)
        .join(_GIVER, _GIVER.id == Delegation.giver)
        .join(_HELPER, _HELPER.id == Delegation.helper)
    )


def _state(work: Work, row: Any) -> dict[str, Any]:
    """The reply `DelegationState`."""
    made: Delegation = row[0]
    ended = made.ended_at is not None
    state = terms.state_on(work.today(), made.starts_on, made.ends_on, ended=ended)
    return {
        "delegation_id": made.id,
        "state": state.value,
        "role": made.role,
        "giver": {"subject": row[1].subject, "display_name": row[1].display_name},
        "helper": {"subject": row[2].subject, "display_name": row[2].display_name},
        "starts_on": made.starts_on.isoformat(),
        "ends_on": made.ends_on.isoformat(),
        "reason": made.reason,
        "made_at": made.made_at.isoformat(timespec="seconds"),
        "ended_at": made.ended_at.isoformat(timespec="seconds") if made.ended_at else None,
        "ended_by": made.ended_by,
        "ended_reason": made.ended_reason,
    }


def _require_own(by: Session) -> None:
    """Raises Forbidden for whoever plays somebody or acts for somebody: what is lent is not lent on."""
    if by.rehearsal or by.acting_for is not None:
        raise Forbidden("只能委托本人的角色", "only one's own role is lent", code="own_name_only")
