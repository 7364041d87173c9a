"""Every question and command that a service answers: request, reply, who may ask, and an example of each.

A command changes something: it carries an idempotency key, and a repeated key gives the same answer and no second
effect. A query changes nothing. The gateway's routes and the services' entrypoints are both made from this table.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from marshmallow import Schema, fields, validate

from shared.contracts.base import Strict, count, day, fen, identifier, one_of, optional_text, text
from shared.contracts.dossier import (
    CATEGORIES,
    DEPARTMENTS,
    KINDS,
    Facts,
    Record,
    UsccField,
)
from shared.contracts.events import AFTER_AWARD_EVENTS, Order, stage_key

# The roles of the system. `rehearser` exists only where rehearsals are allowed.
APPLICANT = "applicant"
RECOMMENDER = "recommending_body"
OFFICE = "award_office"
REVIEWER = "reviewer"
MEMBER = "committee_member"
CLERK = "department_clerk"
FINANCE = "finance"
DISCIPLINE = "discipline"
AUDITOR = "auditor"
OPERATOR = "operator"
ADMIN = "administrator"
REHEARSER = "rehearser"
PUBLIC = "public"
ROLES = (
    APPLICANT, RECOMMENDER, OFFICE, REVIEWER, MEMBER, CLERK, FINANCE, DISCIPLINE, AUDITOR, OPERATOR, ADMIN, REHEARSER,
)  # fmt: skip
_WATCHERS = (OFFICE, DISCIPLINE, AUDITOR)


@dataclass(frozen=True)
class Operation:
    """One question or command of one service. `roles` holds those who may ask; PUBLIC means anybody."""

    service: str
    method: str
    kind: Literal["command", "query"]
    request: type[Schema]
    reply: type[Schema]
    roles: tuple[str, ...]
    summary_zh: str
    summary_en: str
    example: Mapping[str, Any]

    @property
    def name(self) -> str:
        """`service.method`, as it stands in the message's type."""
        return f"{self.service}.{self.method}"


class CycleId(Strict):
    """Names a cycle."""

    cycle_id = identifier()


class ApplicationId(Strict):
    """Names an application."""

    application_id = identifier()


class StageOfCycle(Strict):
    """Names a stage of a cycle."""

    cycle_id = identifier()
    stage = stage_key()


class OfCycle(Strict):
    """All of a cycle, or one application of it."""

    cycle_id = identifier()
    application_id = fields.String(load_default=None, allow_none=True)


# --- intake -----------------------------------------------------------------------------------------------------


class OpenCycle(Strict):
    """What an office says to open a cycle."""

    rulebook = text()
    year = fields.Integer(required=True, strict=True, validate=validate.Range(min=1990, max=2100))
    opens_on = day()
    closes_on = day()
    budget_fen = fen(required=False)
    rehearsal = fields.Boolean(load_default=False, truthy={True}, falsy={False})


class StageLine(Strict):
    """One step of a cycle as it stands."""

    stage = stage_key()
    kind = text()
    owner = text()
    rule = optional_text()
    state = one_of("waiting", "planned", "begun", "closed")
    begins_on = day(required=False)
    begun_on = day(required=False)
    ends_on = day(required=False)
    closed_on = day(required=False)


class Blocked(Strict):
    """Why a cycle cannot go on, and at which step."""

    stage = stage_key()
    reason_zh = text(longest=500)
    reason_en = text(longest=500)


class CycleState(Strict):
    """A cycle with its steps."""

    cycle_id = identifier()
    rulebook = text()
    rulebook_sha256 = text()
    year = fields.Integer(required=True, strict=True)
    opens_on = day()
    closes_on = day()
    budget_fen = fen(required=False)
    rehearsal = fields.Boolean(required=True)
    state = one_of("open", "running", "blocked", "ended", "completed")
    blocked = fields.Nested(Blocked, load_default=None, allow_none=True)
    stages = fields.List(fields.Nested(StageLine), required=True)
    applications = count(required=False)  # told to the office and its watchers only


class CycleList(Strict):
    """Cycles, newest first."""

    cycles = fields.List(fields.Nested(CycleState), required=True)


