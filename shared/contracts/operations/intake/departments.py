"""What intake 受理 answers about enquiries to the departments."""

from __future__ import annotations

from marshmallow import fields, validate

from shared.contracts.base import Strict, count, day, identifier, one_of, optional_text, text
from shared.contracts.dossier import DEPARTMENTS, Record, UsccField
from shared.contracts.events import RECHECK_PURPOSES
from shared.contracts.operations.intake.files import FILE
from shared.contracts.operations.operation import (
    APPLICATION,
    CYCLE,
    ApplicationId,
    CycleId,
    Done,
    OfCycle,
    Operation,
)
from shared.contracts.operations.pages import SIZES, Whole, page, size
from shared.contracts.operations.roles import APPLICANT, CLERK, DISCIPLINE, OFFICE, OPERATOR, WATCHERS

STATES = ("pending", "answered", "silent")
PURPOSES = ("qualification", *RECHECK_PURPOSES)
CHANNELS = ("http", "batch", "clerk", "report")
OUTCOMES = (
    "asked", "reminded", "taken", "second", "after_decision", "superseded", "other_organization", "other_reference",
    "malformed", "silent", "kept",
)  # fmt: skip
RECHECK_STATES = ("asked", "confirmed", "differs", "let_on", "stopped")
_LARGEST_BATCH = 900_000  # characters of base64: the gateway takes bodies of one mebibyte


def _yes_or_no(**options: object) -> fields.Boolean:
    return fields.Boolean(truthy={True}, falsy={False}, **options)  # type: ignore[arg-type]


class FileNote(Strict):
    """A file by name, SHA-256 and size in bytes. Its content can be had under its id, a batch file's cannot."""

    file_id = optional_text()
    name = text()
    sha256 = fields.String(required=True, validate=validate.Regexp(r"^[0-9a-f]{64}\Z"))
    size = count(least=1)


class Enquiry(Strict):
    """One question to one department and what came of it."""

    application_id = identifier()
    department = one_of(*DEPARTMENTS)
    state = one_of(*STATES)
    attempts = count()
    records = fields.List(fields.Nested(Record), load_default=None, allow_none=True)
    answered_at = optional_text()
    answer_digest = optional_text()
    purpose = one_of(*PURPOSES)
    channel = one_of(*CHANNELS, required=False)
    raised_at = optional_text()
    due_at = optional_text()
    reminders = count()
    valid_until = day(required=False)
    last_failure = optional_text(1000)


class EnquiryCount(Strict):
    """How many enquiries to a department are in a state."""

    department = one_of(*DEPARTMENTS)
    state = one_of(*STATES)
    number = count(least=1)


class EnquiryList(Strict):
    """The enquiries of a cycle, or a page of them; `total` and `counts` are of all that were asked for."""

    enquiries = fields.List(fields.Nested(Enquiry), required=True)
    total = count()
    counts = fields.List(fields.Nested(EnquiryCount), required=True)


class EnquiriesOf(OfCycle):
    """The enquiries of a cycle or of one application, perhaps of one state. With `size` a page of them, else all.

    `silent` are those that wait for the office: on which something still hangs, those too that are being reminded.
    `flagged` are those to which something came that was not taken.
    """

    state = one_of(*STATES, "flagged", required=False)
    page = page()
    size = Whole(strict=True, load_default=None, allow_none=True, validate=validate.OneOf(SIZES))


class AskAgain(Strict):
    """The office presses a silent department once more."""

    application_id = identifier()
    department = one_of(*DEPARTMENTS)


class EnquiryEntry(Strict):
    """One line of the history: a question, an answer, a silence or evidence, taken or not."""

    entry_id = identifier()
    at = text()
    department = one_of(*DEPARTMENTS, required=False)
    entry = one_of("question", "answer", "silence", "evidence")
    outcome = one_of(*OUTCOMES)
    revision = count()
    purpose = one_of(*PURPOSES)
    channel = one_of(*CHANNELS)
    actor = text()
    digest = optional_text()
    records = fields.List(fields.Nested(Record), load_default=None, allow_none=True)
    answered_at = optional_text()
    evidence = optional_text()
    reason = optional_text(1000)
    attempts = count(required=False)
    valid_until = day(required=False)
    file = fields.Nested(FileNote, load_default=None, allow_none=True)


class Compared(Strict):
    """One department's answer as it was and as it is; `same` is null until it has answered again."""

    department = one_of(*DEPARTMENTS)
    old = fields.List(fields.Nested(Record), load_default=None, allow_none=True)
    new = fields.List(fields.Nested(Record), load_default=None, allow_none=True)
    same = _yes_or_no(load_default=None, allow_none=True)


