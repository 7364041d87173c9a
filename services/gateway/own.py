"""The gateway's own operations, in the form of the services' ones: identity, rulebooks, the audit of all services."""

from __future__ import annotations

from marshmallow import fields, validate

from services.gateway.scopes import SCOPES
from shared.contracts.base import Strict, count, identifier, one_of, optional_text, text
from shared.contracts.dossier import CATEGORIES, KINDS
from shared.contracts.operations import (
    ADMIN,
    AGENCY,
    APPLICANT,
    AUDITOR,
    CLERK,
    DISCIPLINE,
    OFFICE,
    PUBLIC,
    REHEARSER,
    REVIEWER,
    ROLES,
    WATCHERS,
    AuditState,
    CycleId,
    Done,
    Operation,
)
from shared.contracts.operations.intake.files import FILE, FileId, FileState, file_name, material_name
from shared.contracts.operations.intake.lists import ApplicationList, Filter
from shared.contracts.operations.operation import APPLICATION, CYCLE, ApplicationId
from shared.contracts.operations.review.declarations import SAID, SayConduct
from shared.contracts.operations.review.feedback import OF_FEEDBACK_EXAMPLE, OfFeedback
from shared.contracts.operations.review.register import ExpertList, ExpertsFile
from shared.contracts.operations.review.sheets import OfApplication

_USERNAME = validate.Regexp(r"^[a-z0-9][a-z0-9._@-]{2,63}\Z")
_SUBJECT = validate.Regexp(r"^[^\x00-\x1f\x7f]{1,64}\Z")
SHORTEST_PASSWORD, LONGEST_PASSWORD = 12, 256
PERSONA_ROLES = tuple(role for role in ROLES if role not in {ADMIN, AGENCY, REHEARSER, "operator"})
# Those that a person may hold: a program of an agency is registered in a way of its own.
PERSONAL_ROLES = tuple(role for role in ROLES if role != AGENCY)


def _password(*, required: bool = True) -> fields.String:
    return fields.String(
        required=required,
        load_only=True,
        validate=validate.Length(min=SHORTEST_PASSWORD, max=LONGEST_PASSWORD),
    )


def _roles() -> fields.List[str]:
    return fields.List(
        fields.String(validate=validate.OneOf(PERSONAL_ROLES)),
        required=True,
        validate=validate.Length(min=1, max=len(PERSONAL_ROLES)),
    )


class SignIn(Strict):
    """Name and password; what is wrong with them is not said."""

    username = fields.String(required=True, validate=validate.Length(min=1, max=200))
    password = fields.String(
        required=True, load_only=True, validate=validate.Length(min=1, max=LONGEST_PASSWORD)
    )


class TokenGiven(Strict):
    """A bearer token; it is shown this once. `expires_at` is RFC 3339."""

    token = fields.String(required=True)
    token_type = fields.String(required=True, validate=validate.Equal("Bearer"))
    expires_at = fields.String(required=True)
    roles = fields.List(fields.String(), required=True)


class Me(Strict):
    """Who the token stands for; `rehearsal` means that it acts in rehearsals only."""

    subject = fields.String(required=True)
    display_name = fields.String(required=True)
    unit = optional_text()
    roles = fields.List(fields.String(), required=True)
    rehearsal = fields.Boolean(required=True)
    expires_at = fields.String(required=True)


class ChangePassword(Strict):
    """The old password and a new one; other tokens of the account end."""

    old = fields.String(required=True, load_only=True, validate=validate.Length(min=1, max=LONGEST_PASSWORD))
    new = _password()


class CreateAccount(Strict):
    """An account. `subject` is by what the services know its holder (an expert's id, a member's name); else made up.

    `unit` is the body that it acts for: the department of a clerk, the name of a recommending body.
    """

    username = fields.String(required=True, validate=_USERNAME)
    password = _password()
    display_name = text()
    roles = _roles()
    subject = fields.String(load_default=None, allow_none=True, validate=_SUBJECT)
    unit = optional_text()


