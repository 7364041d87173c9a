"""Ways to intake: cycles, applications, the departments' records, the pool."""

from __future__ import annotations

from services.gateway.exports import CSV, XLSX
from services.gateway.feedback import DOCX
from services.gateway.routes.paths import APPLICATION, CYCLE, MEMBER
from services.gateway.routes.route import Route

_CONTACTS = ("intake.contacts",)

ROUTES: tuple[Route, ...] = (
    Route("GET", "/cycles", "intake.cycles", "cycles"),
    Route("POST", "/cycles", "intake.open_cycle", "cycles", 201),
    Route("GET", CYCLE, "intake.cycle", "cycles"),
    Route("GET", CYCLE + "/numbers", "intake.stage_numbers", "cycles"),
    Route("POST", CYCLE + "/pool", "intake.join_pool", "cycles"),
    Route("GET", CYCLE + "/enquiries", "intake.enquiries", "cycles"),
    Route("GET", CYCLE + "/my-enquiries", "intake.my_enquiries", "cycles"),
    Route("GET", "/my-enquiries", "intake.to_answer", "cycles"),
    Route("GET", CYCLE + "/enquiries/{department}/batch", "intake.enquiry_batch", "cycles"),
    Route("POST", CYCLE + "/enquiries/{department}/batch", "intake.take_batch", "cycles"),
    Route("GET", CYCLE + "/rechecks", "intake.rechecks", "cycles"),
    Route("GET", "/departments", "intake.departments", "cycles"),
    Route("GET", CYCLE + "/applications", "intake.applications", "applications"),
    Route(
        "GET",
        CYCLE + "/applications.xlsx",
        "gateway.applications_xlsx",
        "applications",
        gives=XLSX,
        behind=("intake.applications",),
    ),
    Route(
        "GET",
        CYCLE + "/applications.csv",
        "gateway.applications_csv",
        "applications",
        gives=CSV,
        behind=("intake.applications",),
    ),
    Route(
        "GET", CYCLE + "/contacts.xlsx", "gateway.contacts_xlsx", "applications", gives=XLSX, behind=_CONTACTS
    ),
    Route(
        "GET", CYCLE + "/contacts.csv", "gateway.contacts_csv", "applications", gives=CSV, behind=_CONTACTS
    ),
    Route("POST", CYCLE + "/applications", "intake.create_application", "applications", 201),
    Route("GET", CYCLE + "/recommendations", "intake.recommendation_queue", "applications"),
    Route("GET", CYCLE + "/nominations", "intake.nominations", "applications"),
    Route("POST", CYCLE + "/nominations", "intake.nominate", "applications", 201),
    Route("GET", "/recommending-bodies", "intake.recommending_bodies", "applications"),
    Route("POST", "/recommending-bodies", "intake.register_recommending_body", "applications", 201),
    Route("PUT", "/recommending-bodies/{body_id}", "intake.set_recommending_body", "applications"),
    Route("GET", CYCLE + "/recipients", "intake.recipients", "applications"),
    Route("GET", "/my-applications", "intake.my_applications", "applications"),
    Route("GET", APPLICATION, "intake.application", "applications"),
    Route("PATCH", APPLICATION, "intake.save_draft", "applications"),
    Route("GET", APPLICATION + "/contact", "intake.contact", "applications"),
    Route("PUT", APPLICATION + "/contact", "intake.change_contact", "applications"),
    Route("GET", APPLICATION + "/draft", "intake.draft", "applications"),
    Route("GET", APPLICATION + "/check", "intake.check_application", "applications"),
    Route(
        "GET",
        APPLICATION + "/form.docx",
        "gateway.form_docx",
        "applications",
        gives=DOCX,
        behind=("intake.draft", "intake.cycle"),
    ),
    Route("GET", APPLICATION + "/people", "intake.people", "applications"),
    Route("PUT", APPLICATION + "/people/{subject}", "intake.set_person", "applications"),
    Route("POST", APPLICATION + "/invitations", "intake.invite", "applications", 201),
    Route("POST", "/invitations/acceptance", "intake.join", "applications"),
    Route("PUT", APPLICATION + "/recommender", "intake.choose_recommender", "applications"),
    Route("GET", APPLICATION + "/recommendation", "intake.recommendation", "applications"),
    Route("POST", APPLICATION + "/recommendation", "intake.recommend_application", "applications"),
    Route("POST", APPLICATION + "/recommendation/decline", "intake.decline_recommendation", "applications"),
    Route("GET", APPLICATION + "/nominations", "intake.open_nominations", "applications"),
    Route("PUT", APPLICATION + "/nomination", "intake.take_up_nomination", "applications"),
    Route("POST", APPLICATION + "/submission", "intake.submit_application", "applications"),
    Route("GET", APPLICATION + "/receipt", "intake.receipt", "applications"),
    Route("POST", APPLICATION + "/acceptance", "intake.accept_application", "applications"),
    Route("POST", APPLICATION + "/return", "intake.return_application", "applications"),
    Route("POST", APPLICATION + "/withdrawal", "intake.withdraw_application", "applications"),
    Route("GET", APPLICATION + "/enquiries", "intake.application_enquiries", "applications"),
    Route("POST", APPLICATION + "/enquiries/{department}", "intake.ask_again", "applications"),
    Route("POST", APPLICATION + "/enquiries/{department}/answer", "intake.answer_enquiry", "applications"),
    Route("POST", APPLICATION + "/credit-reports", "intake.attach_credit_report", "applications"),
    Route("POST", APPLICATION + "/rechecks/{purpose}", "intake.recheck_records", "applications"),
    Route("POST", APPLICATION + "/rechecks/{purpose}/decision", "intake.decide_records", "applications"),
    Route("GET", CYCLE + "/pool/members", "intake.pool_members", "pool"),
    Route("GET", CYCLE + "/pool/requests", "intake.pool_requests", "pool"),
    Route("POST", CYCLE + "/pool/requests", "intake.ask_for_pool", "pool", 201),
    Route("GET", CYCLE + "/pool/advisers", "intake.pool_advisers", "pool"),
    Route("POST", CYCLE + "/pool/advisers", "intake.register_adviser", "pool", 201),
    Route("POST", "/pool/requests/{request_id}/decision", "intake.decide_pool_request", "pool"),
    Route("PUT", MEMBER + "/account", "intake.entrust_pool_member", "pool"),
    Route("PUT", MEMBER + "/reviews/{year}", "intake.review_pool_member", "pool"),
    Route("POST", MEMBER + "/leaving", "intake.leave_pool", "pool"),
    Route("POST", MEMBER + "/projects", "intake.ask_for_pool_project", "pool", 201),
    Route("POST", "/pool/projects/{project_id}/decision", "intake.decide_pool_project", "pool"),
)
