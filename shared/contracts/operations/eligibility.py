"""What eligibility 资格: findings, notices, objections, honours, bans."""

from __future__ import annotations

from marshmallow import fields, validate

from shared.contracts.base import Strict, count, day, identifier, one_of, optional_text, text
from shared.contracts.dossier import Record, UsccField
from shared.contracts.events import AFTER_AWARD_EVENTS, Order
from shared.contracts.operations.operation import APPLICATION, CYCLE, CycleId, Done, OfCycle, Operation
from shared.contracts.operations.roles import AGENCY, DISCIPLINE, OFFICE, PUBLIC, WATCHERS
from shared.contracts.operations.stages import stage_operations


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
        load_default=None, allow_none=True, validate=validate.Regexp(r"^[0-9]{17}[0-9X]\Z")
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


class StandingQuery(Strict):
    """An organization by its code; `purpose` is one of those agreed with the agency, and is recorded."""

    uscc = UsccField(required=True)
    purpose = text(longest=100)


class NamedInNotice(Strict):
    """A line of a posted notice, with the article under which it was posted."""

    application_id = identifier()
    rulebook = text()
    year = fields.Integer(required=True, strict=True)
    notice = text()
    rule = text()
    first_day = day()
    last_day = day()
    level = optional_text()
    track = optional_text()


class PublicHonour(Strict):
    """An award with the article of its level, and each order that came after with its own."""

    application_id = identifier()
    rulebook = text()
    year = fields.Integer(required=True, strict=True)
    level = text()
    track = text()
    rule = text()
    awarded_on = day()
    revoked_on = day(required=False)
    orders = fields.List(fields.Nested(Order), required=True)


class PublicBan(Strict):
    """Until when nothing is accepted of it, that day included, and under which article."""

    rule = text()
    until = day()


class Standing(Strict):
    """What is public of an organization over all real cycles; empty lists where nothing is, known or not."""

    uscc = UsccField(required=True)
    named = fields.List(fields.Nested(NamedInNotice), required=True)
    honours = fields.List(fields.Nested(PublicHonour), required=True)
    bans = fields.List(fields.Nested(PublicBan), required=True)


class ReportHeard(Strict):
    """A record that an agency reported by itself."""

    record_id = identifier()
    department = text()
    reference = text()
    record = fields.Nested(Record, required=True)
    evidence = text(longest=500)
    reported_on = day()
    digest = text()


class OrganizationState(Standing):
    """An organization's standing with the records that agencies reported, for the office."""

    reported = fields.List(fields.Nested(ReportHeard), required=True)


class OrganizationQuery(Strict):
    """An organization by its code."""

    uscc = UsccField(required=True)


OPERATIONS: tuple[Operation, ...] = (
    Operation("eligibility", "findings", "query", OfCycle, FindingsList, WATCHERS, "资格审查结论", "Findings",
              {"cycle_id": CYCLE}),
    Operation("eligibility", "judge", "command", Judge, ApplicationFindings, (OFFICE,), "认定", "Confirm or reject",
              {"application_id": APPLICATION, "rule": "16.3", "confirmed": True, "reason": "材料属实"}),
    Operation("eligibility", "record_ban", "command", RecordBan, Done, (OFFICE,), "登记限制申报", "Record a ban",
              {"cycle_id": CYCLE, "application_id": APPLICATION, "until": "2027-06-30", "rule": "34"}),
    Operation("eligibility", "notices", "query", CycleId, NoticeList, (PUBLIC,), "公示一览", "A cycle's notices",
              {"cycle_id": CYCLE}),
    Operation("eligibility", "object", "command", RaiseObjection, ObjectionState, (PUBLIC,), "提出异议", "Object",
              {"cycle_id": CYCLE, "notice": "award", "application_id": APPLICATION, "source": "public",
               "by": {"name": "王芳", "id_number": "11010519491231002X"}, "evidence": True}),
    Operation("eligibility", "objections", "query", CycleId, ObjectionList, (OFFICE, DISCIPLINE), "异议一览", "Objections",
              {"cycle_id": CYCLE}),
    Operation("eligibility", "rule_on_objection", "command", RuleOnObjection, ObjectionState, (OFFICE,),
              "异议裁定", "Rule on an objection", {"objection_id": APPLICATION, "ruling": "dismissed"}),
    Operation("eligibility", "report_after_award", "command", ReportAfterAward, HonourState, (OFFICE,),
              "登记获奖后事项", "Report an event after the award",
              {"application_id": APPLICATION, "event": "title_misuse", "on": "2025-11-24"}),
    Operation("eligibility", "honours", "query", CycleId, HonourList, (PUBLIC,), "获奖名册", "The honours of a cycle",
              {"cycle_id": CYCLE}),
    Operation("eligibility", "standing", "query", StandingQuery, Standing, (AGENCY,), "查询组织情况",
              "An organization's standing", {"uscc": "91310105MAXY50013E", "purpose": "subsidy-review"}),
    Operation("eligibility", "organization", "query", OrganizationQuery, OrganizationState, WATCHERS, "组织档案",
              "An organization, with what agencies reported", {"uscc": "91310105MAXY50013E"}),
    *stage_operations("eligibility"),
)  # fmt: skip
