"""The one table of all routes: which HTTP method and path stand for which operation.

Names in braces are fields of the operation's request; the other fields come in the body of a command and in the query
string of a question. `*.stage` and the like go to the service that owns the stage. Who may ask is said by the operation.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import Literal

from marshmallow import Schema

from services.gateway.calendars import ICALENDAR
from services.gateway.exports import CSV, XLSX
from services.gateway.feedback import DOCX, PDF
from services.gateway.files import BYTES, PICTURE, TEXT, ZIP
from services.gateway.own import OWN
from services.gateway.uploads import PART
from shared.contracts.operations import OPERATIONS, Operation

PREFIX = "/api/v1"
JSON = "application/json"
FORM = "application/x-www-form-urlencoded"
NOTHING = ""  # an answer without a body
SERVICES = ("intake", "eligibility", "review", "committee", "incentives")
OWNER = "*"
_FIELDS = re.compile(r"{([a-z_]+)}")

TAGS = {
    "identity": ("身份与账号", "Identity and accounts"),
    "rulebooks": ("法规", "Rulebooks"),
    "cycles": ("评奖周期", "Cycles"),
    "applications": ("申报", "Applications"),
    "files": ("文件", "Files"),
    "stages": ("阶段", "Stages"),
    "eligibility": ("资格审查与公示", "Eligibility, notices, objections"),
    "review": ("评审", "Review"),
    "experts": ("专家库", "Register of experts"),
    "feedback": ("评审反馈", "Feedback"),
    "committee": ("审定", "Committee"),
    "incentives": ("奖励", "Grants"),
    "audit": ("审计", "Audit"),
    "pool": ("培育库", "Cultivation pool"),
    "agencies": ("部门接口", "For agencies"),
}


@dataclass(frozen=True)
class Route:
    """One way in. `operation` is `service.method`; the service is `*` for a stage's owner, `gateway` for our own.

    `takes` and `gives` are media types. Only an operation of our own may take or give another one than JSON: it reads
    the request's stream itself, and answers with a response of its own.
    """

    verb: Literal["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]
    path: str
    operation: str
    tag: str
    status: int = 200
    takes: str = JSON
    gives: str = JSON
    headers: tuple[tuple[str, str, str, str], ...] = ()  # name, in both languages what it says, an example

    def __post_init__(self) -> None:
        if (self.takes, self.gives) != (JSON, JSON) and not self.operation.startswith("gateway."):
            raise ValueError(
                f"{self.operation}: only the gateway's own operations take or give other than JSON"
            )

    @property
    def in_path(self) -> tuple[str, ...]:
        """The fields of the request that stand in the path."""
        return tuple(_FIELDS.findall(self.path))

    @property
    def in_rest(self) -> tuple[str, ...]:
        """The fields of the request that stand in the body or the query string."""
        return tuple(name for name in _fields_of(spec_of(self).request) if name not in self.in_path)

    @property
    def takes_body(self) -> bool:
        """Whether fields come as JSON."""
        return self.takes == JSON and self.verb in {"POST", "PUT", "PATCH"} and bool(self.in_rest)

    @property
    def rule(self) -> str:
        """The path as Flask writes it."""
        return PREFIX + _FIELDS.sub(r"<\1>", self.path)

    @property
    def name(self) -> str:
        """A name of its own, for logs and for the document."""
        return self.operation.replace("*", "stages").replace(".", "_")


@cache
def _fields_of(request: type[Schema]) -> tuple[str, ...]:
    """The names of a schema's fields; making a schema is too dear to do it with every request."""
    return tuple(request().fields)


def spec_of(route: Route) -> Operation:
    """The operation of a route; for a stage's owner the one of any owner, they are the same."""
    service, _, method = route.operation.partition(".")
    if service == OWNER:
        service = SERVICES[0]
    return OWN[method] if service == "gateway" else OPERATIONS[f"{service}.{method}"]


def roles_of(route: Route) -> tuple[str, ...]:
    """Who may take this way."""
    return spec_of(route).roles