class AccountState(Strict):
    """An account, without anything secret."""

    account_id = identifier()
    username = text()
    subject = text()
    display_name = text()
    unit = optional_text()
    roles = fields.List(fields.String(), required=True)
    disabled = fields.Boolean(required=True)


class AccountList(Strict):
    """All accounts by name."""

    accounts = fields.List(fields.Nested(AccountState), required=True)


class SetRoles(Strict):
    """All roles that an account is to hold from now on."""

    account_id = identifier()
    roles = _roles()


class SetUnit(Strict):
    """The body that an account acts for from now on, None for none."""

    account_id = identifier()
    unit = fields.String(required=True, allow_none=True, validate=validate.Length(min=1, max=200))


class SetDisabled(Strict):
    """Whether an account is shut; its tokens end when it is."""

    account_id = identifier()
    disabled = fields.Boolean(required=True, truthy={True}, falsy={False})


class Persona(Strict):
    """Whom to play in a rehearsal: a role, and by what the services shall know the person."""

    role = fields.String(required=True, validate=validate.OneOf(PERSONA_ROLES))
    subject = fields.String(required=True, validate=_SUBJECT)


class RulebookId(Strict):
    """Names a rulebook."""

    rulebook = fields.String(required=True, validate=validate.Regexp(r"^[a-z0-9][a-z0-9.-]{0,63}\Z"))


class RulebookLine(Strict):
    """A rulebook in the list; `in_force_from` and `in_force_to` are dates, absent for a draft."""

    rulebook = text()
    title_zh = text()
    title_en = text()
    jurisdiction = text()
    status = text()
    in_force_from = optional_text()
    in_force_to = optional_text()
    sha256 = text()


class RulebookList(Strict):
    """All rulebooks by id."""

    rulebooks = fields.List(fields.Nested(RulebookLine), required=True)


class StageText(Strict):
    """One step of a rulebook's procedure."""

    stage = text()
    kind = text()
    owner = text()
    rule = fields.String(required=True)
    title_zh = fields.String(required=True)
    title_en = fields.String(required=True)
    categories = fields.List(fields.String(), load_default=None, allow_none=True)
    working_days = count(required=False)
    entry = text()
    scoring = optional_text()
    panel = fields.Dict(keys=fields.String(), load_default=None, allow_none=True)


class PhaseText(Strict):
    """Steps that run beside each other."""

    stages = fields.List(fields.Nested(StageText), required=True)


class FormOf(RulebookId):
    """Which form: of a kind of applicant, and of one category where the rulebook has any."""

    kind = one_of(*KINDS)
    category = one_of(*CATEGORIES, required=False)


class FormPart(Strict):
    """One part of a form; `needed`: left empty, a condition that reads it cannot be met. `form` is how it is filled in."""

    name = text()
    form = text()
    title_zh = text()
    title_en = text()
    rules = fields.List(fields.String(), required=True)
    needed = fields.Boolean(required=True)
    choices = fields.List(fields.Dict(keys=fields.String(), values=fields.String()), required=True)


class FormText(Strict):
    """申报表: what an applicant fills in (`identity`, `facts`), what others say of it, and what is handed in."""

    rulebook = text()
    sha256 = text()
    kind = one_of(*KINDS)
    identity = fields.List(fields.Nested(FormPart), required=True)
    facts = fields.List(fields.Nested(FormPart), required=True)
    by_others = fields.List(fields.Nested(FormPart), required=True)
    materials = fields.List(fields.Dict(keys=fields.String(), values=fields.String()), required=True)
    articles = fields.Dict(keys=fields.String(), values=fields.Dict(keys=fields.String()), required=True)


class CriteriaItem(Strict):
    """One item and the one above it; only an item with none below it is `scored`, and says what it asks. `kind` of what holds
    both processes and results is None.
    """

    item = text()
    under = optional_text(20)
    scored = fields.Boolean(required=True)
    title_zh = text()
    title_en = text()
    points = count(least=1)
    kind = one_of("process", "result", required=False)
    asks_zh = optional_text(1000)
    asks_en = optional_text(1000)
    clause = optional_text()
    source = text()
    points_source = text()


class Said(Strict):
    """One dimension, and what it looks like or is called."""

    key = text()
    zh = fields.String(required=True)
    en = fields.String(required=True)