class CreateApplication(Strict):
    """A draft; what is wrong in it is said at submission by the findings, not here."""

    cycle_id = identifier()
    name = text(shortest=2)
    kind = one_of(*KINDS)
    uscc = UsccField(required=True)
    category = one_of(*CATEGORIES, required=False)
    nominated_by = optional_text()
    id_number = fields.String(
        load_default=None, allow_none=True, validate=validate.Regexp(r"^[0-9]{17}[0-9X]$"), load_only=False
    )
    facts = fields.Nested(Facts, required=True)
    materials = fields.List(fields.String(validate=validate.Regexp(r"^[a-z][a-z_]*$")), required=True)


class Recommend(Strict):
    """A recommending body signs its opinion."""

    application_id = identifier()
    body = text(shortest=2)


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


class ApplicationList(Strict):
    """Applications in order of submission, drafts last."""

    applications = fields.List(fields.Nested(ApplicationLine), required=True)


class Enquiry(Strict):
    """One question to one department and what came of it."""

    application_id = identifier()
    department = one_of(*DEPARTMENTS)
    state = one_of("pending", "answered", "silent")
    attempts = count()
    records = fields.List(fields.Nested(Record), load_default=None, allow_none=True)
    answered_at = optional_text()
    answer_digest = optional_text()


class EnquiryList(Strict):
    """The enquiries of a cycle."""

    enquiries = fields.List(fields.Nested(Enquiry), required=True)


class AskAgain(Strict):
    """The office presses a silent department once more."""

    application_id = identifier()
    department = one_of(*DEPARTMENTS)


class JoinPool(Strict):
    """The office enters an organization into the cultivation pool."""

    cycle_id = identifier()
    uscc = UsccField(required=True)
    joined_on = day()
    project_cost_fen = fen(required=False)


# --- stages, the same for every owner ----------------------------------------------------------------------------


class StageState(Strict):
    """A stage as its owner knows it; `waiting_for` lists in words what must happen before it may close."""

    cycle_id = identifier()
    stage = stage_key()
    state = one_of("waiting", "planned", "begun", "closed")
    begins_on = day(required=False)
    begun_on = day(required=False)
    ends_on = day(required=False)
    closed_on = day(required=False)
    entrants = fields.List(fields.String(), required=True)
    waiting_for = fields.List(fields.String(), load_default=list)
    blocked = fields.Nested(Blocked, load_default=None, allow_none=True)


# --- eligibility --------------------------------------------------------------------------------------------------


class FindingLine(Strict):
    """One condition decided for one application."""

    rule = text()
    condition = text()
    outcome = one_of("pass", "fail", "missing", "awaiting", "needs_judgement", "not_applicable")
    reason_zh = fields.String(required=True)
    reason_en = fields.String(required=True)
    evidence = fields.List(fields.String(), required=True)
    confirmed = fields.Boolean(load_default=None, allow_none=True)


class ApplicationFindings(Strict):
    """All findings of one application, with the receipt that lets anyone repeat them."""

    application_id = identifier()
    verdict = one_of("qualified", "ineligible", "awaiting_records", "awaiting_judgement")
    failing_rules = fields.List(fields.String(), required=True)
    barred_levels = fields.List(fields.String(), required=True)
    findings = fields.List(fields.Nested(FindingLine), required=True)
    receipt = fields.Dict(keys=fields.String(), load_default=dict)
    banned_until = day(required=False)


class FindingsList(Strict):
    """Findings by application."""

    applications = fields.List(fields.Nested(ApplicationFindings), required=True)


class Judge(Strict):
    """A named officer confirms or rejects what the program may not decide."""

    application_id = identifier()
    rule = text()
    condition = optional_text()
    confirmed = fields.Boolean(required=True, truthy={True}, falsy={False})
    reason = optional_text(500)


class RecordBan(Strict):
    """A ban that an earlier cycle left."""

    cycle_id = identifier()
    application_id = identifier()
    until = day()
    rule = text()


class NoticeState(Strict):
    """A public notice: its list, frozen and hashed, and its days."""

    notice = text()
    first_day = day()
    last_day = day()
    working_days = count(least=1)
    listed = fields.List(fields.String(), required=True)
    content_digest = text()


class NoticeList(Strict):
    """A cycle's notices in order."""

    notices = fields.List(fields.Nested(NoticeState), required=True)


