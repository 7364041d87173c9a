"""Identities of agencies' providers that accounts are linked to."""

from __future__ import annotations

from marshmallow import fields, validate

from services.gateway.own.accounts import OfAccount
from shared.contracts.base import Strict, optional_text, text
from shared.contracts.operations import ADMIN, ROLES, Done, Operation

_ACCOUNT = "0199a1b2c3d67e5f8a9b0c1d2e3f4a5d"
_IDENTITY = "3f6c0d9b7a5e4c21d8f0"


def _identity_id() -> fields.String:
    return fields.String(required=True, validate=validate.Regexp(r"^[0-9a-f]{20}\Z"))


class LinkedIdentityLine(Strict):
    """One identity: of which provider (None where it is not set up any more), since when. Whose it is there is not said."""

    identity_id = _identity_id()
    provider = optional_text()
    name_zh = text(longest=300)
    name_en = text(longest=300)
    linked_at = text()


class LinkedIdentities(Strict):
    """An account's identities, the oldest first."""

    identities = fields.List(fields.Nested(LinkedIdentityLine), required=True)


class OwnIdentity(Strict):
    """Names an identity of one's own account; the code of the second factor goes in a header."""

    identity_id = _identity_id()


class RemoveIdentity(OfAccount):
    """Which identity of whose account is taken away, and why."""

    identity_id = _identity_id()
    reason = text(longest=500)


OPERATIONS: tuple[Operation, ...] = (
    Operation("gateway", "my_identities", "query", Strict, LinkedIdentities, ROLES, "我关联的身份", "My linked identities", {}),
    Operation("gateway", "unlink_identity", "command", OwnIdentity, Done, ROLES, "解除关联的身份", "Unlink an identity",
              {"identity_id": _IDENTITY}),
    Operation("gateway", "account_identities", "query", OfAccount, LinkedIdentities, (ADMIN,), "账号关联的身份",
              "An account's linked identities", {"account_id": _ACCOUNT}),
    Operation("gateway", "remove_identity", "command", RemoveIdentity, Done, (ADMIN,), "解除账号关联的身份",
              "Unlink an account's identity",
              {"account_id": _ACCOUNT, "identity_id": _IDENTITY, "reason": "人员调离，原单位账号已注销"}),
)  # fmt: skip
