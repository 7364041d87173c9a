"""Ways to notices."""

from __future__ import annotations

from services.gateway.feedback import DOCX, PDF
from services.gateway.routes.paths import NOTICE
from services.gateway.routes.route import Route

_READ, _PROOF = ("eligibility.notice",), ("eligibility.notice_proof",)
_DRAFT = ("eligibility.notice_draft", "intake.cycle")
_CORRECTION = ("eligibility.notice_correction", "intake.cycle")
_TAG = "eligibility"

ROUTES: tuple[Route, ...] = (
    Route("GET", "/notices", "eligibility.posted_notices", _TAG),
    Route("GET", NOTICE, "eligibility.notice", _TAG),
    Route("GET", NOTICE + "/notice.docx", "gateway.notice_docx", _TAG, gives=DOCX, behind=_READ),
    Route("GET", NOTICE + "/notice.pdf", "gateway.notice_pdf", _TAG, gives=PDF, behind=_READ),
    Route("GET", NOTICE + "/draft", "eligibility.notice_draft", _TAG),
    Route("GET", NOTICE + "/draft.pdf", "gateway.notice_draft_pdf", _TAG, gives=PDF, behind=_DRAFT),
    Route("PUT", NOTICE + "/draft", "eligibility.edit_notice", _TAG),
    Route("POST", NOTICE + "/draft/approval", "eligibility.approve_notice", _TAG),
    Route("POST", NOTICE + "/failures", "eligibility.report_posting_failure", _TAG),
    Route("GET", NOTICE + "/correction", "eligibility.notice_correction", _TAG),
    Route(
        "GET",
        NOTICE + "/correction.pdf",
        "gateway.notice_correction_pdf",
        _TAG,
        gives=PDF,
        behind=_CORRECTION,
    ),
    Route("PUT", NOTICE + "/correction", "eligibility.edit_notice_correction", _TAG),
    Route("POST", NOTICE + "/correction/drop", "eligibility.drop_notice_correction", _TAG),
    Route("POST", NOTICE + "/correction/approval", "eligibility.approve_notice_correction", _TAG),
    Route("GET", NOTICE + "/proof", "eligibility.notice_proof", _TAG),
    Route("GET", NOTICE + "/proof.docx", "gateway.notice_proof_docx", _TAG, gives=DOCX, behind=_PROOF),
    Route("GET", NOTICE + "/proof.pdf", "gateway.notice_proof_pdf", _TAG, gives=PDF, behind=_PROOF),
)
