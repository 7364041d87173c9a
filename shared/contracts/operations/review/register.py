"""专家库: the standing register of experts, changed by the office one by one or by a sheet, and by experts as proposals."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from marshmallow import ValidationError, fields, validate, validates_schema

from shared.contracts.base import Strict, Told, count, day, identifier, one_of, optional_text, text
from shared.contracts.dossier import UsccField
from shared.contracts.operations.operation import CYCLE, Done, Operation
from shared.contracts.operations.pages import page, size
from shared.contracts.operations.roles import AUDITOR, DISCIPLINE, OFFICE, REVIEWER
from shared.documents.text import REPLACED, clean

STATES = ("active", "retired")
DECLARED = ("in_force", "expired", "missing")
PROPOSAL_STATES = ("open", "confirmed", "refused")
LINE_OUTCOMES = ("entered", "changed", "unchanged", "changed_meanwhile", "malformed")
POOL_OUTCOMES = ("entered", "updated", "unchanged", "unknown", "retired", "no_declaration")
SORTED_BY = ("expert_id", "name", "state", "entered_on", "declared_until")
TAGS = (
    "expertise",
    "industries",
    "qualifications",
    "languages",
)  # lists of words by which experts are picked
MOST_TAGS, MOST_EMPLOYMENTS = 40, 40
_LARGEST_FILE = 900_000  # characters of base64: the gateway takes bodies of one mebibyte
_FORMULA = ("=", "+", "-", "@", "＝", "＋", "－", "＠")
_EXAMPLE_ENTRY = {
    "name": "李示例", "title": "高级工程师", "industry_expert": True, "may_lead": False, "expertise": ["卓越绩效"],
    "industries": ["仪器仪表制造业"], "qualifications": ["注册质量审核员"], "languages": ["zh"],
    "employments": [{"uscc": "91310105MAXY50013E", "name": "示例精密仪器有限公司", "since": "2019-03-01", "until": None}],
    "contact": {"phone": "021-5555 0100", "email": "li@example.cn", "address": None},
}  # fmt: skip
_PROPOSAL = "0199a1b2c3d97e5f8a9b0c1d2e3f4a60"
_ABSENCE = "0199a1b2c3da7e5f8a9b0c1d2e3f4a61"


def _plain(value: str) -> None:
    """Text of one line that a person wrote: nothing invisible, nothing that a spreadsheet takes for a formula."""
    if not value.strip() or value != value.strip():
        raise ValidationError(
            [Told("首尾不得有空白，也不得为空", "neither blank nor with blanks at its ends")]
        )
    if "\n" in value or "\r" in value or "\t" in value or REPLACED in clean(value):
        raise ValidationError([Told("含有换行或不可见字符", "holds line ends or invisible characters")])
    if value.startswith(_FORMULA):
        raise ValidationError([Told("不得以公式符号开头", "begins like a formula")])
    if any(mark in value for mark in ";；|｜"):
        raise ValidationError([Told("不得含有 ; ； | ｜", "holds one of ; ； | ｜")])


def plain(longest: int) -> fields.String:
    """One line of text that is there."""
    return fields.String(required=True, validate=validate.And(validate.Length(1, longest), _plain))


def optional_plain(longest: int) -> fields.String:
    """One line of text, or null."""
    checks = validate.And(validate.Length(1, longest), _plain)
    return fields.String(load_default=None, allow_none=True, validate=checks)


def yes_or_no(*, required: bool = True) -> fields.Boolean:
    """true or false and nothing that is like it."""
    return fields.Boolean(required=required, truthy={True}, falsy={False})


def expert_id() -> fields.String:
    """An expert's id: the subject of its account."""
    return fields.String(required=True, validate=validate.Regexp(r"^[A-Za-z0-9-]{1,40}\Z"))


def _tags(longest: int = 60, *, required: bool = True) -> fields.List[str]:
    word = fields.String(validate=validate.And(validate.Length(1, longest), _plain))
    return fields.List(word, required=required, validate=validate.Length(max=MOST_TAGS))


def _languages(*, required: bool = True) -> fields.List[str]:
    code = fields.String(validate=validate.Regexp(r"^[a-z]{2,3}\Z"))  # ISO 639
    return fields.List(code, required=required, validate=validate.Length(max=MOST_TAGS))


def in_order(data: Mapping[str, Any]) -> None:
    """Refuse an end before its beginning."""
    since, until = data.get("since"), data.get("until")
    if since is not None and until is not None and until < since:
        raise ValidationError({"until": [Told("早于开始日期", "lies before the beginning")]})


class InWorld(Strict):
    """`cycle_id` names a rehearsal whose own register is meant; without it, it is the register of real cycles."""

    cycle_id = identifier(required=False)


