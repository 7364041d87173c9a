"""年度利害关系申报 and 双向监督: what experts declare each year, and what both sides say of each other's conduct."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from marshmallow import ValidationError, fields, validate, validates_schema

from shared.contracts.base import Strict, Told, count, day, identifier, one_of, optional_text, text
from shared.contracts.dossier import UsccField
from shared.contracts.events import stage_key
from shared.contracts.operations.operation import APPLICATION, CYCLE, Done, Operation
from shared.contracts.operations.pages import page, size
from shared.contracts.operations.review.register import (
    InWorld,
    OneExpert,
    expert_id,
    in_order,
    optional_plain,
    plain,
    yes_or_no,
)
from shared.contracts.operations.roles import APPLICANT, DISCIPLINE, OFFICE, REVIEWER

RELATIONS = ("employed", "advised", "consulted", "kin", "shareholding", "other")
OWED = ("expiring", "expired", "missing")
SIDES = ("applicant", "reviewer")
MOST_INTERESTS = 100
_BETWEEN_ORGANIZATIONS = ("employed", "advised", "consulted", "shareholding")


class DeclaredAnswers(Strict):
    """One explicit answer for each kind of interest: none is taken for granted."""

    employed = yes_or_no()
    advised = yes_or_no()
    consulted = yes_or_no()
    kin = yes_or_no()
    shareholding = yes_or_no()
    other = yes_or_no()


class DeclaredInterest(Strict):
    """One interest: in an organization by its code, or in a person by name. Person and note are kept encrypted."""

    relation = one_of(*RELATIONS)
    uscc = UsccField(load_default=None, allow_none=True)
    organization = optional_plain(200)
    person = optional_plain(100)
    since = day(required=False)
    until = day(required=False)
    note = optional_text(500)

    @validates_schema
    def _whole(self, data: Mapping[str, Any], **_: Any) -> None:
        in_order(data)
        if data.get("uscc") is None and data.get("relation") in _BETWEEN_ORGANIZATIONS:
            raise ValidationError(
                {"uscc": [Told("须填写该单位的统一社会信用代码", "the organization's code is needed")]}
            )
        if data.get("uscc") is None and data.get("person") is None:
            raise ValidationError({"uscc": [Told("须指明单位或人员", "name an organization or a person")]})


class Declare(OneExpert):
    """An expert declares its interests and signs by typing its name as the register has it."""

    answers = fields.Nested(DeclaredAnswers, required=True)
    interests = fields.List(
        fields.Nested(DeclaredInterest), required=True, validate=validate.Length(max=MOST_INTERESTS)
    )
    signed_by = plain(100)

    @validates_schema
    def _as_answered(self, data: Mapping[str, Any], **_: Any) -> None:
        answers, given = data.get("answers"), data.get("interests")
        if answers is None or given is None:
            return
        named = {interest["relation"] for interest in given}
        wrong = {}
        for relation in RELATIONS:
            if answers[relation] and relation not in named:
                wrong[relation] = [Told("答“有”而未列明", "answered yes, and none is listed")]
            elif not answers[relation] and relation in named:
                wrong[relation] = [Told("答“无”而又列明", "answered no, and one is listed")]
        if wrong:
            raise ValidationError({"answers": wrong})


class Declaration(Strict):
    """A declaration with its receipt: `digest` is of all that was signed. It is never edited; a later one supersedes it."""

    declaration_id = identifier()
    expert_id = expert_id()
    number = count(least=1)
    declared_at = text()
    valid_until = day()
    in_force = yes_or_no()
    digest = text()
    statement_zh = text(longest=1000)
    statement_en = text(longest=1000)
    signed_by = text()
    answers = fields.Nested(DeclaredAnswers, required=True)
    interests = fields.List(fields.Nested(DeclaredInterest), required=True)


class DeclarationList(Strict):
    """An expert's declarations, the newest first, and the words that the next one signs."""

    expert_id = expert_id()
    statement_zh = text(longest=1000)
    statement_en = text(longest=1000)
    declarations = fields.List(fields.Nested(Declaration), required=True)


class OwedBy(InWorld):
    """Who owes a declaration: all, or those of one state."""

    state = one_of(*OWED, required=False)
    page = page()
    size = size()


