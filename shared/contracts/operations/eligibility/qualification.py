"""Findings of the conditions, judgements, bans that earlier cycles left."""

from __future__ import annotations

from marshmallow import fields

from shared.contracts.base import Strict, day, identifier, one_of, optional_text, text
from shared.contracts.operations.findings import ExplainedFinding
from shared.contracts.operations.operation import (
    APPLICATION,
    CYCLE,
    ApplicationId,
    Done,
    OfCycle,
    Operation,
)
from shared.contracts.operations.roles import APPLICANT, OFFICE, WATCHERS


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


class OwnFindings(Strict):
    """What the qualification found of one's own application and came to, once that is public; until then there is none."""

    application_id = identifier()
    cycle_id = identifier()
    rulebook = text()
    verdict = one_of("qualified", "ineligible", "awaiting_records")
    findings = fields.List(fields.Nested(ExplainedFinding), required=True)


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


OPERATIONS: tuple[Operation, ...] = (
    Operation("eligibility", "findings", "query", OfCycle, FindingsList, WATCHERS, "资格审查结论", "Findings",
              {"cycle_id": CYCLE}),
    Operation("eligibility", "my_findings", "query", ApplicationId, OwnFindings, (APPLICANT,), "我的资格审查结论",
              "The findings on one's own application, once public", {"application_id": APPLICATION}),
    Operation("eligibility", "judge", "command", Judge, ApplicationFindings, (OFFICE,), "认定", "Confirm or reject",
              {"application_id": APPLICATION, "rule": "16.3", "confirmed": True, "reason": "材料属实"}),
    Operation("eligibility", "record_ban", "command", RecordBan, Done, (OFFICE,), "登记限制申报", "Record a ban",
              {"cycle_id": CYCLE, "application_id": APPLICATION, "until": "2027-06-30", "rule": "34"}),
)  # fmt: skip
