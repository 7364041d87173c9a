"""Objections 异议: raised, accepted, looked into, the applicant heard, ruled on, appealed; who objects is in one reply only.

What holds a secret is asked as a command: a query stands in an address, and addresses are written down on their way.
"""

from __future__ import annotations

from marshmallow import fields, validate

from shared.contracts.base import Strict, count, day, identifier, one_of, optional_text, text
from shared.contracts.dossier import UsccField
from shared.contracts.operations.operation import APPLICATION, CYCLE, CycleId, Done, OfCycle, Operation
from shared.contracts.operations.roles import APPLICANT, DISCIPLINE, OFFICE, PUBLIC, WATCHERS
from shared.contracts.papers import OBJECTION, paper_list

OBJECTION_GROUNDS = (
    "false_materials", "not_eligible", "improper_means", "adverse_record", "procedure", "other",
)  # fmt: skip
OBJECTION_STATES = (
    "received", "not_accepted", "accepted", "inquiry", "heard", "upheld", "dismissed", "appealed", "confirmed", "overturned",
)  # fmt: skip
OBJECTION_STEPS = ("acceptance", "inquiry", "answer", "ruling", "appeal", "decision")
OBJECTION_PARTS = ("inquiry", "ruling", "appeal")  # of officers in a case
OBJECTION_LETTERS = ("acceptance", "hearing", "ruling", "appeal")
_LONGEST = 10_000  # characters of what somebody states
_RECEIPT, _SECRET = "2025-5F0C1A2B3D", "q2Yw0a1c-example-of-a-token-6XkJ9b3q2Y"


def _statement(*, required: bool = True) -> fields.String:
    return text(longest=_LONGEST, shortest=2) if required else optional_text(_LONGEST)


class Objector(Strict):
    """Who objects: a person by name and identity number, or a unit by name and code."""

    name = text(shortest=2)
    id_number = fields.String(
        load_default=None, allow_none=True, validate=validate.Regexp(r"^[0-9]{17}[0-9X]\Z")
    )
    uscc = UsccField(load_default=None, allow_none=True)


class RaiseObjection(Strict):
    """An objection during a notice; `source` says whether it comes from outside or was found by the office.

    In a real cycle evidence is what is written in `statement` or handed in as papers; `evidence` alone is a rehearsal's.
    """

    cycle_id = identifier()
    notice = text()
    application_id = identifier()
    source = one_of("public", "office")
    by = fields.Nested(Objector, load_default=None, allow_none=True)
    evidence = fields.Boolean(required=True, truthy={True}, falsy={False})
    ground = one_of(*OBJECTION_GROUNDS, required=False)
    statement = _statement(required=False)
    contact = optional_text()
    papers = paper_list(OBJECTION)


class ObjectionState(Strict):
    """An objection as the office and discipline see it; the objector's identity and words are not in here.

    `awaits` is the step that comes next, `due_on` its last day: None where it has none, or its year's calendar is not
    published yet (`standing` is `unknown` then).
    """

    objection_id = identifier()
    notice = text()
    application_id = identifier()
    source = one_of("public", "office")
    state = one_of(*OBJECTION_STATES)
    reason_zh = fields.String(required=True)
    reason_en = fields.String(required=True)
    raised_on = day()
    ground = one_of(*OBJECTION_GROUNDS, required=False)
    receipt = optional_text()
    ruling = one_of("upheld", "dismissed", required=False)
    notice_corrected_by = optional_text()  # since it was raised; it stays with the matter
    notice_corrected_on = day(required=False)
    awaits = one_of(*OBJECTION_STEPS, required=False)
    due_on = day(required=False)
    standing = one_of("in_time", "last_day", "overdue", "unknown", required=False)
    late_days = count(required=False)


class ObjectionRaised(ObjectionState):
    """An objection just raised. With receipt and secret its state can be asked; the secret is shown this once."""

    secret = optional_text()


class ObjectionList(Strict):
    """A cycle's objections."""

    objections = fields.List(fields.Nested(ObjectionState), required=True)


class ObjectionId(Strict):
    """Names an objection."""

    objection_id = identifier()


class AssignOfficer(ObjectionId):
    """Who of the office does a part of a case. Nobody assigns a part to oneself, and nobody has two parts of one case."""

    part = one_of(*OBJECTION_PARTS)
    officer = text()


class OfficerOfCase(Strict):
    """An officer and the part of the case that is theirs."""

    part = one_of(*OBJECTION_PARTS)
    officer = text()
    assigned_by = text()


class CaseOfficers(ObjectionId):
    """Who does what in a case."""

    officers = fields.List(fields.Nested(OfficerOfCase), required=True)


class AcceptObjection(ObjectionId):
    """Accepted or not; a reason is needed where it is not."""

    accepted = fields.Boolean(required=True, truthy={True}, falsy={False})
    reason = optional_text(500)


class Inquire(ObjectionId):
    """What the applicant is asked to answer, in the officer's own words: never who objects."""

    facts = _statement()