class OneExpert(InWorld):
    """Names an expert of the register."""

    expert_id = expert_id()


class ExpertEmployer(Strict):
    """One employer over time; `until` is null while it lasts, both days count."""

    uscc = UsccField(required=True)
    name = optional_plain(200)
    since = day(required=False)
    until = day(required=False)

    @validates_schema
    def _in_order(self, data: Mapping[str, Any], **_: Any) -> None:
        in_order(data)


class ExpertContact(Strict):
    """How an expert is reached; kept encrypted, told to the office and to the expert itself."""

    phone = fields.String(
        load_default=None, allow_none=True, validate=validate.Regexp(r"^\+?[0-9][0-9 ()-]{2,38}\Z")
    )
    email = fields.String(
        load_default=None,
        allow_none=True,
        validate=validate.Regexp(r"^[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9.-]{3,120}\Z"),
    )
    address = optional_plain(200)


class ExpertEntry(Strict):
    """All that the register says of an expert; each field is given, so that none is emptied by leaving it out."""

    name = plain(100)
    title = fields.String(
        required=True, allow_none=True, validate=validate.And(validate.Length(1, 100), _plain)
    )
    industry_expert = yes_or_no()
    may_lead = yes_or_no()
    expertise = _tags()
    industries = _tags()
    qualifications = _tags(100)
    languages = _languages()
    employments = fields.List(
        fields.Nested(ExpertEmployer), required=True, validate=validate.Length(max=MOST_EMPLOYMENTS)
    )
    contact = fields.Nested(ExpertContact, required=True, allow_none=True)


class EnterExpert(ExpertEntry, OneExpert):
    """The office enters an expert; `expert_id` is the subject of the account that the expert will have, and never changes."""


class ChangeExpert(ExpertEntry, OneExpert):
    """The whole entry anew, as changed from the `revision` that was read."""

    revision = count(least=1)


class ExpertAbsence(Strict):
    """A time in which an expert serves on no panel; both days count."""

    absence_id = identifier()
    since = day()
    until = day()
    entered_by = text()


class ExpertState(Strict):
    """An expert's entry. `name` is null for whoever may not know it, `contact` and `absences` for all but office and expert.

    `declared` says how its yearly declaration of interests stands, `declared_until` until when it is in force.
    """

    expert_id = expert_id()
    revision = count(least=1)
    state = one_of(*STATES)
    state_reason = optional_text(500)
    name = optional_text(100)
    title = optional_text(100)
    industry_expert = yes_or_no()
    may_lead = yes_or_no()
    expertise = fields.List(fields.String(), required=True)
    industries = fields.List(fields.String(), required=True)
    qualifications = fields.List(fields.String(), required=True)
    languages = fields.List(fields.String(), required=True)
    employments = fields.List(fields.Nested(ExpertEmployer), required=True)
    contact = fields.Nested(ExpertContact, load_default=None, allow_none=True)
    absences = fields.List(fields.Nested(ExpertAbsence), load_default=None, allow_none=True)
    entered_on = day()
    declared = one_of(*DECLARED)
    declared_until = day(required=False)


class PickExperts(InWorld):
    """Which experts: each field that is given narrows it. `q` is looked for in name and id, `uscc` among all employers."""

    q = fields.String(load_default=None, allow_none=True, validate=validate.Length(min=1, max=100))
    state = one_of(*STATES, required=False)
    expertise = optional_text(60)
    industry = optional_text(60)
    qualification = optional_text(100)
    language = optional_text(3)
    uscc = UsccField(load_default=None, allow_none=True)
    industry_expert = one_of("yes", "no", required=False)
    may_lead = one_of("yes", "no", required=False)
    declared = one_of(*DECLARED, required=False)


class ExpertsFile(PickExperts):
    """The register as a file; contacts stand in it only where asked for."""

    contacts = one_of("yes", required=False)


class ListExperts(ExpertsFile):
    """A page of the register. `after` instead of `page` and `sort` walks through all of it: begin with `start`, go on with
    the `next` of the answer until it is null.
    """

    sort = fields.String(
        load_default=None,
        allow_none=True,
        validate=validate.OneOf([sign + name for name in SORTED_BY for sign in ("", "-")]),
    )
    page = page()
    size = size()
    after = fields.String(
        load_default=None, allow_none=True, validate=validate.Regexp(r"^(start|after:[A-Za-z0-9-]{1,40})\Z")
    )

    @validates_schema
    def _one_way(self, data: Mapping[str, Any], **_: Any) -> None:
        if data["after"] is None:
            return
        told = Told("与 after 不能同时给出", "not to be given together with `after`")
        if data["page"] != 1:
            raise ValidationError({"page": [told]})
        if data["sort"] is not None:
            raise ValidationError({"sort": [told]})