class CriteriaBand(Strict):
    """成熟度等级: percents from `first` to `last`, and what each dimension looks like there."""

    band = text()
    first = count()
    last = count()
    looks = fields.List(fields.Nested(Said), required=True)


class CriteriaScale(Strict):
    """How items of a kind are weighed."""

    kind = one_of("process", "result")
    dimensions = fields.List(fields.Nested(Said), required=True)
    bands = fields.List(fields.Nested(CriteriaBand), required=True)


class CriteriaSource(Said):
    """Where items or points are taken from; `assumed`: no text at hand gives them."""

    assumed = fields.Boolean(required=True)


class CriteriaText(Strict):
    """评分条款: what applicants of a kind and category are scored by, each item before those under it. Percents on a sheet
    are multiples of `step`.
    """

    criteria = text()
    sha256 = text()
    standard = text()
    edition = text()
    title_zh = text()
    title_en = text()
    points = count(least=1)
    step = count(least=1)
    sources = fields.List(fields.Nested(CriteriaSource), required=True)
    scales = fields.List(fields.Nested(CriteriaScale), required=True)
    items = fields.List(fields.Nested(CriteriaItem), required=True)


class RulebookText(RulebookLine):
    """What a rulebook says, as far as those who take part need it. Places are None where there is no limit."""

    kinds = fields.List(fields.String(), required=True)
    categories = fields.List(fields.String(), required=True)
    departments = fields.List(fields.String(), required=True)
    materials = fields.Dict(keys=fields.String(), values=fields.List(fields.String()), required=True)
    tracks = fields.List(fields.Dict(keys=fields.String()), required=True)
    levels = fields.List(fields.Dict(keys=fields.String()), required=True)
    quotas = fields.List(fields.Dict(keys=fields.String()), required=True)
    nominations = fields.Dict(keys=fields.String(), required=True)
    votes = fields.Dict(keys=fields.String(), required=True)
    grants = fields.List(fields.Dict(keys=fields.String()), required=True)
    procedure = fields.List(fields.Nested(PhaseText), required=True)
    assumed = fields.List(fields.Dict(keys=fields.String()), required=True)


class AuditOfAll(Strict):
    """What verifying the sealed audit logs of all services found for a cycle."""

    cycle_id = identifier()
    entries = count()
    unsealed = count()
    intact = fields.Boolean(required=True)
    services = fields.List(fields.Nested(AuditState), required=True)


def _client_id() -> fields.String:
    return fields.String(required=True, validate=_USERNAME)


def _scopes() -> fields.List[str]:
    return fields.List(
        fields.String(validate=validate.OneOf(tuple(SCOPES))),
        required=True,
        validate=validate.Length(min=1, max=len(SCOPES)),
    )


def _purposes() -> fields.List[str]:
    """Words agreed with the agency; its every question names one of them."""
    word = fields.String(validate=validate.Regexp(r"^[a-z0-9][a-z0-9-]{1,99}\Z"))
    return fields.List(word, required=True, validate=validate.Length(max=50))


class RegisterAgency(Strict):
    """A program of another department: its name, the department's key, what it may ask and for which purposes."""

    client_id = _client_id()
    agency = text()
    department = fields.String(required=True, validate=validate.Regexp(r"^[a-z][a-z_]{1,39}\Z"))
    scopes = _scopes()
    purposes = _purposes()


class AgencySecretState(Strict):
    """A valid secret, without itself; one that is being replaced has an end."""

    made_at = text()
    expires_at = optional_text()


class AgencyState(Strict):
    """A program of an agency, without anything secret."""

    client_id = text()
    agency = text()
    department = text()
    scopes = fields.List(fields.String(), required=True)
    purposes = fields.List(fields.String(), required=True)
    disabled = fields.Boolean(required=True)
    secrets = fields.List(fields.Nested(AgencySecretState), required=True)


class AgencyGiven(AgencyState):
    """A program with its new secret, which is shown this once: None where the same request came again."""

    secret = fields.String(required=True, allow_none=True)