class AnswerObjection(ObjectionId):
    """What the applicant says to it, with papers."""

    text = _statement()
    papers = paper_list("answer")


class RuleOnObjection(Strict):
    """The office rules on an objection. In a real cycle with a reason, and by another officer than who looked into it."""

    objection_id = identifier()
    ruling = one_of("upheld", "dismissed")
    reason = optional_text(500)


class ObjectionPaper(Strict):
    """Names a paper that came with an objection, an answer to it or an appeal."""

    paper_id = identifier()


class OfReceipt(Strict):
    """What an objector was given."""

    receipt = text()
    secret = fields.String(required=True, validate=validate.Regexp(r"^[A-Za-z0-9_-]{20,64}\Z"))


class AppealAsObjector(OfReceipt):
    """The objector appeals against a dismissal."""

    text = _statement()
    papers = paper_list(OBJECTION)


class AppealAsApplicant(ObjectionId):
    """The applicant appeals against an objection that was upheld."""

    text = _statement()
    papers = paper_list("answer")


class DecideAppeal(ObjectionId):
    """The ruling is confirmed, or its contrary holds."""

    decision = one_of("confirmed", "overturned")
    reason = text(longest=500, shortest=2)


class ObjectionCase(ObjectionState):
    """All of a case but who objects: for the officers of it. Papers are ids."""

    statement = optional_text(_LONGEST)
    papers = fields.List(fields.String(), required=True)
    facts = optional_text(_LONGEST)
    answer = optional_text(_LONGEST)
    answer_papers = fields.List(fields.String(), required=True)
    ruling_reason = optional_text(500)
    appealed_by = one_of("objector", "applicant", required=False)
    appeal = optional_text(_LONGEST)
    appeal_papers = fields.List(fields.String(), required=True)
    decision_reason = optional_text(500)
    officers = fields.List(fields.Nested(OfficerOfCase), required=True)


class ObjectorState(ObjectionId):
    """Who objects. Each reply is in the audit log."""

    name = optional_text()
    number = optional_text()
    contact = optional_text()


class ObjectionOfOwn(Strict):
    """An objection as the one who raised it, or the applicant, may know it."""

    objection_id = identifier()
    cycle_id = identifier()
    receipt = optional_text()
    notice = text()
    application_id = identifier()
    state = one_of(*OBJECTION_STATES)
    reason_zh = fields.String(required=True)
    reason_en = fields.String(required=True)
    raised_on = day()
    facts = optional_text(_LONGEST)
    answer = optional_text(_LONGEST)
    ruling = one_of("upheld", "dismissed", required=False)
    ruling_reason = optional_text(500)
    decision_reason = optional_text(500)
    notice_corrected_by = optional_text()
    notice_corrected_on = day(required=False)
    awaits = one_of(*OBJECTION_STEPS, required=False)
    due_on = day(required=False)
    may_appeal = fields.Boolean(required=True)


class OwnObjections(Strict):
    """Objections to one's own applications, from when one was asked."""

    objections = fields.List(fields.Nested(ObjectionOfOwn), required=True)


class DueObjection(ObjectionState):
    """An open objection with its cycle."""

    cycle_id = identifier()


class DueObjections(Strict):
    """Open objections, what is overdue first; `reminders` counts those whose last day is today or over."""

    objections = fields.List(fields.Nested(DueObjection), required=True)
    reminders = count()


class OfCycleOrAll(Strict):
    """One cycle, or every real one."""

    cycle_id = identifier(required=False)


class StateCount(Strict):
    """How many are in a state."""

    state = one_of(*OBJECTION_STATES)
    number = count()


class GroundCount(Strict):
    """How many on a ground, and what became of them."""

    ground = one_of(*OBJECTION_GROUNDS)
    number = count()
    not_accepted = count()
    upheld = count()


class StepDays(Strict):
    """Calendar days that a step took."""

    step = one_of("acceptance", "ruling", "decision")
    number = count()
    average_days = text()
    longest_days = count()


class ObjectionFigures(Strict):
    """Numbers of objections; nobody is named."""

    objections = count()
    by_office = count()
    states = fields.List(fields.Nested(StateCount), required=True)
    grounds = fields.List(fields.Nested(GroundCount), required=True)
    steps = fields.List(fields.Nested(StepDays), required=True)
    appealed = count()
    overturned = count()
    overdue = count()


class LetterOf(ObjectionId):
    """A letter of a case: to the applicant, or to the objector, who is addressed by the receipt."""

    letter = one_of(*OBJECTION_LETTERS)
    to = one_of("objector", "applicant")


class LetterOfReceipt(OfReceipt):
    """A letter to the objector."""

    letter = one_of("acceptance", "ruling", "appeal")