class ExpertList(Strict):
    """A page of experts; `total` and `counts`, by state, are of all that the filter lets through."""

    experts = fields.List(fields.Nested(ExpertState), required=True)
    page = count(least=1)
    size = count(least=1)
    total = count()
    counts = fields.Dict(keys=fields.String(), values=count(), required=True)
    next = optional_text(64)


class MoveExpert(OneExpert):
    """An expert is retired, or taken back, from a `revision` that was read; the reason is kept."""

    revision = count(least=1)
    reason = text(longest=500, shortest=2)


class ImportExperts(InWorld):
    """The register as a sheet, XLSX or CSV, base64; with `check_only` nothing is changed and the same is reported."""

    file_name = text()
    content = fields.String(required=True, validate=validate.Length(min=1, max=_LARGEST_FILE))
    check_only = yes_or_no()


class ExpertImportLine(Strict):
    """What became of one line; `line` counts as a spreadsheet does."""

    line = count(least=2)
    expert_id = fields.String(required=True)
    outcome = one_of(*LINE_OUTCOMES)
    field = optional_text()
    reason_zh = optional_text(500)
    reason_en = optional_text(500)


class ExpertImportReport(Strict):
    """What became of each line of a sheet."""

    sha256 = text()
    counts = fields.Dict(keys=fields.String(), values=count(), required=True)
    lines = fields.List(fields.Nested(ExpertImportLine), required=True)


class ExpertChanges(Strict):
    """What an expert would have changed in its entry; what is not given stays. The office alone says who leads or counts as
    of the industry.
    """

    name = fields.String(validate=validate.And(validate.Length(1, 100), _plain))
    title = fields.String(allow_none=True, validate=validate.And(validate.Length(1, 100), _plain))
    expertise = _tags(required=False)
    industries = _tags(required=False)
    qualifications = _tags(100, required=False)
    languages = _languages(required=False)
    employments = fields.List(fields.Nested(ExpertEmployer), validate=validate.Length(max=MOST_EMPLOYMENTS))
    contact = fields.Nested(ExpertContact, allow_none=True)

    @validates_schema
    def _something(self, data: Mapping[str, Any], **_: Any) -> None:
        if not data:
            raise ValidationError([Told("没有要更改的内容", "nothing to change")])


class ProposeChange(OneExpert):
    """An expert asks for a change of its own entry. Employers count for conflicts of interest from this moment."""

    revision = count(least=1)
    changes = fields.Nested(ExpertChanges, required=True)
    note = optional_text(500)


class ProposalState(Strict):
    """A proposal beside what stands in the register now."""

    proposal_id = identifier()
    expert_id = expert_id()
    state = one_of(*PROPOSAL_STATES)
    based_on = count(least=1)
    revision = count(least=1)
    changes = fields.Nested(ExpertChanges, required=True)
    now = fields.Nested(ExpertChanges, required=True)
    note = optional_text(500)
    proposed_at = text()
    decided_at = optional_text()
    decided_by = optional_text()
    reason = optional_text(500)


class ProposalsOf(InWorld):
    """Proposals of one state, or all; an expert gets its own."""

    state = one_of(*PROPOSAL_STATES, required=False)
    page = page()
    size = size()


class ProposalList(Strict):
    """A page of proposals, the oldest first."""

    proposals = fields.List(fields.Nested(ProposalState), required=True)
    page = count(least=1)
    size = count(least=1)
    total = count()


class DecideProposal(InWorld):
    """The office confirms a proposal, or refuses it with a reason; `revision` is the entry's that the office looked at."""

    proposal_id = identifier()
    revision = count(least=1)
    confirmed = yes_or_no()
    reason = optional_text(500)


class AddAbsence(OneExpert):
    """A time in which the expert cannot serve; both days count."""

    since = day()
    until = day()

    @validates_schema
    def _in_order(self, data: Mapping[str, Any], **_: Any) -> None:
        in_order(data)


class OneAbsence(OneExpert):
    """Names an absence."""

    absence_id = identifier()


class ServiceLine(Strict):
    """What an expert did in one stage of one cycle, counted from panels and sheets. `recused` counts the applications of its
    panel's category that it was kept from.
    """

    cycle_id = identifier()
    year = count()
    stage = text()
    category = optional_text()
    seated = yes_or_no()
    assigned = count()
    submitted = count()
    declined = count()
    replaced = count()
    recused = count()


class ServiceHistory(Strict):
    """An expert's service, the newest cycle first."""

    expert_id = expert_id()
    served = fields.List(fields.Nested(ServiceLine), required=True)