class AgencyList(Strict):
    """All programs of agencies by name."""

    clients = fields.List(fields.Nested(AgencyState), required=True)


class AgencyId(Strict):
    """Names a program of an agency."""

    client_id = _client_id()


class ChangeAgency(Strict):
    """All scopes and purposes that a program is to have from now on."""

    client_id = _client_id()
    scopes = _scopes()
    purposes = _purposes()


class SetAgencyDisabled(Strict):
    """Whether a program is shut; its tokens end when it is."""

    client_id = _client_id()
    disabled = fields.Boolean(required=True, truthy={True}, falsy={False})


class AskForToken(Strict):
    """Client credentials (RFC 6749, 4.4), as a form; id and secret may stand in HTTP Basic instead."""

    grant_type = fields.String(required=True, validate=validate.Equal("client_credentials"))
    scope = optional_text()
    client_id = optional_text()
    client_secret = fields.String(load_default=None, allow_none=True, load_only=True)


class AgencyToken(Strict):
    """A bearer token of a program; `expires_in` is in seconds, `scope` what it reaches. Refusals are those of RFC 6749."""

    access_token = text()
    token_type = fields.String(required=True, validate=validate.Equal("Bearer"))
    expires_in = count(least=1)
    scope = text()


class UploadFile(Strict):
    """A whole file in one request: its bytes are the body, what it is stands in the address. `replaces` names a file of the
    same material, which goes when this one has been looked into and accepted.
    """

    application_id = identifier()
    material = material_name()
    file_name = file_name()
    replaces = identifier(required=False)


class UploadEvidence(Strict):
    """A whole file as evidence beside a dossier: a department's stamped reply, a credit report."""

    application_id = identifier()
    file_name = file_name()


class FilePage(FileId):
    """Names a page of a file, the first being 1."""

    page = fields.String(required=True, validate=validate.Regexp(r"^[1-9][0-9]{0,3}\Z"))


class UploadId(Strict):
    """Names a resumable upload (tus 1.0.0). A request holds one part; a body beyond the largest part is refused."""

    upload_id = identifier()


class BeginUpload(ApplicationId):
    """A resumable upload (tus 1.0.0, creation). `Upload-Metadata` holds filename, and material and replaces for a material;
    without a material it is evidence. `Location` of the answer is where the parts go.
    """


class ReviewedFile(FileId):
    """A file of a dossier under review."""

    cycle_id = identifier()


class Content(Strict):
    """The bytes."""


_AGENCY = {"client_id": "credit-office", "scopes": ["standing:read"], "purposes": ["subsidy-review"]}
_ACCOUNT = "0199a1b2c3d67e5f8a9b0c1d2e3f4a5d"

