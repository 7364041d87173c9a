"""What the gateway makes from services' answers: sheets, reports, lists, calendars, the audit of all services."""

from __future__ import annotations

from marshmallow import fields

from services.gateway.own.content import Content
from shared.contracts.base import Strict, count, identifier, optional_text, text
from shared.contracts.operations import (
    APPLICANT,
    AUDITOR,
    DISCIPLINE,
    OFFICE,
    PUBLIC,
    REVIEWER,
    WATCHERS,
    AuditState,
    CycleId,
    Done,
    Operation,
)
from shared.contracts.operations.intake.lists import ApplicationList, ContactList, Filter
from shared.contracts.operations.operation import APPLICATION, CYCLE, ApplicationId
from shared.contracts.operations.review.declarations import SAID, SayConduct
from shared.contracts.operations.review.feedback import OF_FEEDBACK_EXAMPLE, OfFeedback
from shared.contracts.operations.review.register import ExpertList, ExpertsFile
from shared.contracts.operations.review.sheets import OfApplication


class AuditOfAll(Strict):
    """What verifying the sealed audit logs of all services found for a cycle."""

    cycle_id = identifier()
    entries = count()
    unsealed = count()
    intact = fields.Boolean(required=True)
    services = fields.List(fields.Nested(AuditState), required=True)


class AuditCheck(Strict):
    """The newest check of a cycle's audit logs by an auditor: when, by whom, and what it found, in each service. Where it broke:
    the first service, and its first word of where.
    """

    cycle_id = identifier()
    checked_at = text(longest=40)
    checked_by = text()
    intact = fields.Boolean(required=True)
    entries = count()
    service = optional_text()
    where = optional_text(500)
    unsealed = count()
    services = fields.List(fields.Nested(AuditState), required=True)


class AuditChecks(Strict):
    """Of each cycle that was ever checked, those that were checked last first."""

    checks = fields.List(fields.Nested(AuditCheck), required=True)


OPERATIONS: tuple[Operation, ...] = (
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
    Operation("gateway", "form_docx", "query", ApplicationId, Content, (APPLICANT,), "申报表（DOCX）",
              "One's own application form as DOCX", {"application_id": APPLICATION}),
    Operation("gateway", "audit", "query", CycleId, AuditOfAll, (OFFICE, DISCIPLINE, AUDITOR), "核验全部审计记录",
              "Verify all audit logs", {"cycle_id": CYCLE}),
    Operation("gateway", "audit_checks", "query", Strict, AuditChecks, (AUDITOR,), "历次核验结果",
              "What the newest check of each cycle's audit logs found", {}),
    Operation("gateway", "applications_xlsx", "query", Filter, ApplicationList, (APPLICANT, *WATCHERS),
              "申报一览（XLSX）", "A cycle's applications as XLSX", {"cycle_id": CYCLE, "status": "in_progress"}),
    Operation("gateway", "applications_csv", "query", Filter, ApplicationList, (APPLICANT, *WATCHERS),
              "申报一览（CSV）", "A cycle's applications as CSV", {"cycle_id": CYCLE, "status": "in_progress"}),
    Operation("gateway", "contacts_xlsx", "query", Filter, ContactList, (OFFICE,), "申报联系表（XLSX）",
              "Whom to ring up about each application, as XLSX", {"cycle_id": CYCLE, "status": "in_progress"}),
    Operation("gateway", "contacts_csv", "query", Filter, ContactList, (OFFICE,), "申报联系表（CSV）",
              "Whom to ring up about each application, as CSV", {"cycle_id": CYCLE, "status": "in_progress"}),
    Operation("gateway", "experts_xlsx", "query", ExpertsFile, ExpertList, (OFFICE, DISCIPLINE), "专家库（XLSX）",
              "The register of experts as XLSX", {"industry": "仪器仪表制造业"}),
    Operation("gateway", "experts_csv", "query", ExpertsFile, ExpertList, (OFFICE, DISCIPLINE), "专家库（CSV）",
              "The register of experts as CSV", {"industry": "仪器仪表制造业"}),
    Operation("gateway", "rate_reviewers", "command", SayConduct, Done, (APPLICANT,), "评价评审人员守纪情况",
              "An applicant rates its reviewers' conduct", SAID),
    Operation("gateway", "appointments_ics", "query", CycleId, Content, (APPLICANT, REVIEWER),
              "我的日程（iCalendar）", "One's own appointments as iCalendar", {"cycle_id": CYCLE}),
)  # fmt: skip
