"""What intake 受理 answers about the people who work on one dossier."""

from __future__ import annotations

from marshmallow import fields, validate

from shared.contracts.base import Strict, identifier, one_of, text
from shared.contracts.operations.intake.applications import ApplicationLine
from shared.contracts.operations.operation import APPLICATION, ApplicationId, Operation
from shared.contracts.operations.roles import APPLICANT

DOSSIER_ROLES = ("lead", "editor", "reader")


class Invite(Strict):
    """Somebody is to work on the dossier too; whoever has the code may join once."""

    application_id = identifier()
    role = one_of("editor", "reader")


class Invitation(Strict):
    """邀请码: shown this once, good for one person until a day (that day included)."""

    code = text()
    role = text()
    expires_on = text()


class Join(Strict):
    """An applicant's account joins a dossier by a code."""

    code = fields.String(required=True, load_only=False, validate=validate.Regexp(r"^[A-Za-z0-9_-]{20,60}\Z"))


class SetPerson(Strict):
    """Another part for somebody on the dossier; `lead` hands the lead over, null takes them off it."""

    application_id = identifier()
    subject = text()
    role = fields.String(required=True, allow_none=True, validate=validate.OneOf(DOSSIER_ROLES))


class Person(Strict):
    """Somebody on a dossier: 负责人 lead, 填报人 editor, 查阅人 reader."""

    subject = text()
    role = text()
    joined_on = text()


class People(Strict):
    """Everybody on a dossier, the lead first."""

    people = fields.List(fields.Nested(Person), required=True)


OPERATIONS: tuple[Operation, ...] = (
    Operation("intake", "people", "query", ApplicationId, People, (APPLICANT,), "申报人员", "The people of a dossier",
              {"application_id": APPLICATION}),
    Operation("intake", "invite", "command", Invite, Invitation, (APPLICANT,), "邀请填报人", "Invite somebody",
              {"application_id": APPLICATION, "role": "editor"}),
    Operation("intake", "join", "command", Join, ApplicationLine, (APPLICANT,), "凭邀请码加入", "Join a dossier",
              {"code": "an-example-code-of-43-characters-0123456789"}),
    Operation("intake", "set_person", "command", SetPerson, People, (APPLICANT,), "调整申报人员", "Change somebody's part",
              {"application_id": APPLICATION, "subject": "ben", "role": "reader"}),
)  # fmt: skip