_ALL = [
    Operation("gateway", "sign_in", "command", SignIn, TokenGiven, (PUBLIC,), "登录", "Sign in",
              {"username": "li.office", "password": "correct horse battery"}),
    Operation("gateway", "sign_out", "command", Strict, Done, ROLES, "退出", "Sign out", {}),
    Operation("gateway", "me", "query", Strict, Me, ROLES, "我是谁", "Who am I", {}),
    Operation("gateway", "change_password", "command", ChangePassword, Done, ROLES, "修改密码", "Change the password",
              {"old": "correct horse battery", "new": "battery horse correct"}),
    Operation("gateway", "accounts", "query", Strict, AccountList, (ADMIN,), "账号一览", "All accounts", {}),
    Operation("gateway", "create_account", "command", CreateAccount, AccountState, (ADMIN,), "新建账号", "Make an account",
              {"username": "li.office", "password": "correct horse battery", "display_name": "李办",
               "roles": ["award_office"]}),
    Operation("gateway", "set_roles", "command", SetRoles, AccountState, (ADMIN,), "授予角色", "Give roles",
              {"account_id": _ACCOUNT, "roles": ["reviewer"]}),
    Operation("gateway", "set_unit", "command", SetUnit, AccountState, (ADMIN,), "设定所在单位",
              "Say for which body an account acts", {"account_id": _ACCOUNT, "unit": "示例街道"}),
    Operation("gateway", "set_disabled", "command", SetDisabled, AccountState, (ADMIN,), "停用或启用账号",
              "Shut or open an account", {"account_id": _ACCOUNT, "disabled": True}),
    Operation("gateway", "persona", "command", Persona, TokenGiven, (REHEARSER,), "扮演角色（仅限演练）",
              "Play a role (rehearsals only)", {"role": "reviewer", "subject": "E1"}),
    Operation("gateway", "rulebooks", "query", Strict, RulebookList, (PUBLIC,), "法规一览", "All rulebooks", {}),
    Operation("gateway", "rulebook", "query", RulebookId, RulebookText, (PUBLIC,), "查看法规", "One rulebook",
              {"rulebook": "sample-2024"}),
    Operation("gateway", "form", "query", FormOf, FormText, (PUBLIC,), "申报表", "The form that a rulebook asks to be filled in",
              {"rulebook": "sample-2024", "kind": "organization"}),
    Operation("gateway", "criteria", "query", FormOf, CriteriaText, (PUBLIC,), "评分条款", "What a rulebook scores by",
              {"rulebook": "sample-2024", "kind": "organization"}),
    Operation("gateway", "sheet_xlsx", "query", OfApplication, Content, (REVIEWER,), "我的评分表（XLSX）",
              "One's own score sheet as XLSX",
              {"cycle_id": CYCLE, "stage": "site_review", "application_id": APPLICATION}),
    Operation("gateway", "my_feedback_docx", "query", OfFeedback, Content, (APPLICANT,), "我的评审反馈报告（DOCX）",
              "One's own feedback report as DOCX", OF_FEEDBACK_EXAMPLE),
    Operation("gateway", "my_feedback_pdf", "query", OfFeedback, Content, (APPLICANT,), "我的评审反馈报告（PDF）",
              "One's own feedback report as PDF", OF_FEEDBACK_EXAMPLE),
    Operation("gateway", "feedback_docx", "query", OfFeedback, Content, (OFFICE, DISCIPLINE), "评审反馈报告（DOCX）",
              "A feedback report as DOCX", OF_FEEDBACK_EXAMPLE),
    Operation("gateway", "feedback_pdf", "query", OfFeedback, Content, (OFFICE, DISCIPLINE), "评审反馈报告（PDF）",
              "A feedback report as PDF", OF_FEEDBACK_EXAMPLE),
    Operation("gateway", "digest_docx", "query", CycleId, Content, (PUBLIC,), "共性问题汇总（DOCX）",
              "The digest of common problems as DOCX", {"cycle_id": CYCLE}),
    Operation("gateway", "digest_pdf", "query", CycleId, Content, (PUBLIC,), "共性问题汇总（PDF）",
              "The digest of common problems as PDF", {"cycle_id": CYCLE}),
    Operation("gateway", "audit", "query", CycleId, AuditOfAll, (OFFICE, DISCIPLINE, AUDITOR), "核验全部审计记录",
              "Verify all audit logs", {"cycle_id": CYCLE}),
    Operation("gateway", "applications_xlsx", "query", Filter, ApplicationList, (APPLICANT, *WATCHERS),
              "申报一览（XLSX）", "A cycle's applications as XLSX", {"cycle_id": CYCLE, "status": "in_progress"}),
    Operation("gateway", "applications_csv", "query", Filter, ApplicationList, (APPLICANT, *WATCHERS),
              "申报一览（CSV）", "A cycle's applications as CSV", {"cycle_id": CYCLE, "status": "in_progress"}),
    Operation("gateway", "experts_xlsx", "query", ExpertsFile, ExpertList, (OFFICE,), "专家库（XLSX）",
              "The register of experts as XLSX", {"industry": "仪器仪表制造业"}),
    Operation("gateway", "experts_csv", "query", ExpertsFile, ExpertList, (OFFICE,), "专家库（CSV）",
              "The register of experts as CSV", {"industry": "仪器仪表制造业"}),
    Operation("gateway", "rate_reviewers", "command", SayConduct, Done, (APPLICANT,), "评价评审人员守纪情况",
              "An applicant rates its reviewers' conduct", SAID),
    Operation("gateway", "appointments_ics", "query", CycleId, Content, (APPLICANT, REVIEWER),
              "我的日程（iCalendar）", "One's own appointments as iCalendar", {"cycle_id": CYCLE}),
    Operation("gateway", "upload_file", "command", UploadFile, FileState, (APPLICANT,), "上传材料", "Upload a material whole",
              {"application_id": APPLICATION, "material": "proofs", "file_name": "获奖证书.pdf"}),
    Operation("gateway", "upload_evidence", "command", UploadEvidence, FileState, (APPLICANT, CLERK, OFFICE), "上传证据",
              "Upload evidence whole", {"application_id": APPLICATION, "file_name": "复函.pdf"}),
    Operation("gateway", "file_content", "query", FileId, Content, (APPLICANT, CLERK, *WATCHERS), "下载文件",
              "The bytes of a file", {"application_id": APPLICATION, "file_id": FILE}),
    Operation("gateway", "reviewed_file", "query", ReviewedFile, Content, (REVIEWER,), "下载所评申报的文件",
              "The bytes of a file under review", {"cycle_id": CYCLE, "application_id": APPLICATION, "file_id": FILE}),
    Operation("gateway", "file_page", "query", FilePage, Content, (APPLICANT, CLERK, *WATCHERS), "预览文件的一页",
              "A picture of a page of a file", {"application_id": APPLICATION, "file_id": FILE, "page": "1"}),
    Operation("gateway", "file_text", "query", FileId, Content, (APPLICANT, CLERK, *WATCHERS), "预览文件的文字",
              "The text of a file", {"application_id": APPLICATION, "file_id": FILE}),
    Operation("gateway", "dossier_zip", "query", ApplicationId, Content, (APPLICANT, *WATCHERS), "下载整个卷宗（ZIP）",
              "A whole dossier as one ZIP", {"application_id": APPLICATION}),
    Operation("gateway", "upload_terms", "query", Strict, Content, (PUBLIC,), "续传的条件", "What resumable uploads may be", {}),
    Operation("gateway", "begin_upload", "command", BeginUpload, Content, (APPLICANT, CLERK, OFFICE), "开始续传",
              "Begin a resumable upload", {"application_id": APPLICATION}),
    Operation("gateway", "upload_state", "query", UploadId, Content, (APPLICANT, CLERK, OFFICE), "续传到了哪里",
              "How far an upload has come", {"upload_id": FILE}),
    Operation("gateway", "continue_upload", "command", UploadId, Content, (APPLICANT, CLERK, OFFICE), "续传一段",
              "Send the next part", {"upload_id": FILE}),
    Operation("gateway", "end_upload", "command", UploadId, Content, (APPLICANT, CLERK, OFFICE), "放弃续传",
              "Give an upload up", {"upload_id": FILE}),
    Operation("gateway", "agency_clients", "query", Strict, AgencyList, (ADMIN,), "部门接口用户一览", "Programs of agencies", {}),
    Operation("gateway", "register_agency", "command", RegisterAgency, AgencyGiven, (ADMIN,), "登记部门接口用户",
              "Register a program of an agency", {**_AGENCY, "agency": "示例信用办", "department": "credit"}),
    Operation("gateway", "change_agency", "command", ChangeAgency, AgencyState, (ADMIN,), "变更权限和用途",
              "Change what a program may ask", _AGENCY),
    Operation("gateway", "rotate_agency_secret", "command", AgencyId, AgencyGiven, (ADMIN,), "更换接口密钥",
              "Give a program a new secret", {"client_id": "credit-office"}),
    Operation("gateway", "set_agency_disabled", "command", SetAgencyDisabled, AgencyState, (ADMIN,), "停用或启用部门接口",
              "Shut or open a program", {"client_id": "credit-office", "disabled": True}),
    Operation("gateway", "agency_token", "command", AskForToken, AgencyToken, (PUBLIC,), "获取部门接口令牌",
              "A token for a program of an agency", {"grant_type": "client_credentials", "scope": "standing:read"}),
]  # fmt: skip

OWN: dict[str, Operation] = {operation.method: operation for operation in _ALL}