def operations_behind(route: Route) -> tuple[str, ...]:
    """All operations of services that a route may ask."""
    service, _, method = route.operation.partition(".")
    if service == "gateway":
        return tuple(f"{each}.audit" for each in SERVICES) if method == "audit" else _BEHIND.get(method, ())
    return tuple(f"{each}.{method}" for each in SERVICES) if service == OWNER else (route.operation,)


_CYCLE = "/cycles/{cycle_id}"
_APPLICATIONS = ("intake.applications",)
_EXPERTS = ("review.experts",)
_DOSSIER = ("intake.receipt", "intake.files", "intake.application_enquiries")
_ADDING = ("intake.may_add_file", "intake.add_file")
# What operations of the gateway's own ask of services.
_BEHIND = {
    "applications_xlsx": _APPLICATIONS, "applications_csv": _APPLICATIONS, "dossier_zip": _DOSSIER,
    "sheet_xlsx": ("review.my_sheet",),
    "appointments_ics": ("review.my_appointments",),
    "upload_file": _ADDING, "upload_evidence": _ADDING, "begin_upload": _ADDING[:1], "continue_upload": _ADDING[1:],
    "experts_xlsx": _EXPERTS, "experts_csv": _EXPERTS,
    "rate_reviewers": ("intake.application", "review.rate_reviewers"),
    "reviewed_file": ("review.dossier",),
    "my_feedback_docx": ("review.my_feedback",), "my_feedback_pdf": ("review.my_feedback",),
    "feedback_docx": ("review.feedback_report",), "feedback_pdf": ("review.feedback_report",),
    "digest_docx": ("review.digest",), "digest_pdf": ("review.digest",),
    "file_content": ("intake.file",), "file_page": ("intake.file",), "file_text": ("intake.file",),
}  # fmt: skip
_TUS = ("Tus-Resumable", "协议版本", "version of the protocol", "1.0.0")
_OFFSET = ("Upload-Offset", "已收到的字节数", "bytes that were received", "0")
_CREATING = (
    _TUS,
    ("Upload-Length", "文件的字节数", "bytes of the file", "20480"),
    (
        "Upload-Metadata",
        "文件名和材料，Base64",
        "names, in Base64",
        "filename 6K+B5LmmLnBkZg==,material cHJvb2Zz",
    ),
)
_CHECKSUM = (
    "Upload-Checksum", "这一段的 SHA-1 或 SHA-256", "SHA-1 or SHA-256 of this part",
    "sha256 47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=",
)  # fmt: skip
_UPLOAD = "/uploads/{upload_id}"
_FILE = "/applications/{application_id}/files/{file_id}"
_STAGE = _CYCLE + "/stages/{stage}"
_SCORED = _STAGE + "/applications/{application_id}"
_APPLICATION = "/applications/{application_id}"
_MEMBER = "/pool/members/{membership_id}"
_FEEDBACK = _CYCLE + "/feedback/{application_id}"
_MY_FEEDBACK = _CYCLE + "/my-feedback/{application_id}"
_EXPERT = "/experts/{expert_id}"
_REVIEWED = _CYCLE + "/reviews/{application_id}"
_RECUSAL = _STAGE + "/recusals/{application_id}/{expert_id}"

