"""What intake 受理 answers about applications: drafts, submissions, acceptance, corrections, withdrawals."""

from __future__ import annotations

from marshmallow import fields, validate

from shared.contracts.base import Strict, count, day, identifier, one_of, optional_text, text
from shared.contracts.dossier import CATEGORIES, KINDS, Facts, UsccField
from shared.contracts.operations.findings import ExplainedFinding
from shared.contracts.operations.operation import APPLICATION, CYCLE, ApplicationId, Operation
from shared.contracts.operations.roles import APPLICANT, OFFICE, WATCHERS

# The parts of a draft that are filled in one by one; a fact is one part, a material is what is handed in as one.
CONTACT = ("contact_name", "contact_phone", "contact_email")  # whom the office rings up; in no dossier
PART = rf"(?:name|uscc|category|id_number|{'|'.join(CONTACT)}|facts\.[a-z_]{{1,60}})"
_MAIL = validate.Regexp(r"^[^@\s]{1,64}@[^@\s]+\.[^@\s.]+\Z")
MATERIAL = r"materials\.[a-z_]{1,60}"


class CreateApplication(Strict):
    """A draft; what is wrong in it is said at submission by the findings, not here.

    A rehearsal states everything at once, materials included; a real draft is begun with a kind and a name and filled
    in part by part, and its materials are the files that were handed in.
    """

    cycle_id = identifier()
    name = text(shortest=2)
    kind = one_of(*KINDS)
    uscc = UsccField(load_default=None, allow_none=True)
    category = one_of(*CATEGORIES, required=False)
    nominated_by = optional_text()
    id_number = fields.String(
        load_default=None, allow_none=True, validate=validate.Regexp(r"^[0-9]{17}[0-9X]\Z"), load_only=False
    )
    contact_name = optional_text(100)
    contact_phone = fields.String(
        load_default=None, allow_none=True, validate=validate.Regexp(r"^[0-9+() -]{5,30}\Z")
    )
    contact_email = fields.String(
        load_default=None, allow_none=True, validate=[_MAIL, validate.Length(max=200)]
    )
    facts = fields.Nested(Facts, load_default=dict)
    materials = fields.List(fields.String(validate=validate.Regexp(r"^[a-z][a-z_]*\Z")), load_default=list)


class SaveDraft(Strict):
    """Parts of a draft as they were typed, null for an empty one; `revision` is the draft that the writer had read.

    What is not right yet is kept as it was typed. A part that somebody else changed since then is not overwritten.
    """

    application_id = identifier()
    revision = count()
    parts = fields.Dict(
        keys=fields.String(validate=validate.Regexp(rf"^{PART}\Z")),
        values=fields.Raw(allow_none=True),
        required=True,
        validate=validate.Length(min=1, max=80),
    )


class PartFault(Strict):
    """What is wrong with one part."""

    field = text()
    reason_zh = text(longest=2000)
    reason_en = text(longest=2000)


class CorrectionItem(Strict):
    """补正: one part or material that is to be mended, and why."""

    field = fields.String(required=True, validate=validate.Regexp(rf"^(?:{PART}|{MATERIAL})\Z"))
    reason = text(longest=1000)


class Correction(Strict):
    """补正: what the office asked to be mended, and until when; both days count."""

    items = fields.List(fields.Nested(CorrectionItem), required=True)
    returned_at = text()
    due_on = day()
    resubmitted_at = optional_text()


class Draft(Strict):
    """A draft as it stands: every part as it was typed, and what is wrong with which."""

    application_id = identifier()
    cycle_id = identifier()
    kind = one_of(*KINDS)
    status = text()
    revision = count()
    parts = fields.Dict(keys=fields.String(), values=fields.Raw(allow_none=True), required=True)
    faults = fields.List(fields.Nested(PartFault), required=True)
    materials = fields.List(fields.String(), required=True)
    recommended_by = optional_text()
    correction = fields.Nested(Correction, load_default=None, allow_none=True)


class Expected(Strict):
    """A condition that the draft, as it stands, would fail, or for which something is missing."""

    rule = text()
    article = text()
    condition = text()
    outcome = one_of("fail", "missing")
    reason_zh = text(longest=2000)
    reason_en = text(longest=2000)


class Check(Strict):
    """检查: `faults` have to be mended before the draft can be submitted; `expected` tells what the qualification would not let
    pass, `findings` all that it would find, in the rulebook's order.

    Departments' records and other applications are not known here; a clean check is no decision.
    """

    application_id = identifier()
    ready = fields.Boolean(required=True)
    faults = fields.List(fields.Nested(PartFault), required=True)
    expected = fields.List(fields.Nested(Expected), required=True)
    findings = fields.List(fields.Nested(ExplainedFinding), load_default=list)
    applied_already = fields.Boolean(required=True)


class AcceptApplication(Strict):
    """签收: the officer signs for what was handed in, named by its digest."""

    application_id = identifier()
    digest = text()


