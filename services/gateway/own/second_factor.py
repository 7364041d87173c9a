"""Second factors of accounts."""

from __future__ import annotations

from marshmallow import fields, validate

from services.gateway.own.accounts import LONGEST_CODE
from shared.contracts.base import Strict, identifier, text
from shared.contracts.operations import ADMIN, ROLES, Done, Operation

CODE_HEADER = "Zhiheng-Second-Factor"
_ACCOUNT = "0199a1b2c3d67e5f8a9b0c1d2e3f4a5d"


class NewSecret(Strict):
    """What an authenticator is given: the secret, and the same as the address in a picture. Shown this once."""

    secret = text()
    uri = text(longest=1000)


class ConfirmSecondFactor(Strict):
    """The first code that the authenticator shows."""

    code = fields.String(required=True, load_only=True, validate=validate.Length(min=1, max=LONGEST_CODE))


class RecoveryCodes(Strict):
    """Ten codes, each of which stands in for the authenticator once. Shown this once."""

    recovery_codes = fields.List(fields.String(), required=True)


class ResetSecondFactor(Strict):
    """Whose second factor is taken away, and why."""

    account_id = identifier()
    reason = text(longest=500)


OPERATIONS: tuple[Operation, ...] = (
    Operation("gateway", "begin_second_factor", "command", Strict, NewSecret, ROLES, "设定第二因素",
              "Begin to set up a second factor", {}),
    Operation("gateway", "confirm_second_factor", "command", ConfirmSecondFactor, RecoveryCodes, ROLES,
              "确认第二因素", "Confirm it with a first code", {"code": "123456"}),
    Operation("gateway", "remove_second_factor", "command", Strict, Done, ROLES, "解除第二因素",
              "Give one's second factor up", {}),
    Operation("gateway", "reset_second_factor", "command", ResetSecondFactor, Done, (ADMIN,), "重置账号的第二因素",
              "Take an account's second factor away", {"account_id": _ACCOUNT, "reason": "手机遗失，已当面核实本人"}),
)  # fmt: skip
