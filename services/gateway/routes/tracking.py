"""Ways to the years after the award."""

from __future__ import annotations

from services.gateway.feedback import DOCX, PDF
from services.gateway.routes.paths import CYCLE
from services.gateway.routes.route import Route

_FILE = CYCLE + "/tracking/{application_id}"
_REPORT = _FILE + "/reports/{year}"
_MINE = CYCLE + "/my-tracking/{application_id}"
_WRITTEN = _MINE + "/reports/{year}"
_ALL = ("incentives.tracking_overview",)
_ONE = ("incentives.tracking_file", *_ALL)
_OWN = ("incentives.my_tracking_file", *_ALL)
_TAG = "tracking"

ROUTES: tuple[Route, ...] = (
    Route("GET", CYCLE + "/tracking", "incentives.tracking_files", _TAG),
    Route("GET", CYCLE + "/tracking-due", "incentives.tracking_due", _TAG),
    Route("GET", CYCLE + "/tracking-overview", "incentives.tracking_overview", _TAG),
    Route(
        "GET",
        CYCLE + "/tracking-overview.docx",
        "gateway.tracking_overview_docx",
        _TAG,
        gives=DOCX,
        behind=_ALL,
    ),
    Route(
        "GET", CYCLE + "/tracking-overview.pdf", "gateway.tracking_overview_pdf", _TAG, gives=PDF, behind=_ALL
    ),
    Route("GET", _FILE, "incentives.tracking_file", _TAG),
    Route("GET", _FILE + "/report.docx", "gateway.tracking_docx", _TAG, gives=DOCX, behind=_ONE),
    Route("GET", _FILE + "/report.pdf", "gateway.tracking_pdf", _TAG, gives=PDF, behind=_ONE),
    Route("POST", _REPORT + "/return", "incentives.return_tracking_report", _TAG),
    Route("POST", _REPORT + "/acceptance", "incentives.accept_tracking_report", _TAG),
    Route("POST", _FILE + "/visits", "incentives.plan_tracking_visit", _TAG, 201),
    Route("POST", _FILE + "/visits/{visit_id}/record", "incentives.record_tracking_visit", _TAG),
    Route("POST", _FILE + "/visits/{visit_id}/cancellation", "incentives.cancel_tracking_visit", _TAG),
    Route("POST", _FILE + "/orders", "incentives.issue_rectification", _TAG, 201),
    Route("POST", _FILE + "/orders/{order_id}/decision", "incentives.decide_rectification", _TAG),
    Route("GET", _MINE, "incentives.my_tracking_file", _TAG),
    Route("GET", _MINE + "/report.docx", "gateway.my_tracking_docx", _TAG, gives=DOCX, behind=_OWN),
    Route("GET", _MINE + "/report.pdf", "gateway.my_tracking_pdf", _TAG, gives=PDF, behind=_OWN),
    Route("PUT", _WRITTEN + "/texts/{field}", "incentives.save_tracking_text", _TAG),
    Route("PUT", _WRITTEN + "/figures/{index}", "incentives.save_tracking_figure", _TAG),
    Route("POST", _WRITTEN + "/papers", "incentives.add_tracking_papers", _TAG, 201),
    Route("DELETE", _WRITTEN + "/papers/{paper_id}", "incentives.drop_tracking_paper", _TAG),
    Route("POST", _WRITTEN + "/submission", "incentives.submit_tracking_report", _TAG),
    Route("POST", _MINE + "/warnings/{warning_id}/answer", "incentives.answer_tracking_warning", _TAG),
    Route("POST", _MINE + "/orders/{order_id}/answer", "incentives.answer_rectification", _TAG),
)