class ObjectionLetter(Strict):
    """What a letter says; `last_day` is for what may still be done: answering, or appealing. `notice_corrected_by`: the notice
    that corrected the one that was objected to, where that was known on the day of the letter.
    """

    objection_id = identifier()
    cycle_id = identifier()
    letter = one_of(*OBJECTION_LETTERS)
    to = one_of("objector", "applicant")
    award_zh = text()
    award_en = text()
    year = fields.Integer(required=True, strict=True)
    notice = text()
    applicant = text()
    receipt = optional_text()
    raised_on = day()
    dated = day()
    outcome = one_of("accepted", "not_accepted", "inquiry", "upheld", "dismissed", "confirmed", "overturned")
    reason = fields.String(required=True)
    last_day = day(required=False)
    rule = text()
    notice_corrected_by = optional_text()
    notice_corrected_on = day(required=False)


_ID = {"objection_id": APPLICATION}
_WITH_RECEIPT = {"receipt": _RECEIPT, "secret": _SECRET}

OPERATIONS: tuple[Operation, ...] = (
    Operation("eligibility", "object", "command", RaiseObjection, ObjectionRaised, (PUBLIC,), "提出异议", "Object",
              {"cycle_id": CYCLE, "notice": "award", "application_id": APPLICATION, "source": "public",
               "by": {"name": "王芳", "id_number": "11010519491231002X"}, "evidence": True}),
    Operation("eligibility", "objections", "query", CycleId, ObjectionList, (OFFICE, DISCIPLINE), "异议一览", "Objections",
              {"cycle_id": CYCLE}),
    Operation("eligibility", "due_objections", "query", OfCycleOrAll, DueObjections, (OFFICE, DISCIPLINE),
              "异议办理期限", "Open objections by their last days", {"cycle_id": CYCLE}),
    Operation("eligibility", "objection_figures", "query", OfCycleOrAll, ObjectionFigures, WATCHERS, "异议统计",
              "Figures of objections", {"cycle_id": CYCLE}),
    Operation("eligibility", "objection", "query", ObjectionId, ObjectionCase, (OFFICE,), "异议案卷",
              "A case, without who objects", _ID),
    Operation("eligibility", "may_read_objection_paper", "query", ObjectionPaper, Done, (OFFICE,), "可否查阅异议材料",
              "Whether an officer may read a paper of an objection", {"paper_id": APPLICATION}),
    Operation("eligibility", "objector", "command", ObjectionId, ObjectorState, (OFFICE,), "查看异议人", "Who objects (audited)",
              _ID),
    Operation("eligibility", "assign_objection", "command", AssignOfficer, CaseOfficers, (OFFICE,), "指定异议承办人",
              "Say which officer does a part of a case", {**_ID, "part": "ruling", "officer": "wang.office"}),
    Operation("eligibility", "accept_objection", "command", AcceptObjection, ObjectionState, (OFFICE,), "受理异议",
              "Accept an objection, or not", {**_ID, "accepted": True}),
    Operation("eligibility", "inquire", "command", Inquire, ObjectionState, (OFFICE,), "向申报人核实",
              "Put the facts to the applicant", {**_ID, "facts": "有反映称贵单位 2024 年的利润与年报不符，请说明。"}),
    Operation("eligibility", "answer_objection", "command", AnswerObjection, ObjectionOfOwn, (APPLICANT,), "答复异议核实",
              "Answer what one was asked", {**_ID, "text": "利润以审计报告为准，见附件。"}),
    Operation("eligibility", "rule_on_objection", "command", RuleOnObjection, ObjectionState, (OFFICE,),
              "异议裁定", "Rule on an objection", {"objection_id": APPLICATION, "ruling": "dismissed"}),
    Operation("eligibility", "appeal_objection", "command", AppealAsObjector, ObjectionOfOwn, (PUBLIC,), "异议人申请复核",
              "Appeal as the objector", {**_WITH_RECEIPT, "text": "裁定未审查附件二。"}),
    Operation("eligibility", "appeal_as_applicant", "command", AppealAsApplicant, ObjectionOfOwn, (APPLICANT,),
              "申报人申请复核", "Appeal as the applicant", {**_ID, "text": "裁定所依据的数据有误。"}),
    Operation("eligibility", "decide_appeal", "command", DecideAppeal, ObjectionState, (OFFICE,), "复核决定",
              "Decide an appeal", {**_ID, "decision": "confirmed", "reason": "裁定事实清楚"}),
    Operation("eligibility", "objection_state", "command", OfReceipt, ObjectionOfOwn, (PUBLIC,), "凭回执查询异议",
              "How one's objection stands", _WITH_RECEIPT),
    Operation("eligibility", "my_objections", "query", OfCycle, OwnObjections, (APPLICANT,), "对我的异议",
              "Objections to one's own applications", {"cycle_id": CYCLE}),
    Operation("eligibility", "objection_letter", "query", LetterOf, ObjectionLetter, (APPLICANT, OFFICE, DISCIPLINE),
              "异议答复函", "What a letter of a case says", {**_ID, "letter": "ruling", "to": "applicant"}),
    Operation("eligibility", "objector_letter", "command", LetterOfReceipt, ObjectionLetter, (PUBLIC,), "凭回执取答复函",
              "What a letter to the objector says", {**_WITH_RECEIPT, "letter": "ruling"}),
)  # fmt: skip