class Objector(Strict):
    """Who objects: a person by name and identity number, or a unit by name and code."""

    name = text(shortest=2)
    id_number = fields.String(
        load_default=None, allow_none=True, validate=validate.Regexp(r"^[0-9]{17}[0-9X]$")
    )
    uscc = UsccField(load_default=None, allow_none=True)


class RaiseObjection(Strict):
    """An objection during a notice; `source` says whether it comes from outside or was found by the office."""

    cycle_id = identifier()
    notice = text()
    application_id = identifier()
    source = one_of("public", "office")
    by = fields.Nested(Objector, load_default=None, allow_none=True)
    evidence = fields.Boolean(required=True, truthy={True}, falsy={False})


class ObjectionState(Strict):
    """An objection as the ruling officers see it; the objector's identity is not in here."""

    objection_id = identifier()
    notice = text()
    application_id = identifier()
    source = one_of("public", "office")
    state = one_of("accepted", "not_accepted", "upheld", "dismissed")
    reason_zh = fields.String(required=True)
    reason_en = fields.String(required=True)
    raised_on = day()


class ObjectionList(Strict):
    """A cycle's objections."""

    objections = fields.List(fields.Nested(ObjectionState), required=True)


class RuleOnObjection(Strict):
    """The office rules on an accepted objection."""

    objection_id = identifier()
    ruling = one_of("upheld", "dismissed")
    reason = optional_text(500)


class ReportAfterAward(Strict):
    """Something that happened to a winner, or by it, after the award."""

    application_id = identifier()
    event = one_of(*AFTER_AWARD_EVENTS)
    on = day()


class HonourState(Strict):
    """An award as the register holds it, with what came after."""

    application_id = identifier()
    level = text()
    track = text()
    uses_quota = fields.Boolean(required=True)
    awarded_on = day()
    revoked_on = day(required=False)
    orders = fields.List(fields.Nested(Order), required=True)
    banned_until = day(required=False)


class HonourList(Strict):
    """A cycle's honours in the order of the rulebook's levels."""

    honours = fields.List(fields.Nested(HonourState), required=True)


# --- review -------------------------------------------------------------------------------------------------------


class Expert(Strict):
    """A reviewer of the cycle's pool, with the interests that the register knows or the expert declared."""

    expert_id = fields.String(required=True, validate=validate.Regexp(r"^[A-Za-z0-9-]{1,40}$"))
    name = optional_text()
    industry_expert = fields.Boolean(load_default=False, truthy={True}, falsy={False})
    employer = UsccField(load_default=None, allow_none=True)
    advises = fields.List(fields.String(), load_default=list)
    kin_of = fields.List(fields.String(), load_default=list)


class RegisterExperts(Strict):
    """The office enters the cycle's pool of reviewers; `advises` and `kin_of` name applications."""

    cycle_id = identifier()
    experts = fields.List(fields.Nested(Expert), required=True, validate=validate.Length(min=1))


class Registered(Strict):
    """How many were entered."""

    registered = count()


class Admit(Strict):
    """The office's list of those let into a stage, where the rulebook leaves it to the office."""

    cycle_id = identifier()
    stage = stage_key()
    application_ids = fields.List(identifier(), required=True)
    reason = optional_text(500)


class SubmitSheet(Strict):
    """A reviewer's sheet: percent of full marks, 0 to 100, at most three decimals, as text."""

    cycle_id = identifier()
    stage = stage_key()
    application_id = identifier()
    percent = fields.String(
        required=True, validate=validate.Regexp(r"^(100(\.0{1,3})?|[0-9]{1,2}(\.[0-9]{1,3})?)$")
    )


class Assignment(Strict):
    """One reviewer on one application; `position` is the order of assignment, from 1."""

    application_id = identifier()
    expert_id = text()
    position = count(least=1)
    submitted = fields.Boolean(required=True)


class PanelState(Strict):
    """A panel: who serves, and who of the pool is kept from whom."""

    stage = stage_key()
    category = optional_text()
    size = count()
    industry_share = text()
    members = fields.List(fields.String(), required=True)
    recused = fields.Dict(keys=fields.String(), values=fields.List(fields.String()), required=True)
    assignments = fields.List(fields.Nested(Assignment), required=True)
    seed = text()


class PanelList(Strict):
    """A cycle's panels in the order of the stages."""

    panels = fields.List(fields.Nested(PanelState), required=True)


