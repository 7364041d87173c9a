"""What intake 受理 answers about applications: drafts, submissions, withdrawals."""

from __future__ import annotations

from marshmallow import fields, validate

from shared.contracts.base import Strict, count, day, identifier, one_of, optional_text, text
from shared.contracts.dossier import CATEGORIES, KINDS, Facts, UsccField
from shared.contracts.operations.operation import APPLICATION, CYCLE, ApplicationId, Operation
from shared.contracts.operations.roles import APPLICANT, WATCHERS


class CreateApplication(Strict):
    """A draft; what is wrong in it is said at submission by the findings, not here."""

    cycle_id = identifier()
    name = text(shortest=2)
    kind = one_of(*KINDS)
    uscc = UsccField(required=True)
    category = one_of(*CATEGORIES, required=False)
    nominated_by = optional_text()
    id_number = fields.String(
        load_default=None, allow_none=True, validate=validate.Regexp(r"^[0-9]{17}[0-9X]\Z"), load_only=False
    )
    facts = fields.Nested(Facts, required=True)
    materials = fields.List(fields.String(validate=validate.Regexp(r"^[a-z][a-z_]*\Z")), required=True)


class ApplicationLine(Strict):
    """An application as its list shows it; the status is the last one known."""

    application_id = identifier()
    cycle_id = identifier()
    name = text()
    kind = one_of(*KINDS)
    category = one_of(*CATEGORIES, required=False)
    status = text()
    stopped_at = optional_text()
    submitted_on = day(required=False)
    sequence = count(required=False)
    recommended_by = optional_text()
    receipt = optional_text()


OPERATIONS: tuple[Operation, ...] = (
    Operation("intake", "create_application", "command", CreateApplication, ApplicationLine, (APPLICANT,),
              "新建申报", "Draft an application",
              {"cycle_id": CYCLE, "name": "示例精密仪器有限公司", "kind": "organization", "uscc": "91310105MAXY50013E",
               "facts": {"region": "示例市示例区"}, "materials": ["application_form"]}),
    Operation("intake", "submit_application", "command", ApplicationId, ApplicationLine, (APPLICANT,),
              "提交申报", "Submit an application", {"application_id": APPLICATION}),
    Operation("intake", "withdraw_application", "command", ApplicationId, ApplicationLine, (APPLICANT,),
              "撤回申报", "Withdraw an application", {"application_id": APPLICATION}),
    Operation("intake", "application", "query", ApplicationId, ApplicationLine, (APPLICANT, *WATCHERS),
              "查看申报", "One application", {"application_id": APPLICATION}),
)  # fmt: skip
