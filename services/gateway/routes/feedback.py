"""Ways to feedback."""

from __future__ import annotations

from services.gateway.feedback import DOCX, PDF
from services.gateway.routes.paths import CYCLE, FEEDBACK, MY_FEEDBACK
from services.gateway.routes.route import Route

ROUTES: tuple[Route, ...] = (
    Route("POST", CYCLE + "/feedback", "review.prepare_feedback", "feedback"),
    Route("GET", CYCLE + "/feedback", "review.feedback_reports", "feedback"),
    Route("POST", CYCLE + "/feedback/release", "review.release_feedback", "feedback"),
    Route("GET", FEEDBACK, "review.feedback_report", "feedback"),
    Route("PUT", FEEDBACK, "review.edit_feedback", "feedback"),
    Route("POST", FEEDBACK + "/correction", "review.correct_feedback", "feedback"),
    Route(
        "GET",
        FEEDBACK + "/report.docx",
        "gateway.feedback_docx",
        "feedback",
        gives=DOCX,
        behind=("review.feedback_report",),
    ),
    Route(
        "GET",
        FEEDBACK + "/report.pdf",
        "gateway.feedback_pdf",
        "feedback",
        gives=PDF,
        behind=("review.feedback_report",),
    ),
    Route("GET", CYCLE + "/my-feedback", "review.my_feedback_reports", "feedback"),
    Route("GET", MY_FEEDBACK, "review.my_feedback", "feedback"),
    Route("POST", MY_FEEDBACK + "/answer", "review.answer_feedback", "feedback", 201),
    Route(
        "GET",
        MY_FEEDBACK + "/report.docx",
        "gateway.my_feedback_docx",
        "feedback",
        gives=DOCX,
        behind=("review.my_feedback",),
    ),
    Route(
        "GET",
        MY_FEEDBACK + "/report.pdf",
        "gateway.my_feedback_pdf",
        "feedback",
        gives=PDF,
        behind=("review.my_feedback",),
    ),
    Route("GET", CYCLE + "/digest/preview", "review.preview_digest", "feedback"),
    Route("GET", "/digests", "review.digests", "feedback"),
    Route("GET", CYCLE + "/digest", "review.digest", "feedback"),
    Route("POST", CYCLE + "/digest", "review.publish_digest", "feedback", 201),
    Route(
        "GET",
        CYCLE + "/digest.docx",
        "gateway.digest_docx",
        "feedback",
        gives=DOCX,
        behind=("review.digest",),
    ),
    Route(
        "GET", CYCLE + "/digest.pdf", "gateway.digest_pdf", "feedback", gives=PDF, behind=("review.digest",)
    ),
)