class StageScore(Strict):
    """The score of one application in one stage: percent, two places, as text."""

    application_id = identifier()
    stage = stage_key()
    score = text()
    valid_sheets = count()


class ScoreList(Strict):
    """Scores by application and stage."""

    scores = fields.List(fields.Nested(StageScore), required=True)


# --- committee ----------------------------------------------------------------------------------------------------


class Convene(Strict):
    """The office calls the meeting: its members, and who is absent."""

    cycle_id = identifier()
    members = fields.List(text(), required=True, validate=validate.Length(min=1))
    absent = fields.List(text(), load_default=list)


class Proposed(Strict):
    """One line of the office's proposal."""

    application_id = identifier()
    level = text()


class Propose(Strict):
    """The office's proposal; those it leaves out are not proposed."""

    cycle_id = identifier()
    proposals = fields.List(fields.Nested(Proposed), required=True)


class Candidate(Strict):
    """One who is put to the vote in a round."""

    application_id = identifier()
    level = text()
    track = text()
    score = optional_text()


class Round(Strict):
    """The ballot that is open, or the last one; `number` is from 1, 0 before the first."""

    cycle_id = identifier()
    number = count()
    state = one_of("none", "open", "closed", "finished")
    members = count()
    present = fields.List(fields.String(), required=True)
    candidates = fields.List(fields.Nested(Candidate), required=True)
    cast = count()


class Choice(Strict):
    """One member's choice on one candidate."""

    application_id = identifier()
    choice = one_of("for", "against", "abstain", "recused")


class CastBallot(Strict):
    """A member's ballot on every candidate of the round."""

    cycle_id = identifier()
    number = count(least=1)
    choices = fields.List(fields.Nested(Choice), required=True)


class BallotTaken(Strict):
    """The ballot is in; it says nothing of the choice."""

    number = count(least=1)
    cast = count()


class VoteResult(Strict):
    """The count for one candidate at one level."""

    application_id = identifier()
    level = text()
    track = text()
    round = count(least=1)
    votes_for = count()
    votes_against = count()
    abstained = count()
    recused = count()
    needed = count()
    passed = fields.Boolean(required=True)
    awarded = fields.Boolean(required=True)
    uses_quota = fields.Boolean(required=True)
    reason_zh = fields.String(required=True)
    reason_en = fields.String(required=True)


class VoteList(Strict):
    """The counted rounds."""

    results = fields.List(fields.Nested(VoteResult), required=True)


# --- incentives ---------------------------------------------------------------------------------------------------


class GrantState(Strict):
    """A grant with the rule it follows from and how it was computed. Amounts in fen."""

    application_id = identifier()
    grant_for = one_of("award", "pool")
    level = optional_text()
    amount_fen = fen()
    rule = text()
    explanation_zh = fields.String(required=True)
    explanation_en = fields.String(required=True)
    state = one_of("computed", "held")


class Clawback(Strict):
    """What a revoked winner has to give back, in fen."""

    application_id = identifier()
    amount_fen = fen()
    rule = text()
    raised_on = day()


class GrantList(Strict):
    """A cycle's grants and clawbacks against its budget, in fen."""

    grants = fields.List(fields.Nested(GrantState), required=True)
    clawbacks = fields.List(fields.Nested(Clawback), required=True)
    budget_fen = fen(required=False)
    granted_fen = fen()
    over_budget_fen = fen()


class RecordPaid(Strict):
    """A grant that an earlier cycle paid."""

    cycle_id = identifier()
    application_id = identifier()
    grant_for = one_of("award", "pool")
    level = optional_text()
    amount_fen = fen()
    paid_on = day()


# --- audit --------------------------------------------------------------------------------------------------------


class AuditOf(Strict):
    """Which audit entries to verify: one cycle's, or all."""

    cycle_id = fields.String(load_default=None, allow_none=True)


class AuditState(Strict):
    """What verifying a service's sealed audit log found."""

    service = text()
    entries = count()
    unsealed = count()
    intact = fields.Boolean(required=True)
    problems = fields.List(fields.String(), required=True)


class Done(Strict):
    """It was done."""

    done = fields.Boolean(required=True)


_C = "0199a1b2c3d47e5f8a9b0c1d2e3f4a5b"
_A = "0199a1b2c3d57e5f8a9b0c1d2e3f4a5c"
_STAGE = {"cycle_id": _C, "stage": "document_review"}