class PickForPool(Strict):
    """Which experts of the register enter a pool."""

    expertise = optional_text(60)
    industry = optional_text(60)
    qualification = optional_text(100)
    language = optional_text(3)
    industry_expert = one_of("yes", "no", required=False)
    may_lead = one_of("yes", "no", required=False)


class EnterPool(Strict):
    """Experts of the register enter a cycle's pool: those named, or all active ones that a filter picks."""

    cycle_id = identifier()
    expert_ids = fields.List(
        expert_id(), load_default=None, allow_none=True, validate=validate.Length(min=1, max=2000)
    )
    picked = fields.Nested(PickForPool, load_default=None, allow_none=True)

    @validates_schema
    def _one_of_both(self, data: Mapping[str, Any], **_: Any) -> None:
        if (data["expert_ids"] is None) == (data["picked"] is None):
            told = Told("须给出 expert_ids 或 picked 之一", "give either expert_ids or picked")
            raise ValidationError({"expert_ids": [told]})


class EnteredExpert(Strict):
    """What became of one expert."""

    expert_id = expert_id()
    outcome = one_of(*POOL_OUTCOMES)
    reason_zh = text(longest=500)
    reason_en = text(longest=500)


class EnteredExperts(Strict):
    """Who is in the pool now, and who is not and why."""

    counts = fields.Dict(keys=fields.String(), values=count(), required=True)
    lines = fields.List(fields.Nested(EnteredExpert), required=True)


_SEEN_BY = (OFFICE, DISCIPLINE, AUDITOR, REVIEWER)

OPERATIONS: tuple[Operation, ...] = (
    Operation("review", "experts", "query", ListExperts, ExpertList, _SEEN_BY, "专家库一览",
              "The register of experts; an expert sees its own entry", {"industry": "仪器仪表制造业", "sort": "name"}),
    Operation("review", "expert", "query", OneExpert, ExpertState, _SEEN_BY, "专家信息", "One expert's entry",
              {"expert_id": "E1"}),
    Operation("review", "enter_expert", "command", EnterExpert, ExpertState, (OFFICE,), "专家入库", "Enter an expert",
              {"expert_id": "E1", **_EXAMPLE_ENTRY}),
    Operation("review", "change_expert", "command", ChangeExpert, ExpertState, (OFFICE,), "更改专家信息",
              "Change an expert's entry", {"expert_id": "E1", "revision": 1, **_EXAMPLE_ENTRY}),
    Operation("review", "retire_expert", "command", MoveExpert, ExpertState, (OFFICE,), "专家出库", "Retire an expert",
              {"expert_id": "E1", "revision": 1, "reason": "本人申请退出"}),
    Operation("review", "reinstate_expert", "command", MoveExpert, ExpertState, (OFFICE,), "恢复专家资格",
              "Reinstate an expert", {"expert_id": "E1", "revision": 2, "reason": "本人申请恢复"}),
    Operation("review", "import_experts", "command", ImportExperts, ExpertImportReport, (OFFICE,), "导入专家库",
              "Read the register from a sheet",
              {"file_name": "experts.csv", "content": "5LiT5a6257yW5Y+3", "check_only": True}),
    Operation("review", "propose_change", "command", ProposeChange, ProposalState, (REVIEWER,), "申请更改本人信息",
              "Ask for a change of one's own entry",
              {"expert_id": "E1", "revision": 1, "changes": {"employments": _EXAMPLE_ENTRY["employments"]}}),
    Operation("review", "proposals", "query", ProposalsOf, ProposalList, (OFFICE, DISCIPLINE, REVIEWER), "更改申请一览",
              "Changes that experts asked for", {"state": "open"}),
    Operation("review", "decide_proposal", "command", DecideProposal, ProposalState, (OFFICE,), "确认更改申请",
              "Decide on a change that an expert asked for",
              {"proposal_id": _PROPOSAL, "revision": 1, "confirmed": True}),
    Operation("review", "add_absence", "command", AddAbsence, ExpertState, (OFFICE, REVIEWER), "登记不能参加的时间",
              "Enter a time of absence", {"expert_id": "E1", "since": "2025-07-01", "until": "2025-07-10"}),
    Operation("review", "remove_absence", "command", OneAbsence, Done, (OFFICE, REVIEWER), "取消不能参加的时间",
              "Take a time of absence back", {"expert_id": "E1", "absence_id": _ABSENCE}),
    Operation("review", "service_history", "query", OneExpert, ServiceHistory, _SEEN_BY, "专家履职记录",
              "An expert's service", {"expert_id": "E1"}),
    Operation("review", "enter_pool", "command", EnterPool, EnteredExperts, (OFFICE,), "从专家库选入本周期",
              "Take experts of the register into a cycle's pool",
              {"cycle_id": CYCLE, "picked": {"industry": "仪器仪表制造业"}}),
)  # fmt: skip