ROUTES: tuple[Route, ...] = (
    Route("POST", "/tokens", "gateway.sign_in", "identity", 201),
    Route("DELETE", "/tokens/current", "gateway.sign_out", "identity"),
    Route("GET", "/me", "gateway.me", "identity"),
    Route("PUT", "/me/password", "gateway.change_password", "identity"),
    Route("GET", "/accounts", "gateway.accounts", "identity"),
    Route("POST", "/accounts", "gateway.create_account", "identity", 201),
    Route("PUT", "/accounts/{account_id}/roles", "gateway.set_roles", "identity"),
    Route("PUT", "/accounts/{account_id}/unit", "gateway.set_unit", "identity"),
    Route("PUT", "/accounts/{account_id}/disabled", "gateway.set_disabled", "identity"),
    Route("POST", "/rehearsals/tokens", "gateway.persona", "identity", 201),
    Route("GET", "/rulebooks", "gateway.rulebooks", "rulebooks"),
    Route("GET", "/rulebooks/{rulebook}", "gateway.rulebook", "rulebooks"),
    Route("GET", "/rulebooks/{rulebook}/form", "gateway.form", "rulebooks"),
    Route("GET", "/rulebooks/{rulebook}/criteria", "gateway.criteria", "rulebooks"),
    Route("GET", "/cycles", "intake.cycles", "cycles"),
    Route("POST", "/cycles", "intake.open_cycle", "cycles", 201),
    Route("GET", _CYCLE, "intake.cycle", "cycles"),
    Route("POST", _CYCLE + "/pool", "intake.join_pool", "cycles"),
    Route("GET", _CYCLE + "/enquiries", "intake.enquiries", "cycles"),
    Route("GET", _CYCLE + "/my-enquiries", "intake.my_enquiries", "cycles"),
    Route("GET", _CYCLE + "/enquiries/{department}/batch", "intake.enquiry_batch", "cycles"),
    Route("POST", _CYCLE + "/enquiries/{department}/batch", "intake.take_batch", "cycles"),
    Route("GET", _CYCLE + "/rechecks", "intake.rechecks", "cycles"),
    Route("GET", "/departments", "intake.departments", "cycles"),
    Route("GET", _CYCLE + "/applications", "intake.applications", "applications"),
    Route("GET", _CYCLE + "/applications.xlsx", "gateway.applications_xlsx", "applications", gives=XLSX),
    Route("GET", _CYCLE + "/applications.csv", "gateway.applications_csv", "applications", gives=CSV),
    Route("POST", _CYCLE + "/applications", "intake.create_application", "applications", 201),
    Route("GET", _CYCLE + "/recommendations", "intake.recommendation_queue", "applications"),
    Route("GET", _CYCLE + "/nominations", "intake.nominations", "applications"),
    Route("POST", _CYCLE + "/nominations", "intake.nominate", "applications", 201),
    Route("GET", "/recommending-bodies", "intake.recommending_bodies", "applications"),
    Route("POST", "/recommending-bodies", "intake.register_recommending_body", "applications", 201),
    Route("PUT", "/recommending-bodies/{body_id}", "intake.set_recommending_body", "applications"),
    Route("GET", _APPLICATION, "intake.application", "applications"),
    Route("PATCH", _APPLICATION, "intake.save_draft", "applications"),
    Route("GET", _APPLICATION + "/draft", "intake.draft", "applications"),
    Route("GET", _APPLICATION + "/check", "intake.check_application", "applications"),
    Route("GET", _APPLICATION + "/people", "intake.people", "applications"),
    Route("PUT", _APPLICATION + "/people/{subject}", "intake.set_person", "applications"),
    Route("POST", _APPLICATION + "/invitations", "intake.invite", "applications", 201),
    Route("POST", "/invitations/acceptance", "intake.join", "applications"),
    Route("PUT", _APPLICATION + "/recommender", "intake.choose_recommender", "applications"),
    Route("GET", _APPLICATION + "/recommendation", "intake.recommendation", "applications"),
    Route("POST", _APPLICATION + "/recommendation", "intake.recommend_application", "applications"),
    Route("POST", _APPLICATION + "/recommendation/decline", "intake.decline_recommendation", "applications"),
    Route("GET", _APPLICATION + "/nominations", "intake.open_nominations", "applications"),
    Route("PUT", _APPLICATION + "/nomination", "intake.take_up_nomination", "applications"),
    Route("POST", _APPLICATION + "/submission", "intake.submit_application", "applications"),
    Route("GET", _APPLICATION + "/files", "intake.files", "files"),
    Route("POST", _APPLICATION + "/files", "gateway.upload_file", "files", 201, takes=BYTES),
    Route("POST", _APPLICATION + "/evidence", "gateway.upload_evidence", "files", 201, takes=BYTES),
    Route("GET", _FILE, "intake.file", "files"),
    Route("DELETE", _FILE, "intake.remove_file", "files"),
    Route("GET", _FILE + "/content", "gateway.file_content", "files", gives=BYTES),
    Route("GET", _FILE + "/pages/{page}", "gateway.file_page", "files", gives=PICTURE),
    Route("GET", _FILE + "/text", "gateway.file_text", "files", gives=TEXT),
    Route("GET", _APPLICATION + "/dossier.zip", "gateway.dossier_zip", "files", gives=ZIP),
    Route("OPTIONS", "/uploads", "gateway.upload_terms", "files", 204, gives=NOTHING),
    Route(
        "POST",
        _APPLICATION + "/uploads",
        "gateway.begin_upload",
        "files",
        201,
        gives=NOTHING,
        headers=_CREATING,
    ),
    Route("HEAD", _UPLOAD, "gateway.upload_state", "files", gives=NOTHING, headers=(_TUS,)),
    Route(
        "PATCH",
        _UPLOAD,
        "gateway.continue_upload",
        "files",
        204,
        takes=PART,
        gives=NOTHING,
        headers=(_TUS, _OFFSET, _CHECKSUM),
    ),
    Route("DELETE", _UPLOAD, "gateway.end_upload", "files", 204, gives=NOTHING, headers=(_TUS,)),
    Route("GET", _APPLICATION + "/receipt", "intake.receipt", "applications"),
    Route("POST", _APPLICATION + "/acceptance", "intake.accept_application", "applications"),
    Route("POST", _APPLICATION + "/return", "intake.return_application", "applications"),
    Route("POST", _APPLICATION + "/withdrawal", "intake.withdraw_application", "applications"),
    Route("GET", _APPLICATION + "/enquiries", "intake.application_enquiries", "applications"),
    Route("POST", _APPLICATION + "/enquiries/{department}", "intake.ask_again", "applications"),
    Route("POST", _APPLICATION + "/enquiries/{department}/answer", "intake.answer_enquiry", "applications"),
    Route("POST", _APPLICATION + "/credit-reports", "intake.attach_credit_report", "applications"),
    Route("POST", _APPLICATION + "/rechecks/{purpose}", "intake.recheck_records", "applications"),
    Route("POST", _APPLICATION + "/rechecks/{purpose}/decision", "intake.decide_records", "applications"),
    Route("POST", _APPLICATION + "/judgements", "eligibility.judge", "eligibility"),
    Route("POST", _APPLICATION + "/events", "eligibility.report_after_award", "eligibility"),
    Route("GET", _STAGE, "*.stage", "stages"),
    Route("POST", _STAGE + "/begin", "*.begin_stage", "stages"),
    Route("POST", _STAGE + "/close", "*.close_stage", "stages"),
    Route("PUT", _STAGE + "/admitted", "review.admit", "stages"),
    Route("POST", _STAGE + "/sheets", "review.submit_sheet", "review"),
    Route("GET", _STAGE + "/sheets", "review.sheet_lines", "review"),
    Route("GET", _STAGE + "/spread", "review.spread", "review"),
    Route("GET", _SCORED + "/my-sheet", "review.my_sheet", "review"),
    Route("PUT", _SCORED + "/my-sheet/items/{item}", "review.save_sheet_item", "review"),
    Route("POST", _SCORED + "/my-sheet/submission", "review.hand_in_sheet", "review"),
    Route("GET", _SCORED + "/my-sheet.xlsx", "gateway.sheet_xlsx", "review", gives=XLSX),
    Route("GET", _SCORED + "/sheets", "review.read_sheets", "review"),
    Route("POST", _SCORED + "/sheets/{expert_id}/return", "review.return_sheet", "review"),
    Route("GET", _SCORED + "/score", "review.explained_score", "review"),
    Route("GET", _SCORED + "/consensus", "review.consensus", "review"),
    Route("POST", _SCORED + "/consensus", "review.open_consensus", "review"),
    Route("PUT", _SCORED + "/consensus/items/{item}", "review.agree_on_item", "review"),
    Route("POST", _SCORED + "/consensus/closing", "review.close_consensus", "review"),
    Route("GET", _CYCLE + "/calibration", "review.calibration", "review"),
    Route("PUT", _STAGE + "/social-votes", "review.record_social_votes", "review"),
    Route("GET", _STAGE + "/voting", "review.voting", "review"),
    Route("PUT", _STAGE + "/voting", "review.hold_vote", "review"),
    Route("GET", _STAGE + "/voting/results", "review.vote_results", "review"),
    Route("GET", _STAGE + "/voting/patterns", "review.vote_patterns", "review"),
    Route("GET", "/ballots", "review.counted", "review"),
    Route("GET", _CYCLE + "/findings", "eligibility.findings", "eligibility"),
    Route("POST", _CYCLE + "/bans", "eligibility.record_ban", "eligibility"),
    Route("GET", _CYCLE + "/notices", "eligibility.notices", "eligibility"),
    Route("POST", _CYCLE + "/notices/{notice}/objections", "eligibility.object", "eligibility", 201),
    Route("GET", _CYCLE + "/objections", "eligibility.objections", "eligibility"),
    Route("POST", "/objections/{objection_id}/ruling", "eligibility.rule_on_objection", "eligibility"),
    Route("GET", _CYCLE + "/honours", "eligibility.honours", "eligibility"),
    Route("POST", _CYCLE + "/experts", "review.register_experts", "review"),
    Route("GET", _CYCLE + "/panels", "review.panels", "review"),
    Route("GET", _CYCLE + "/my-assignments", "review.my_assignments", "review"),
    Route("GET", _CYCLE + "/draws", "review.draws", "review"),
    Route("POST", _STAGE + "/draws", "review.draw_panel", "review", 201),
    Route("POST", _STAGE + "/draws/{number}/witness", "review.witness_draw", "review"),
    Route("GET", _STAGE + "/draws/{number}/record", "review.draw_record", "review"),
    Route("GET", _STAGE + "/panel", "review.inspect_panel", "review"),
    Route("PATCH", _STAGE + "/panel", "review.change_panel", "review"),
    Route("POST", _STAGE + "/panel/release", "review.release_panel", "review"),
    Route("POST", _STAGE + "/panel/replacements", "review.replace_reviewer", "review"),
    Route("POST", _STAGE + "/panel/vacancies", "review.fill_panel", "review"),
    Route("PUT", _STAGE + "/panel/leader", "review.name_leader", "review"),
    Route("POST", _STAGE + "/my-answer", "review.answer_assignments", "review"),
    Route("GET", _STAGE + "/my-panel", "review.led_panel", "review"),
    Route("GET", _CYCLE + "/panel-progress", "review.panel_progress", "review"),
    Route("GET", _CYCLE + "/panel-history", "review.panel_history", "review"),
    Route("GET", _CYCLE + "/scores", "review.scores", "review"),
    Route("GET", _STAGE + "/defence", "review.defence", "review"),
    Route("PUT", _STAGE + "/defence", "review.plan_defence", "review"),
    Route("POST", _STAGE + "/defence/moves", "review.move_defence", "review"),
    Route("POST", _STAGE + "/defence/release", "review.release_defence", "review"),
    Route("POST", _STAGE + "/defence/{application_id}/postponement", "review.postpone_defence", "review"),
    Route("POST", _STAGE + "/defence/{application_id}/attendance", "review.record_attendance", "review"),
    Route("PUT", _STAGE + "/defence/{application_id}/speakers", "review.name_speakers", "review"),
    Route("GET", _CYCLE + "/my-defence", "review.my_defence", "review"),
    Route("GET", _CYCLE + "/my-appointments", "review.my_appointments", "review"),
    Route("GET", _CYCLE + "/my-appointments.ics", "gateway.appointments_ics", "review", gives=ICALENDAR),
    Route("GET", _STAGE + "/visits", "review.visits", "review"),
    Route("PUT", _STAGE + "/visits", "review.plan_visits", "review"),
    Route("POST", _STAGE + "/visits/release", "review.release_visits", "review"),
    Route("POST", _STAGE + "/visits/{application_id}/move", "review.move_visit", "review"),
    Route("POST", _STAGE + "/visits/{application_id}/postponement", "review.postpone_visit", "review"),
    Route("POST", _STAGE + "/visits/{application_id}/issues", "review.raise_issue", "review", 201),
    Route("POST", _STAGE + "/visits/{application_id}/findings", "review.verify_issue", "review"),
    Route("POST", _STAGE + "/visits/{application_id}/close", "review.close_visit", "review"),
    Route("PUT", _STAGE + "/visits/{application_id}/joint-score", "review.record_joint_score", "review"),
    Route("GET", _CYCLE + "/my-visits", "review.my_visits", "review"),
    Route("GET", _STAGE + "/ranking", "review.ranking", "review"),
    Route("GET", _CYCLE + "/deviations", "review.deviations", "review"),
    Route("GET", _STAGE + "/reports", "review.stage_reports", "review"),
    Route("PUT", _STAGE + "/reports/{application_id}", "review.record_stage_report", "review"),
    Route("GET", _STAGE + "/evaluation", "review.evaluation", "review"),
    Route("GET", _CYCLE + "/my-statements", "review.awaiting_statement", "review"),
    Route("GET", _REVIEWED + "/dossier", "review.dossier", "review"),
    Route("GET", _REVIEWED + "/files/{file_id}/content", "gateway.reviewed_file", "files", gives=BYTES),
    Route("POST", _REVIEWED + "/statement", "review.state_interests", "review"),
    Route("GET", _CYCLE + "/conflicts", "review.conflicts", "review"),
    Route("POST", _CYCLE + "/conflicts/lifting", "review.lift_conflict", "review"),
    Route("GET", _CYCLE + "/recusals", "review.recusals", "review"),
    Route("POST", _RECUSAL + "/confirmation", "review.confirm_recusal", "review"),
    Route("POST", _RECUSAL + "/release", "review.release_hold", "review"),
    Route("POST", _CYCLE + "/feedback", "review.prepare_feedback", "feedback"),
    Route("GET", _CYCLE + "/feedback", "review.feedback_reports", "feedback"),
    Route("POST", _CYCLE + "/feedback/release", "review.release_feedback", "feedback"),
    Route("GET", _FEEDBACK, "review.feedback_report", "feedback"),
    Route("PUT", _FEEDBACK, "review.edit_feedback", "feedback"),
    Route("POST", _FEEDBACK + "/correction", "review.correct_feedback", "feedback"),
    Route("GET", _FEEDBACK + "/report.docx", "gateway.feedback_docx", "feedback", gives=DOCX),
    Route("GET", _FEEDBACK + "/report.pdf", "gateway.feedback_pdf", "feedback", gives=PDF),
    Route("GET", _CYCLE + "/my-feedback", "review.my_feedback_reports", "feedback"),
    Route("GET", _MY_FEEDBACK, "review.my_feedback", "feedback"),
    Route("POST", _MY_FEEDBACK + "/answer", "review.answer_feedback", "feedback", 201),
    Route("GET", _MY_FEEDBACK + "/report.docx", "gateway.my_feedback_docx", "feedback", gives=DOCX),
    Route("GET", _MY_FEEDBACK + "/report.pdf", "gateway.my_feedback_pdf", "feedback", gives=PDF),
    Route("GET", _CYCLE + "/digest/preview", "review.preview_digest", "feedback"),
    Route("GET", _CYCLE + "/digest", "review.digest", "feedback"),
    Route("POST", _CYCLE + "/digest", "review.publish_digest", "feedback", 201),
    Route("GET", _CYCLE + "/digest.docx", "gateway.digest_docx", "feedback", gives=DOCX),
    Route("GET", _CYCLE + "/digest.pdf", "gateway.digest_pdf", "feedback", gives=PDF),
    Route("PUT", _CYCLE + "/committee", "committee.convene", "committee"),
    Route("PUT", _CYCLE + "/proposal", "committee.propose", "committee"),
    Route("GET", _CYCLE + "/proposal", "committee.proposal", "committee"),
    Route("GET", _CYCLE + "/ballot", "committee.round", "committee"),
    Route("POST", _CYCLE + "/ballot/votes", "committee.cast_ballot", "committee"),
    Route("POST", _CYCLE + "/ballot/close", "committee.close_round", "committee"),
    Route("GET", _CYCLE + "/votes", "committee.votes", "committee"),
    Route("GET", _CYCLE + "/grants", "incentives.grants", "incentives"),
    Route("POST", _CYCLE + "/grants/paid-before", "incentives.record_paid", "incentives"),
    Route("GET", _CYCLE + "/audit", "gateway.audit", "audit"),
    Route("GET", _CYCLE + "/pool/members", "intake.pool_members", "pool"),
    Route("GET", _CYCLE + "/pool/requests", "intake.pool_requests", "pool"),
    Route("POST", _CYCLE + "/pool/requests", "intake.ask_for_pool", "pool", 201),
    Route("GET", _CYCLE + "/pool/advisers", "intake.pool_advisers", "pool"),
    Route("POST", _CYCLE + "/pool/advisers", "intake.register_adviser", "pool", 201),
    Route("POST", "/pool/requests/{request_id}/decision", "intake.decide_pool_request", "pool"),
    Route("PUT", _MEMBER + "/account", "intake.entrust_pool_member", "pool"),
    Route("PUT", _MEMBER + "/reviews/{year}", "intake.review_pool_member", "pool"),
    Route("POST", _MEMBER + "/leaving", "intake.leave_pool", "pool"),
    Route("POST", _MEMBER + "/projects", "intake.ask_for_pool_project", "pool", 201),
    Route("POST", "/pool/projects/{project_id}/decision", "intake.decide_pool_project", "pool"),
    Route("GET", "/organizations/{uscc}", "eligibility.organization", "eligibility"),
    Route("GET", "/reported-records", "intake.reported_records", "eligibility"),
    Route("GET", "/experts", "review.experts", "experts"),
    Route("POST", "/experts", "review.enter_expert", "experts", 201),
    Route("GET", "/experts.xlsx", "gateway.experts_xlsx", "experts", gives=XLSX),
    Route("GET", "/experts.csv", "gateway.experts_csv", "experts", gives=CSV),
    Route("POST", "/experts/batch", "review.import_experts", "experts"),
    Route("GET", _EXPERT, "review.expert", "experts"),
    Route("PUT", _EXPERT, "review.change_expert", "experts"),
    Route("POST", _EXPERT + "/retirement", "review.retire_expert", "experts"),
    Route("POST", _EXPERT + "/reinstatement", "review.reinstate_expert", "experts"),
    Route("POST", _EXPERT + "/proposals", "review.propose_change", "experts", 201),
    Route("GET", _EXPERT + "/declarations", "review.declarations", "experts"),
    Route("POST", _EXPERT + "/declarations", "review.declare_interests", "experts", 201),
    Route("POST", _EXPERT + "/absences", "review.add_absence", "experts", 201),
    Route("DELETE", _EXPERT + "/absences/{absence_id}", "review.remove_absence", "experts"),
    Route("GET", _EXPERT + "/service", "review.service_history", "experts"),
    Route("GET", "/expert-proposals", "review.proposals", "experts"),
    Route("POST", "/expert-proposals/{proposal_id}/decision", "review.decide_proposal", "experts"),
    Route("GET", "/owed-declarations", "review.owed_declarations", "experts"),
    Route("POST", _CYCLE + "/experts/from-register", "review.enter_pool", "experts"),
    Route("POST", _STAGE + "/conduct/reviewers", "gateway.rate_reviewers", "experts", 201),
    Route("POST", _STAGE + "/conduct/applicants", "review.comment_on_applicant", "experts", 201),
    Route("GET", _CYCLE + "/conduct", "review.conduct_reports", "experts"),
    Route("POST", "/oauth/token", "gateway.agency_token", "agencies", takes=FORM),
    Route("GET", "/agencies/standing/{uscc}", "eligibility.standing", "agencies"),
    Route("POST", "/agencies/records", "intake.report_record", "agencies", 201),
    Route("GET", "/agencies/clients", "gateway.agency_clients", "agencies"),
    Route("POST", "/agencies/clients", "gateway.register_agency", "agencies", 201),
    Route("PUT", "/agencies/clients/{client_id}", "gateway.change_agency", "agencies"),
    Route("POST", "/agencies/clients/{client_id}/secrets", "gateway.rotate_agency_secret", "agencies", 201),
    Route("PUT", "/agencies/clients/{client_id}/disabled", "gateway.set_agency_disabled", "agencies"),
)
