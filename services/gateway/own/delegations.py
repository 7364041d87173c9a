"""代办: roles that are lent."""

from __future__ import annotations

from marshmallow import fields, validate

from services.gateway.delegation.terms import LENDABLE, State
from services.gateway.own.accounts import NamedAccount
from shared.contracts.base import Strict, day, identifier, one_of, optional_text, text
from shared.contracts.operations import ADMIN, AUDITOR, DISCIPLINE, ROLES, Operation

_ID = "0199a1b2c3d67e5f8a9b0c1d2e3f4a5e"
_READERS = tuple(role for role in ROLES if role in {*LENDABLE, ADMIN, DISCIPLINE, AUDITOR})


class Delegate(Strict):
    """Which of one's roles is lent to whom (by user name), from the first to the last day, and why."""

    role = one_of(*LENDABLE)
    helper = fields.String(required=True, validate=validate.Length(min=1, max=200))
    starts_on = day()
    ends_on = day()
    reason = text(longest=500)


class EndDelegation(Strict):
    """Which is ended, and why."""

    delegation_id = identifier()
    reason = text(longest=500)


class DelegationState(Strict):
    """A role that is lent: coming, running, ended by somebody, or over by its last day."""

    delegation_id = identifier()
    state = one_of(*(state.value for state in State))
    role = text()
    giver = fields.Nested(NamedAccount, required=True)
    helper = fields.Nested(NamedAccount, required=True)
    starts_on = text()
    ends_on = text()
    reason = text(longest=500)
    made_at = text()
    ended_at = optional_text()
    ended_by = optional_text()
    ended_reason = optional_text(500)


class DelegationList(Strict):
    """Delegations, the newest first."""

    delegations = fields.List(fields.Nested(DelegationState), required=True)


OPERATIONS: tuple[Operation, ...] = (
    Operation("gateway", "delegations", "query", Strict, DelegationList, _READERS, "代办一览", "Roles that are lent", {}),
    Operation("gateway", "delegate", "command", Delegate, DelegationState, LENDABLE, "委托代办", "Lend a role",
              {"role": "award_office", "helper": "wang.office", "starts_on": "2026-03-02", "ends_on": "2026-03-13",
               "reason": "出差"}),
    Operation("gateway", "end_delegation", "command", EndDelegation, DelegationState, (*LENDABLE, ADMIN), "结束代办",
              "End it", {"delegation_id": _ID, "reason": "提前返回"}),
)  # fmt: skip
