"""Ways to objections. What needs a secret is a command, so that the secret stands in no address."""

from __future__ import annotations

from services.gateway.feedback import DOCX, PDF
from services.gateway.routes.paths import CYCLE
from services.gateway.routes.route import Route

_ONE = "/objections/{objection_id}"
_OWN = "/objections/by-receipt"
_LETTER, _OWN_LETTER = ("eligibility.objection_letter",), ("eligibility.objector_letter",)

ROUTES: tuple[Route, ...] = (
    Route("POST", CYCLE + "/notices/{notice}/objections", "eligibility.object", "eligibility", 201),
    Route("GET", CYCLE + "/objections", "eligibility.objections", "eligibility"),
    Route("GET", CYCLE + "/my-objections", "eligibility.my_objections", "eligibility"),
    Route("GET", "/objections/due", "eligibility.due_objections", "eligibility"),
    Route("GET", "/objections/figures", "eligibility.objection_figures", "eligibility"),
    Route("POST", _OWN, "eligibility.objection_state", "eligibility"),
    Route("POST", _OWN + "/appeal", "eligibility.appeal_objection", "eligibility"),
    Route("POST", _OWN + "/letter", "eligibility.objector_letter", "eligibility"),
    Route("POST", _OWN + "/letter.docx", "gateway.objector_letter_docx", "eligibility", gives=DOCX, behind=_OWN_LETTER),
    Route("POST", _OWN + "/letter.pdf", "gateway.objector_letter_pdf", "eligibility", gives=PDF, behind=_OWN_LETTER),
    Route("GET", _ONE, "eligibility.objection", "eligibility"),
    Route("POST", _ONE + "/objector", "eligibility.objector", "eligibility"),
    Route("PUT", _ONE + "/officers/{part}", "eligibility.assign_objection", "eligibility"),
    Route("POST", _ONE + "/acceptance", "eligibility.accept_objection", "eligibility"),
    Route("POST", _ONE + "/inquiry", "eligibility.inquire", "eligibility"),
    Route("POST", _ONE + "/answer", "eligibility.answer_objection", "eligibility"),
    Route("POST", _ONE + "/ruling", "eligibility.rule_on_objection", "eligibility"),
    Route("POST", _ONE + "/appeal", "eligibility.appeal_as_applicant", "eligibility"),
    Route("POST", _ONE + "/decision", "eligibility.decide_appeal", "eligibility"),
    Route("GET", _ONE + "/letters/{letter}", "eligibility.objection_letter", "eligibility"),
    Route("GET", _ONE + "/letters/{letter}.docx", "gateway.objection_letter_docx", "eligibility", gives=DOCX, behind=_LETTER),
    Route("GET", _ONE + "/letters/{letter}.pdf", "gateway.objection_letter_pdf", "eligibility", gives=PDF, behind=_LETTER),
)  # fmt: skip
