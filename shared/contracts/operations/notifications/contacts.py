"""Where somebody wants to be told 联系方式, as the gateway hands it on; the holder of the account writes it there."""

from __future__ import annotations

from marshmallow import fields, validate

from shared.contracts.base import Strict, count, identifier, one_of, optional_text, text
from shared.contracts.operations.notifications.messages import PEOPLE
from shared.contracts.operations.operation import Done, Operation

LANGUAGES = ("zh", "en")
# ASCII alone: not every server takes another local part, and one that looks like another's would go astray.
_MAIL = validate.Regexp(r"^[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9-]{1,63}(\.[A-Za-z0-9-]{1,63})+\Z")
_PHONE = validate.Regexp(r"^1[3-9][0-9]{9}\Z")
_TIME = validate.Regexp(r"^([01][0-9]|2[0-3]):[0-5][0-9]\Z")


class Addresses(Strict):
    """Mail, mobile telephone, language, and the hours (Asia/Shanghai) in which nothing is sent; None for none.

    `quiet_from` and `quiet_until` are given together; the messages are in the portal at any hour.
    """

    email = fields.String(load_default=None, allow_none=True, validate=[_MAIL, validate.Length(max=200)])
    phone = fields.String(load_default=None, allow_none=True, validate=_PHONE)
    language = one_of(*LANGUAGES)
    quiet_from = fields.String(load_default=None, allow_none=True, validate=_TIME)
    quiet_until = fields.String(load_default=None, allow_none=True, validate=_TIME)


class KeepContact(Addresses):
    """An account as it is from version `version` on; one that is shut has no roles and no addresses.

    `email_since` and `phone_since`: when the holder wrote them, which is earlier than this comes. What was due from then on goes
    there, even if it was taken up before; None: nothing of what was.
    """

    subject = text()
    version = count(least=1)
    roles = fields.List(identifier(), required=True)
    unit = optional_text()
    email_since = fields.AwareDateTime(load_default=None, allow_none=True, format="iso")
    phone_since = fields.AwareDateTime(load_default=None, allow_none=True, format="iso")


ADDRESSES_EXAMPLE = {
    "email": "anna@example.org", "phone": "13800000000", "language": "zh", "quiet_from": "22:00", "quiet_until": "07:00",
}  # fmt: skip
OPERATIONS: tuple[Operation, ...] = (
    Operation("notifications", "keep_contact", "command", KeepContact, Done, PEOPLE, "登记联系方式", "Keep a contact",
              {**ADDRESSES_EXAMPLE, "subject": "anna", "version": 1, "roles": ["applicant"]}),
)  # fmt: skip
