"""Ways to the years after an award: register, certificates, the use of the title, revocation, credit platforms."""

from __future__ import annotations

from services.gateway.feedback import DOCX, PDF
from services.gateway.routes.paths import APPLICATION, CYCLE
from services.gateway.routes.route import Route

_TAG = "honours"
_CERTIFICATE = APPLICATION + "/certificate"
_CASE, _BREACH, _REPORT = (
    "/revocation-cases/{case_id}",
    "/title-breaches/{breach_id}",
    "/credit-reports/{report_id}",
)
_READ, _WRITTEN = ("eligibility.certificate",), ("eligibility.case_letter",)
_LETTER = "/revocation-cases/{case_id}/letters/{letter}"

ROUTES: tuple[Route, ...] = (
    Route("GET", "/awards", "eligibility.award_register", _TAG),
    Route("POST", CYCLE + "/certificates", "eligibility.issue_certificates", _TAG),
    Route("GET", CYCLE + "/certificates", "eligibility.certificates", _TAG),
    Route("GET", _CERTIFICATE, "eligibility.certificate", _TAG),
    Route("POST", _CERTIFICATE + "/reissue", "eligibility.reissue_certificate", _TAG, 201),
    Route("GET", _CERTIFICATE + "/certificate.pdf", "gateway.certificate_pdf", _TAG, gives=PDF, behind=_READ),
    Route("GET", _CERTIFICATE + "/plaque.pdf", "gateway.plaque_pdf", _TAG, gives=PDF, behind=_READ),
    Route("GET", "/certificates/verification", "eligibility.verify_certificate", _TAG),
    Route("GET", "/certificates/keys", "eligibility.certificate_keys", _TAG),
    Route("GET", "/title-breaches", "eligibility.title_breaches", _TAG),
    Route("POST", "/title-breaches", "eligibility.record_title_breach", _TAG, 201),
    Route("GET", "/my-title-breaches", "eligibility.my_title_breaches", _TAG),
    Route("POST", _BREACH + "/order", "eligibility.order_correction", _TAG),
    Route("POST", _BREACH + "/correction", "eligibility.report_correction", _TAG),
    Route("POST", _BREACH + "/settlement", "eligibility.settle_title_breach", _TAG),
    Route("GET", "/revocation-cases", "eligibility.revocation_cases", _TAG),
    Route("POST", "/revocation-cases", "eligibility.open_case", _TAG, 201),
    Route("GET", "/my-revocation-cases", "eligibility.my_revocation_cases", _TAG),
    Route("POST", _CASE + "/notice", "eligibility.notify_case", _TAG),
    Route("POST", _CASE + "/answer", "eligibility.answer_case", _TAG),
    Route("POST", _CASE + "/hearing", "eligibility.record_hearing", _TAG),
    Route("POST", _CASE + "/proposal", "eligibility.propose_outcome", _TAG),
    Route("POST", _CASE + "/decision", "eligibility.decide_case", _TAG),
    Route("GET", _LETTER, "eligibility.case_letter", _TAG),
    Route("GET", _LETTER + ".docx", "gateway.case_letter_docx", _TAG, gives=DOCX, behind=_WRITTEN),
    Route("GET", _LETTER + ".pdf", "gateway.case_letter_pdf", _TAG, gives=PDF, behind=_WRITTEN),
    Route("POST", "/revocation-orders/{order_id}/settlement", "eligibility.settle_order", _TAG),
    Route("GET", "/credit-reports", "eligibility.credit_reports", _TAG),
    Route("POST", _REPORT + "/again", "eligibility.send_credit_report_again", _TAG),
    Route("POST", _REPORT + "/settlement", "eligibility.settle_credit_report", _TAG),
)