class ReturnApplication(Strict):
    """退回补正: once, with what is to be mended; without a day the installation's usual number of working days."""

    application_id = identifier()
    items = fields.List(fields.Nested(CorrectionItem), required=True, validate=validate.Length(min=1, max=60))
    due_on = day(required=False)


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
    public_number = optional_text()
    recommended_by = optional_text()
    receipt = optional_text()
    correction_due_on = day(required=False)


class Submission(Strict):
    """One submission, frozen: the digest is that of the dossier's canonical JSON (docs/api.md)."""

    version = count(least=1)
    submitted_at = text()
    submitted_by = text()
    digest = text()
    dossier = fields.Dict(keys=fields.String(), values=fields.Raw(allow_none=True), required=True)


class Receipt(Strict):
    """回执: what was handed in and when; `accepted` names the version that the office signed for."""

    application_id = identifier()
    cycle_id = identifier()
    status = text()
    sequence = count(required=False)
    public_number = optional_text()
    submissions = fields.List(fields.Nested(Submission), required=True)
    correction = fields.Nested(Correction, load_default=None, allow_none=True)
    accepted = count(required=False)
    accepted_at = optional_text()
    accepted_by = optional_text()


class ChangeContact(Strict):
    """联系人变更: whom the office rings up from now on, whole; what was handed in stays as it is."""

    application_id = identifier()
    contact_name = text(longest=100)
    contact_phone = fields.String(required=True, validate=validate.Regexp(r"^[0-9+() -]{5,30}\Z"))
    contact_email = fields.String(
        load_default=None, allow_none=True, validate=[_MAIL, validate.Length(max=200)]
    )


class ContactPerson(Strict):
    """Whom the office rings up; null where nobody was named."""

    contact_name = optional_text()
    contact_phone = optional_text()
    contact_email = optional_text()


class ContactChange(Strict):
    """One change after the submission."""

    at = text()
    by = text()
    before = fields.Nested(ContactPerson, required=True)
    after = fields.Nested(ContactPerson, required=True)


class ContactOf(ContactPerson):
    """Whom the office rings up about an application, and who it was before, the newest change first."""

    application_id = identifier()
    cycle_id = identifier()
    may_change = fields.Boolean(required=True)
    changes = fields.List(fields.Nested(ContactChange), required=True)


OPERATIONS: tuple[Operation, ...] = (
    Operation("intake", "create_application", "command", CreateApplication, ApplicationLine, (APPLICANT,),
              "新建申报", "Draft an application",
              {"cycle_id": CYCLE, "name": "示例精密仪器有限公司", "kind": "organization", "uscc": "91310105MAXY50013E",
               "facts": {"region": "示例市示例区"}, "materials": ["application_form"]}),
    Operation("intake", "save_draft", "command", SaveDraft, Draft, (APPLICANT,), "保存草稿", "Save parts of a draft",
              {"application_id": APPLICATION, "revision": 1, "parts": {"facts.region": "示例市示例区"}}),
    Operation("intake", "draft", "query", ApplicationId, Draft, (APPLICANT,), "查看草稿", "A draft as it stands",
              {"application_id": APPLICATION}),
    Operation("intake", "check_application", "query", ApplicationId, Check, (APPLICANT,), "检查申报",
              "What a draft still lacks", {"application_id": APPLICATION}),
    Operation("intake", "submit_application", "command", ApplicationId, ApplicationLine, (APPLICANT,),
              "提交申报", "Submit an application", {"application_id": APPLICATION}),
    Operation("intake", "accept_application", "command", AcceptApplication, ApplicationLine, (OFFICE,),
              "签收申报", "Sign for an application", {"application_id": APPLICATION, "digest": "sha256:" + "0" * 64}),
    Operation("intake", "return_application", "command", ReturnApplication, ApplicationLine, (OFFICE,),
              "退回补正", "Return an application for correction",
              {"application_id": APPLICATION, "items": [{"field": "facts.region", "reason": "与营业执照不一致"}]}),
    Operation("intake", "withdraw_application", "command", ApplicationId, ApplicationLine, (APPLICANT,),
              "撤回申报", "Withdraw an application", {"application_id": APPLICATION}),
    Operation("intake", "contact", "query", ApplicationId, ContactOf, (APPLICANT, OFFICE),
              "查看联系人", "Whom to ring up about an application", {"application_id": APPLICATION}),
    Operation("intake", "change_contact", "command", ChangeContact, ContactOf, (APPLICANT,),
              "更换联系人", "Name another person to ring up",
              {"application_id": APPLICATION, "contact_name": "陈晨", "contact_phone": "021-5555 0100"}),
    Operation("intake", "application", "query", ApplicationId, ApplicationLine, (APPLICANT, *WATCHERS),
              "查看申报", "One application", {"application_id": APPLICATION}),
    Operation("intake", "receipt", "query", ApplicationId, Receipt, (APPLICANT, *WATCHERS),
              "提交回执", "What was handed in, and when", {"application_id": APPLICATION}),
)  # fmt: skip