class Recheck(Strict):
    """The departments asked again about one application, before the committee or before money moves."""

    application_id = identifier()
    cycle_id = identifier()
    purpose = one_of(*RECHECK_PURPOSES)
    state = one_of(*RECHECK_STATES)
    asked_at = text()
    settled_at = optional_text()
    digest = optional_text()
    valid_until = day(required=False)
    decided_by = optional_text()
    reason = optional_text(500)
    departments = fields.List(fields.Nested(Compared), required=True)


class RechecksOf(CycleId):
    """The confirmations of a cycle, perhaps of one state."""

    state = one_of(*RECHECK_STATES, required=False)


class RecheckList(Strict):
    """Confirmations, those that wait for somebody first."""

    rechecks = fields.List(fields.Nested(Recheck), required=True)


class ApplicationEnquiries(Strict):
    """Everything that was asked about one application and everything that came back."""

    cycle_id = identifier()
    enquiries = fields.List(fields.Nested(Enquiry), required=True)
    history = fields.List(fields.Nested(EnquiryEntry), required=True)
    rechecks = fields.List(fields.Nested(Recheck), required=True)


class OneRecheck(Strict):
    """Names a confirmation."""

    application_id = identifier()
    purpose = one_of(*RECHECK_PURPOSES)


class DecideRecords(OneRecheck):
    """A named officer decides on a difference or a silence: it goes on, or it stops; the reason is kept."""

    go_on = _yes_or_no(required=True)
    reason = text(longest=400, shortest=2)


class ToAnswer(Strict):
    """One open enquiry as the department's clerk sees it."""

    application_id = identifier()
    department = one_of(*DEPARTMENTS)
    reference = text()
    uscc = UsccField(required=True)
    name = text()
    purpose = one_of(*PURPOSES)
    raised_at = optional_text()
    due_at = optional_text()
    reminders = count()


class ToAnswerList(Strict):
    """A department's open enquiries."""

    enquiries = fields.List(fields.Nested(ToAnswer), required=True)


class ToAnswerAsked(Strict):
    """Which page of what one's department has to answer; `application_id`, `cycle_id`: of that one alone."""

    cycle_id = identifier(required=False)
    application_id = identifier(required=False)
    page = page()
    size = size()


class ToAnswerInCycle(ToAnswer):
    """An open enquiry with its cycle."""

    cycle_id = identifier()


class ToAnswerPage(Strict):
    """A page of a department's open enquiries in all cycles, what is due soonest first."""

    enquiries = fields.List(fields.Nested(ToAnswerInCycle), required=True)
    page = count(least=1)
    size = count(least=1)
    total = count()


class AnswerEnquiry(Strict):
    """A clerk's answer: records, or an explicit word that there are none; with the stamped reply where there is one."""

    application_id = identifier()
    department = one_of(*DEPARTMENTS)
    reference = text()
    uscc = UsccField(required=True)
    records = fields.List(fields.Nested(Record), load_default=list, validate=validate.Length(max=10_000))
    no_records = _yes_or_no(load_default=False)
    evidence = optional_text()
    file_id = identifier(required=False)


class AnswerTaken(Strict):
    """What became of an answer: `taken`, or kept without effect and why."""

    application_id = identifier()
    department = one_of(*DEPARTMENTS)
    outcome = one_of(*OUTCOMES)
    reason_zh = text(longest=500)
    reason_en = text(longest=500)


class BatchOf(Strict):
    """Which file of a department's open enquiries: its form, and of many enquiries the part, the first being 1."""

    cycle_id = identifier()
    department = one_of(*DEPARTMENTS)
    format = fields.String(load_default="xlsx", validate=validate.OneOf(("csv", "xlsx")))
    part = fields.Integer(load_default=1, validate=validate.Range(min=1, max=10_000))


class Batch(Strict):
    """A file of enquiries, base64; `parts` says how many there are in all."""

    file_name = text()
    content_type = text()
    content = fields.String(required=True)
    sha256 = text()
    lines = count()
    parts = count()


class TakeBatch(Strict):
    """A department's answers as a file, CSV (UTF-8 or GB 18030) or XLSX, base64."""

    cycle_id = identifier()
    department = one_of(*DEPARTMENTS)
    file_name = text()
    content = fields.String(required=True, validate=validate.Length(min=1, max=_LARGEST_BATCH))