class OwedDeclaration(Strict):
    """One active expert without a declaration for the time to come, and how often the clock has asked for it."""

    expert_id = expert_id()
    name = text()
    state = one_of(*OWED)
    declared_until = day(required=False)
    reminders = count()
    last_reminded_at = optional_text()


class OwedDeclarationList(Strict):
    """A page of those who owe a declaration, the one that ends first before the others."""

    experts = fields.List(fields.Nested(OwedDeclaration), required=True)
    page = count(least=1)
    size = count(least=1)
    total = count()
    counts = fields.Dict(keys=fields.String(), values=count(), required=True)


def _mark() -> fields.Integer:
    return fields.Integer(required=True, strict=True, validate=validate.Range(min=1, max=5))


class ConductMarks(Strict):
    """From 1 (bad) to 5 (good): how rules were kept, fairness or openness, integrity."""

    discipline = _mark()
    fairness = _mark()
    integrity = _mark()


class SayConduct(Strict):
    """What one side says of the other's conduct in one stage, once, after it is closed. The other side never reads it."""

    cycle_id = identifier()
    stage = stage_key()
    application_id = identifier()
    marks = fields.Nested(ConductMarks, required=True)
    comment = optional_text(2000)


class ConductOf(Strict):
    """What was said in a cycle, by one side or both."""

    cycle_id = identifier()
    side = one_of(*SIDES, required=False)
    stage = fields.String(
        load_default=None, allow_none=True, validate=validate.Regexp(r"^[a-z_]+(:[a-z_]+)?\Z")
    )
    page = page()
    size = size()


class ConductReport(Strict):
    """One report. `expert_id` is who said it where it was a reviewer; of an applicant's side no account is kept."""

    stage = stage_key()
    application_id = identifier()
    side = one_of(*SIDES)
    expert_id = optional_text(40)
    marks = fields.Nested(ConductMarks, required=True)
    comment = optional_text(2000)
    said_on = day()


class ConductList(Strict):
    """A page of reports on conduct, in the order of stage and application."""

    reports = fields.List(fields.Nested(ConductReport), required=True)
    page = count(least=1)
    size = count(least=1)
    total = count()


_NO = {
    "employed": False,
    "advised": False,
    "consulted": False,
    "kin": False,
    "shareholding": False,
    "other": False,
}
_ADVISED = {"relation": "advised", "uscc": "91310105MAXY50013E", "since": "2024-03-01"}
SAID = {
    "cycle_id": CYCLE, "stage": "site_review", "application_id": APPLICATION,
    "marks": {"discipline": 5, "fairness": 5, "integrity": 5}, "comment": "按时到场，程序规范",
}  # fmt: skip

OPERATIONS: tuple[Operation, ...] = (
    Operation("review", "declare_interests", "command", Declare, Declaration, (REVIEWER,), "年度利害关系申报",
              "Declare one's interests for a year",
              {"expert_id": "E1", "answers": {**_NO, "advised": True}, "interests": [_ADVISED], "signed_by": "李示例"}),
    Operation("review", "declarations", "query", OneExpert, DeclarationList, (OFFICE, DISCIPLINE, REVIEWER),
              "专家的利害关系申报", "An expert's declarations", {"expert_id": "E1"}),
    Operation("review", "owed_declarations", "query", OwedBy, OwedDeclarationList, (OFFICE, DISCIPLINE), "应申报未申报一览",
              "Who owes a declaration", {"state": "expired"}),
    Operation("review", "rate_reviewers", "command", SayConduct, Done, (APPLICANT,), "评价评审人员守纪情况",
              "An applicant rates its reviewers' conduct", SAID),
    Operation("review", "comment_on_applicant", "command", SayConduct, Done, (REVIEWER,), "评价申报方守纪情况",
              "A reviewer comments on an applicant's conduct", SAID),
    Operation("review", "conduct_reports", "query", ConductOf, ConductList, (DISCIPLINE,), "双向监督反馈",
              "What both sides said of each other's conduct", {"cycle_id": CYCLE, "side": "applicant"}),
)  # fmt: skip
