"""Payees 收款账户: entered, checked, and never told in full."""

from __future__ import annotations

from marshmallow import fields, validate

from shared.contracts.base import Strict, identifier, one_of, optional_text, text
from shared.contracts.operations.operation import APPLICATION, CYCLE, CycleId, Operation
from shared.contracts.operations.roles import APPLICANT, FINANCE, OFFICE, WATCHERS


class EnterPayee(Strict):
    """The account of an application's owner."""

    application_id = identifier()
    account_name = text(longest=120)
    bank = text(longest=120)
    account_number = fields.String(required=True, validate=validate.Regexp(r"^[0-9]{8,32}\Z"))


class CheckPayee(Strict):
    """Finance has checked the account, or refuses it."""

    payee_id = identifier()
    accept = fields.Boolean(required=True, truthy={True}, falsy={False})
    reason = text(longest=500)


class PayeeState(Strict):
    """An account, name and number masked."""

    payee_id = identifier()
    application_id = identifier()
    account_name = text()
    bank = text()
    account_number = text()
    state = one_of("proposed", "accepted", "refused", "replaced")
    entered_by = text()
    decided_by = optional_text()
    reason = optional_text(500)


class PayeeList(Strict):
    """The accounts of a cycle; an applicant's own."""

    payees = fields.List(fields.Nested(PayeeState), required=True)


OPERATIONS: tuple[Operation, ...] = (
    Operation("incentives", "enter_payee", "command", EnterPayee, PayeeState, (APPLICANT, OFFICE), "填写收款账户",
              "Enter an account",
              {"application_id": APPLICATION, "account_name": "示例精密仪器有限公司", "bank": "示例银行示例支行",
               "account_number": "0000111122223333"}),
    Operation("incentives", "check_payee", "command", CheckPayee, PayeeState, (FINANCE,), "核对收款账户", "Check an account",
              {"payee_id": APPLICATION, "accept": True, "reason": "与开户证明一致"}),
    Operation("incentives", "payees", "query", CycleId, PayeeList, (APPLICANT, FINANCE, *WATCHERS), "收款账户一览",
              "Accounts", {"cycle_id": CYCLE}),
)  # fmt: skip
