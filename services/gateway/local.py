"""What the gateway answers by itself: identity, rulebooks, the audit of all services. One function an operation."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from flask import Response, request

from services.gateway import (
    account_lists,
    calendars,
    certificates,
    checks,
    criteria,
    dossier,
    exports,
    feedback,
    files,
    forms,
    minutes,
    notices,
    objections,
    operating,
    papers,
    payment_files,
    player,
    published,
    register,
    regulations,
    supervision,
    tracking,
    uploads,
    watching,
)
from services.gateway.circumstances import Asked
from services.gateway.desk import asking, showing
from services.gateway.identity import Issued, Session
from services.gateway.own.accounts import ListAccounts
from services.gateway.own.delegations import Delegate
from services.gateway.own.second_factor import CODE_HEADER
from services.gateway.packages import making
from shared.contracts import load
from shared.contracts.operations import ROLES
from shared.problems import Forbidden

if TYPE_CHECKING:
    from services.gateway.app import Gateway

Answering = Callable[["Gateway", Mapping[str, Any], Asked], dict[str, Any] | Response]


def _roles(session: Session) -> list[str]:
    return [role for role in ROLES if role in session.roles]


def _given(issued: Issued) -> dict[str, Any]:
    return {
        "token": issued.token,
        "token_type": "Bearer",
        "expires_at": issued.session.expires_at.isoformat(timespec="seconds"),
        "roles": _roles(issued.session),
    }


def sign_in(gateway: Gateway, data: Mapping[str, Any], asked: Asked) -> dict[str, Any]:
    name, password, code = data["username"], data["password"], data.get("code")
    return _given(gateway.identity.sign_in(name, password, asked.address, code))


def sign_out(gateway: Gateway, data: Mapping[str, Any], asked: Asked) -> dict[str, Any]:
    gateway.identity.revoke(asked.signed_in)
    return {"done": True}


def me(gateway: Gateway, data: Mapping[str, Any], asked: Asked) -> dict[str, Any]:
    session = asked.signed_in
    giver = session.acting_for
    return {
        "subject": session.subject,
        "display_name": session.display_name,
        "unit": session.unit,
        "roles": _roles(session),
        "rehearsal": session.rehearsal,
        "expires_at": session.expires_at.isoformat(timespec="seconds"),
        "second_factor": gateway.second_factors.state(session),
        "acting_for": None
        if giver is None
        else {"subject": giver.subject, "display_name": giver.display_name},
    }


def change_password(gateway: Gateway, data: Mapping[str, Any], asked: Asked) -> dict[str, Any]:
    gateway.identity.change_password(asked.signed_in, data["old"], data["new"])
    return {"done": True}


def accounts(gateway: Gateway, data: Mapping[str, Any], asked: Asked) -> dict[str, Any]:
    return account_lists.listed(gateway.identity.store, load(ListAccounts(), dict(data)))


def account(gateway: Gateway, data: Mapping[str, Any], asked: Asked) -> dict[str, Any]:
    return account_lists.one(gateway.identity.store, data["account_id"])


def my_identities(gateway: Gateway, data: Mapping[str, Any], asked: Asked) -> dict[str, Any]:
    return {"identities": gateway.links.of(asked.signed_in.account_id)}


def unlink_identity(gateway: Gateway, data: Mapping[str, Any], asked: Asked) -> dict[str, Any]:
    gateway.links.unlink(asked.signed_in, data["identity_id"], request.headers.get(CODE_HEADER, ""))
    return {"done": True}


def account_identities(gateway: Gateway, data: Mapping[str, Any], asked: Asked) -> dict[str, Any]:
    return {"identities": gateway.links.of_other(data["account_id"])}


def remove_identity(gateway: Gateway, data: Mapping[str, Any], asked: Asked) -> dict[str, Any]:
    gateway.links.remove(asked.signed_in, data["account_id"], data["identity_id"], data["reason"])
    return {"done": True}


def create_account(gateway: Gateway, data: Mapping[str, Any], asked: Asked) -> dict[str, Any]:
    return gateway.identity.create(
        asked.signed_in,
        username=data["username"],
        password=data["password"],
        display_name=data["display_name"],
        roles=data["roles"],
        subject=data.get("subject"),
        unit=data.get("unit"),
        key=asked.context.message_id,
    )


def set_roles(gateway: Gateway, data: Mapping[str, Any], asked: Asked) -> dict[str, Any]:
    return gateway.identity.set_roles(asked.signed_in, data["account_id"], data["roles"])


def set_unit(gateway: Gateway, data: Mapping[str, Any], asked: Asked) -> dict[str, Any]:
    return gateway.identity.set_unit(asked.signed_in, data["account_id"], data["unit"])


def set_disabled(gateway: Gateway, data: Mapping[str, Any], asked: Asked) -> dict[str, Any]:
    return gateway.identity.set_disabled(asked.signed_in, data["account_id"], disabled=data["disabled"])


def persona(gateway: Gateway, data: Mapping[str, Any], asked: Asked) -> dict[str, Any]:
    if not gateway.rehearsals:
        raise Forbidden("本系统不接受演练", "this system takes no rehearsals", code="rehearsals_refused")
    return _given(gateway.identity.persona(asked.signed_in, data["role"], data["subject"]))


def rulebooks(gateway: Gateway, data: Mapping[str, Any], asked: Asked) -> dict[str, Any]:
    return published.listed(gateway.library)


def rulebook(gateway: Gateway, data: Mapping[str, Any], asked: Asked) -> dict[str, Any]:
    return published.one(gateway.library, data["rulebook"])


def form(gateway: Gateway, data: Mapping[str, Any], asked: Asked) -> dict[str, Any]:
    return published.form_of(gateway.library, data["rulebook"], data["kind"], data.get("category"))


def my_addresses(gateway: Gateway, data: Mapping[str, Any], asked: Asked) -> dict[str, Any]:
    return gateway.contacts.mine(asked.signed_in)


def set_addresses(gateway: Gateway, data: Mapping[str, Any], asked: Asked) -> dict[str, Any]:
    return gateway.contacts.write(asked.signed_in, data)


def agency_clients(gateway: Gateway, data: Mapping[str, Any], asked: Asked) -> dict[str, Any]:
    return {"clients": gateway.agencies.listed()}


def register_agency(gateway: Gateway, data: Mapping[str, Any], asked: Asked) -> dict[str, Any]:
    return gateway.agencies.register(asked.signed_in, data, asked.context.message_id)


def change_agency(gateway: Gateway, data: Mapping[str, Any], asked: Asked) -> dict[str, Any]:
    return gateway.agencies.change(asked.signed_in, data)


def rotate_agency_secret(gateway: Gateway, data: Mapping[str, Any], asked: Asked) -> dict[str, Any]:
    return gateway.agencies.rotate(asked.signed_in, data["client_id"], asked.context.message_id)


def set_agency_disabled(gateway: Gateway, data: Mapping[str, Any], asked: Asked) -> dict[str, Any]:
    return gateway.agencies.set_disabled(asked.signed_in, data["client_id"], disabled=data["disabled"])


def begin_second_factor(gateway: Gateway, data: Mapping[str, Any], asked: Asked) -> dict[str, Any]:
    return gateway.second_factors.begin(asked.signed_in)


def confirm_second_factor(gateway: Gateway, data: Mapping[str, Any], asked: Asked) -> dict[str, Any]:
    return {"recovery_codes": gateway.second_factors.confirm(asked.signed_in, data["code"])}


def remove_second_factor(gateway: Gateway, data: Mapping[str, Any], asked: Asked) -> dict[str, Any]:
    gateway.second_factors.remove(asked.signed_in, request.headers.get(CODE_HEADER, ""))
    return {"done": True}


def reset_second_factor(gateway: Gateway, data: Mapping[str, Any], asked: Asked) -> dict[str, Any]:
    gateway.second_factors.reset(asked.signed_in, data["account_id"], data["reason"])
    return {"done": True}


def delegations(gateway: Gateway, data: Mapping[str, Any], asked: Asked) -> dict[str, Any]:
    return {"delegations": gateway.delegations.listed(asked.signed_in)}


def delegate(gateway: Gateway, data: Mapping[str, Any], asked: Asked) -> dict[str, Any]:
    wanted = load(Delegate(), dict(data))
    return gateway.delegations.lend(asked.signed_in, wanted, asked.context.message_id)


def end_delegation(gateway: Gateway, data: Mapping[str, Any], asked: Asked) -> dict[str, Any]:
    return gateway.delegations.end(asked.signed_in, data["delegation_id"], data["reason"])


def agency_token(gateway: Gateway, data: Mapping[str, Any], asked: Asked) -> Response:
    return gateway.token_server.respond(request, asked.address)


LOCAL: dict[str, Answering] = {
    each.__name__: each
    for each in (
        sign_in, sign_out, me, change_password, accounts, account, create_account, set_roles, set_unit, set_disabled, persona,
        my_addresses, set_addresses,
        rulebooks, rulebook, form, checks.audit, checks.audit_checks, exports.applications_xlsx, exports.applications_csv,
        exports.contacts_xlsx, exports.contacts_csv,
        regulations.regulation, regulations.differences, regulations.self_check,
        register.experts_xlsx, register.experts_csv, register.rate_reviewers, calendars.appointments_ics,
        files.upload_file, files.upload_evidence, files.file_content, files.file_page, files.file_text,
        files.reviewed_file, files.reviewed_pages, files.reviewed_page,
        certificates.certificate_pdf, certificates.plaque_pdf, certificates.case_letter_docx, certificates.case_letter_pdf,
        forms.form_docx, dossier.dossier_zip, papers.upload_paper, papers.paper_content,
        objections.objection_letter_docx, objections.objection_letter_pdf,
        objections.objector_letter_docx, objections.objector_letter_pdf,
        making.application_package, making.cycle_package, making.destruction_list_pdf,
        uploads.upload_terms, uploads.begin_upload, uploads.upload_state, uploads.continue_upload, uploads.end_upload,
        criteria.criteria, criteria.sheet_xlsx,
        feedback.my_feedback_docx, feedback.my_feedback_pdf, feedback.feedback_docx, feedback.feedback_pdf,
        feedback.digest_docx, feedback.digest_pdf,
        notices.notice_docx, notices.notice_pdf, notices.notice_draft_pdf, notices.notice_correction_pdf,
        notices.notice_proof_docx, notices.notice_proof_pdf,
        payment_files.payment_csv, payment_files.payment_xlsx,
        tracking.tracking_docx, tracking.tracking_pdf, tracking.my_tracking_docx, tracking.my_tracking_pdf,
        tracking.tracking_overview_docx, tracking.tracking_overview_pdf,
        supervision.supervision, supervision.note_alert, supervision.supervision_docx, supervision.supervision_pdf,
        supervision.supervision_xlsx, watching.alerts,
        minutes.minutes_docx, minutes.minutes_pdf,
        player.check_rehearsal, player.play_rehearsal, player.rehearsal_play, player.rehearsal_plays,
        asking.desk, asking.my_tasks, showing.picture, showing.cycle_report_pdf, showing.cycle_report_docx,
        asking.calendar_years, asking.calendar_days, asking.notice_posting,
        agency_clients, register_agency, change_agency, rotate_agency_secret, set_agency_disabled, agency_token,
        begin_second_factor, confirm_second_factor, remove_second_factor, reset_second_factor,
        my_identities, unlink_identity, account_identities, remove_identity, delegations, delegate, end_delegation,
        operating.services, operating.replay_parked, operating.discard_parked,
    )
}  # fmt: skip
