"""What intake 受理: cycles, applications, enquiries, the pool."""

from __future__ import annotations

from marshmallow import fields, validate

from shared.contracts.base import Strict, count, day, fen, identifier, one_of, optional_text, text
from shared.contracts.dossier import CATEGORIES, DEPARTMENTS, KINDS, Facts, Record, UsccField
from shared.contracts.events import stage_key
from shared.contracts.operations.operation import (
    APPLICATION,
    CYCLE,
    ApplicationId,
    CycleId,
    Done,
    OfCycle,
    Operation,
)
from shared.contracts.operations.roles import (
    APPLICANT,
    AUDITOR,
    OFFICE,
    PUBLIC,
    RECOMMENDER,
    REHEARSER,
    WATCHERS,
)
from shared.contracts.operations.stages import Blocked, stage_operations


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
        load_default=None, allow_none=True, validate=validate.Regexp(r"^[0-9]{17}[0-9X]\Z"), load_only=False
    )
    facts = fields.Nested(Facts, required=True)
    materials = fields.List(fields.String(validate=validate.Regexp(r"^[a-z][a-z_]*\Z")), required=True)


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


OPERATIONS: tuple[Operation, ...] = (
    Operation("intake", "open_cycle", "command", OpenCycle, CycleState, (OFFICE, REHEARSER), "开启评奖周期", "Open a cycle",
              {"rulebook": "example-2025", "year": 2025, "opens_on": "2025-05-12", "closes_on": "2025-06-13",
               "budget_fen": 250000000, "rehearsal": True}),
    Operation("intake", "cycles", "query", Strict, CycleList, (PUBLIC,), "评奖周期一览", "All cycles", {}),
    Operation("intake", "cycle", "query", CycleId, CycleState, (PUBLIC,), "查看评奖周期", "One cycle", {"cycle_id": CYCLE}),
    Operation("intake", "create_application", "command", CreateApplication, ApplicationLine, (APPLICANT,),
              "新建申报", "Draft an application",
              {"cycle_id": CYCLE, "name": "示例精密仪器有限公司", "kind": "organization", "uscc": "91310105MAXY50013E",
               "facts": {"region": "示例市示例区"}, "materials": ["application_form"]}),
    Operation("intake", "recommend_application", "command", Recommend, ApplicationLine, (RECOMMENDER,),
              "签署推荐意见", "Sign a recommendation", {"application_id": APPLICATION, "body": "示例街道"}),
    Operation("intake", "submit_application", "command", ApplicationId, ApplicationLine, (APPLICANT,),
              "提交申报", "Submit an application", {"application_id": APPLICATION}),
    Operation("intake", "withdraw_application", "command", ApplicationId, ApplicationLine, (APPLICANT,),
              "撤回申报", "Withdraw an application", {"application_id": APPLICATION}),
    Operation("intake", "application", "query", ApplicationId, ApplicationLine, (APPLICANT, *WATCHERS),
              "查看申报", "One application", {"application_id": APPLICATION}),
    Operation("intake", "applications", "query", CycleId, ApplicationList, (APPLICANT, *WATCHERS),
              "申报一览", "A cycle's applications; an applicant sees its own", {"cycle_id": CYCLE}),
    Operation("intake", "enquiries", "query", OfCycle, EnquiryList, (OFFICE, AUDITOR),
              "部门征询一览", "The enquiries to departments", {"cycle_id": CYCLE}),
    Operation("intake", "ask_again", "command", AskAgain, Enquiry, (OFFICE,),
              "再次征询", "Press a silent department", {"application_id": APPLICATION, "department": "credit"}),
    Operation("intake", "join_pool", "command", JoinPool, Done, (OFFICE,), "纳入培育库", "Enter into the pool",
              {"cycle_id": CYCLE, "uscc": "91310105MAXY50013E", "joined_on": "2025-03-01", "project_cost_fen": 35000000}),
    *stage_operations("intake"),
)  # fmt: skip