class BatchLine(Strict):
    """What became of one line of a file; `line` counts as a spreadsheet does."""

    line = count(least=2)
    reference = fields.String(required=True)
    outcome = one_of(
        "accepted", "unknown_reference", "other_reference", "other_organization", "answered_already", "after_decision",
        "malformed",
    )  # fmt: skip
    field = optional_text()
    reason_zh = optional_text(500)
    reason_en = optional_text(500)


class BatchReport(Strict):
    """What became of each line of a file."""

    sha256 = text()
    lines = fields.List(fields.Nested(BatchLine), required=True)


class AttachReport(Strict):
    """A credit report as evidence; it is no answer of a department."""

    application_id = identifier()
    issuer = text()
    issued_on = day()
    file_id = identifier()


class DepartmentStanding(Strict):
    """How a department stands. `breaker`, `in_flight` and `waiting` are those of the replica that answers."""

    department = one_of(*DEPARTMENTS)
    channel = one_of(*CHANNELS)
    breaker = one_of("closed", "open", "half_open", required=False)
    in_flight = count()
    waiting = count()
    pending = count()
    silent = count()
    answered = count()
    last_answer_at = optional_text()


class DepartmentList(Strict):
    """How the departments stand."""

    departments = fields.List(fields.Nested(DepartmentStanding), required=True)


OPERATIONS: tuple[Operation, ...] = (
    Operation("intake", "enquiries", "query", EnquiriesOf, EnquiryList, WATCHERS,
              "部门征询一览", "The enquiries to departments", {"cycle_id": CYCLE, "state": "silent"}),
    Operation("intake", "application_enquiries", "query", ApplicationId, ApplicationEnquiries, WATCHERS,
              "一份申报的征询档案", "Everything asked about one application", {"application_id": APPLICATION}),
    Operation("intake", "ask_again", "command", AskAgain, Enquiry, (OFFICE,),
              "再次征询", "Press a silent department", {"application_id": APPLICATION, "department": "credit"}),
    Operation("intake", "my_enquiries", "query", CycleId, ToAnswerList, (CLERK,),
              "本部门待答复的征询", "A clerk's own department's open enquiries", {"cycle_id": CYCLE}),
    Operation("intake", "to_answer", "query", ToAnswerAsked, ToAnswerPage, (CLERK,),
              "本部门在各周期待答复的征询", "A page of what a clerk's department has to answer in all cycles", {}),
    Operation("intake", "answer_enquiry", "command", AnswerEnquiry, AnswerTaken, (CLERK,),
              "答复征询", "Answer an enquiry",
              {"application_id": APPLICATION, "department": "safety", "reference": APPLICATION,
               "uscc": "91310105MAXY50013E", "no_records": True, "evidence": "示例函〔2025〕1号", "file_id": FILE}),
    Operation("intake", "enquiry_batch", "query", BatchOf, Batch, (OFFICE, CLERK),
              "导出批量征询", "Open enquiries as a file", {"cycle_id": CYCLE, "department": "safety", "format": "csv"}),
    Operation("intake", "take_batch", "command", TakeBatch, BatchReport, (OFFICE, CLERK),
              "导入批量答复", "Read a file of answers",
              {"cycle_id": CYCLE, "department": "safety", "file_name": "answers.csv", "content": "cmVmZXJlbmNl"}),
    Operation("intake", "attach_credit_report", "command", AttachReport, Done, (OFFICE, APPLICANT),
              "附信用报告", "Keep a credit report as evidence",
              {"application_id": APPLICATION, "issuer": "示例信用中心", "issued_on": "2025-05-15", "file_id": FILE}),
    Operation("intake", "rechecks", "query", RechecksOf, RecheckList, WATCHERS,
              "部门记录复核一览", "Records asked for again, old and new", {"cycle_id": CYCLE}),
    Operation("intake", "recheck_records", "command", OneRecheck, Recheck, (OFFICE,),
              "重新复核部门记录", "Ask for the records anew", {"application_id": APPLICATION, "purpose": "committee"}),
    Operation("intake", "decide_records", "command", DecideRecords, Recheck, (OFFICE,),
              "就复核结果作出决定", "Decide on a difference or a silence",
              {"application_id": APPLICATION, "purpose": "committee", "go_on": True, "reason": "处罚已依法撤销"}),
    Operation("intake", "departments", "query", Strict, DepartmentList, (OFFICE, DISCIPLINE, OPERATOR),
              "各部门征询状况", "How the departments stand", {}),
)  # fmt: skip