def _stage_operations(service: str) -> list[Operation]:
    """What every owner of stages answers."""
    return [
        Operation(service, "stage", "query", StageOfCycle, StageState, _WATCHERS,
                  "查看阶段", "A stage as its owner knows it", _STAGE),
        Operation(service, "begin_stage", "command", StageOfCycle, StageState, (OFFICE,),
                  "开始阶段", "Begin a stage", _STAGE),
        Operation(service, "close_stage", "command", StageOfCycle, StageState, (OFFICE,),
                  "结束阶段", "Close a stage", _STAGE),
        Operation(service, "audit", "query", AuditOf, AuditState, _WATCHERS,
                  "核验审计记录", "Verify the sealed audit log", {"cycle_id": _C}),
    ]  # fmt: skip


_OPERATIONS: list[Operation] = [
    Operation("intake", "open_cycle", "command", OpenCycle, CycleState, (OFFICE, REHEARSER), "开启评奖周期", "Open a cycle",
              {"rulebook": "example-2025", "year": 2025, "opens_on": "2025-05-12", "closes_on": "2025-06-13",
               "budget_fen": 200000000, "rehearsal": True}),
    Operation("intake", "cycles", "query", Strict, CycleList, (PUBLIC,), "评奖周期一览", "All cycles", {}),
    Operation("intake", "cycle", "query", CycleId, CycleState, (PUBLIC,), "查看评奖周期", "One cycle", {"cycle_id": _C}),
    Operation("intake", "create_application", "command", CreateApplication, ApplicationLine, (APPLICANT,),
              "新建申报", "Draft an application",
              {"cycle_id": _C, "name": "示例精密仪器有限公司", "kind": "organization", "uscc": "91310105MAXY50013E",
               "facts": {"region": "示例市示例区"}, "materials": ["application_form"]}),
    Operation("intake", "recommend_application", "command", Recommend, ApplicationLine, (RECOMMENDER,),
              "签署推荐意见", "Sign a recommendation", {"application_id": _A, "body": "示例街道"}),
    Operation("intake", "submit_application", "command", ApplicationId, ApplicationLine, (APPLICANT,),
              "提交申报", "Submit an application", {"application_id": _A}),
    Operation("intake", "withdraw_application", "command", ApplicationId, ApplicationLine, (APPLICANT,),
              "撤回申报", "Withdraw an application", {"application_id": _A}),
    Operation("intake", "application", "query", ApplicationId, ApplicationLine, (APPLICANT, *_WATCHERS),
              "查看申报", "One application", {"application_id": _A}),
    Operation("intake", "applications", "query", CycleId, ApplicationList, (APPLICANT, *_WATCHERS),
              "申报一览", "A cycle's applications; an applicant sees its own", {"cycle_id": _C}),
    Operation("intake", "enquiries", "query", OfCycle, EnquiryList, (OFFICE, AUDITOR),
              "部门征询一览", "The enquiries to departments", {"cycle_id": _C}),
    Operation("intake", "ask_again", "command", AskAgain, Enquiry, (OFFICE,),
              "再次征询", "Press a silent department", {"application_id": _A, "department": "credit"}),
    Operation("intake", "join_pool", "command", JoinPool, Done, (OFFICE,), "纳入培育库", "Enter into the pool",
              {"cycle_id": _C, "uscc": "91310105MAXY50013E", "joined_on": "2025-03-01", "project_cost_fen": 35000000}),
    *_stage_operations("intake"),
    Operation("eligibility", "findings", "query", OfCycle, FindingsList, _WATCHERS, "资格审查结论", "Findings",
              {"cycle_id": _C}),
    Operation("eligibility", "judge", "command", Judge, ApplicationFindings, (OFFICE,), "认定", "Confirm or reject",
              {"application_id": _A, "rule": "16.3", "confirmed": True, "reason": "材料属实"}),
    Operation("eligibility", "record_ban", "command", RecordBan, Done, (OFFICE,), "登记限制申报", "Record a ban",
              {"cycle_id": _C, "application_id": _A, "until": "2027-06-30", "rule": "34"}),
    Operation("eligibility", "notices", "query", CycleId, NoticeList, (PUBLIC,), "公示一览", "A cycle's notices",
              {"cycle_id": _C}),
    Operation("eligibility", "object", "command", RaiseObjection, ObjectionState, (PUBLIC,), "提出异议", "Object",
              {"cycle_id": _C, "notice": "award", "application_id": _A, "source": "public",
               "by": {"name": "王芳", "id_number": "11010519491231002X"}, "evidence": True}),
    Operation("eligibility", "objections", "query", CycleId, ObjectionList, (OFFICE, DISCIPLINE), "异议一览", "Objections",
              {"cycle_id": _C}),
    Operation("eligibility", "rule_on_objection", "command", RuleOnObjection, ObjectionState, (OFFICE,),
              "异议裁定", "Rule on an objection", {"objection_id": _A, "ruling": "dismissed"}),
    Operation("eligibility", "report_after_award", "command", ReportAfterAward, HonourState, (OFFICE,),
              "登记获奖后事项", "Report an event after the award",
              {"application_id": _A, "event": "title_misuse", "on": "2025-11-24"}),
    Operation("eligibility", "honours", "query", CycleId, HonourList, (PUBLIC,), "获奖名册", "The honours of a cycle",
              {"cycle_id": _C}),
    *_stage_operations("eligibility"),
    Operation("review", "register_experts", "command", RegisterExperts, Registered, (OFFICE,), "登记评审专家",
              "Enter the reviewers", {"cycle_id": _C, "experts": [{"expert_id": "E1", "industry_expert": True}]}),
    Operation("review", "admit", "command", Admit, StageState, (OFFICE,), "确定进入名单", "Decide who enters a stage",
              {"cycle_id": _C, "stage": "site_review", "application_ids": [_A]}),
    Operation("review", "panels", "query", CycleId, PanelList, (OFFICE, DISCIPLINE, AUDITOR), "评审组", "The panels",
              {"cycle_id": _C}),
    Operation("review", "my_assignments", "query", CycleId, PanelList, (REVIEWER,), "我的评审", "A reviewer's own work",
              {"cycle_id": _C}),
    Operation("review", "submit_sheet", "command", SubmitSheet, Done, (REVIEWER,), "提交评分", "Submit a score sheet",
              {"cycle_id": _C, "stage": "site_review", "application_id": _A, "percent": "88.5"}),
    Operation("review", "scores", "query", CycleId, ScoreList, (OFFICE, DISCIPLINE, AUDITOR), "评审得分", "Scores",
              {"cycle_id": _C}),
    *_stage_operations("review"),
    Operation("committee", "convene", "command", Convene, Round, (OFFICE,), "召集评审会", "Call the committee",
              {"cycle_id": _C, "members": ["M1", "M2", "M3"], "absent": ["M3"]}),
    Operation("committee", "propose", "command", Propose, Round, (OFFICE,), "提出建议名单", "Propose",
              {"cycle_id": _C, "proposals": [{"application_id": _A, "level": "二等奖"}]}),
    Operation("committee", "round", "query", CycleId, Round, (OFFICE, MEMBER), "当前表决", "The open ballot",
              {"cycle_id": _C}),
    Operation("committee", "cast_ballot", "command", CastBallot, BallotTaken, (MEMBER,), "投票", "Cast a ballot",
              {"cycle_id": _C, "number": 1, "choices": [{"application_id": _A, "choice": "for"}]}),
    Operation("committee", "close_round", "command", CycleId, Round, (OFFICE,), "结束表决", "Close the ballot",
              {"cycle_id": _C}),
    Operation("committee", "votes", "query", CycleId, VoteList, _WATCHERS, "表决结果", "The counts", {"cycle_id": _C}),
    *_stage_operations("committee"),
    Operation("incentives", "grants", "query", CycleId, GrantList, (FINANCE, *_WATCHERS), "资助一览", "Grants",
              {"cycle_id": _C}),
    Operation("incentives", "record_paid", "command", RecordPaid, Done, (FINANCE,), "登记已付资助", "Record an earlier grant",
              {"cycle_id": _C, "application_id": _A, "grant_for": "pool", "amount_fen": 15000000,
               "paid_on": "2025-12-10"}),
    *_stage_operations("incentives"),
]  # fmt: skip

OPERATIONS: dict[str, Operation] = {operation.name: operation for operation in _OPERATIONS}
if len(OPERATIONS) != len(_OPERATIONS):
    raise RuntimeError("two operations have one name")
