"""Ways of discipline inspection, and of everybody's forms to and from it."""

from __future__ import annotations

from services.gateway.exports import XLSX
from services.gateway.feedback import DOCX, PDF
from services.gateway.routes.paths import CYCLE
from services.gateway.routes.route import SERVICES, Route

_HERE = CYCLE + "/supervision"
_FORM = "/supervision/forms/{form_id}"
_ALERTS = (*(f"{each}.{what}" for each in SERVICES for what in ("alerts", "acts")), "eligibility.alert_notes")
_WATCHED = (*(f"{each}.watch" for each in SERVICES), "intake.cycles", "intake.names", "eligibility.notes_on")
_SEEN = (*_ALERTS, "intake.cycle", "intake.names")
_REPORT = (*_SEEN, "eligibility.forms")

ROUTES: tuple[Route, ...] = (
    Route("GET", "/supervision/alerts", "gateway.alerts", "supervision", behind=_WATCHED),
    Route("GET", _HERE, "gateway.supervision", "supervision", behind=_SEEN),
    Route(
        "GET", _HERE + "/report.docx", "gateway.supervision_docx", "supervision", gives=DOCX, behind=_REPORT
    ),
    Route("GET", _HERE + "/report.pdf", "gateway.supervision_pdf", "supervision", gives=PDF, behind=_REPORT),
    Route(
        "GET", _HERE + "/report.xlsx", "gateway.supervision_xlsx", "supervision", gives=XLSX, behind=_REPORT
    ),
    Route("GET", _HERE + "/notes", "eligibility.alert_notes", "supervision"),
    Route(
        "PUT",
        _HERE + "/alerts/{alert_id}",
        "gateway.note_alert",
        "supervision",
        behind=(*_ALERTS, "eligibility.note_alert"),
    ),
    Route("GET", _HERE + "/forms", "eligibility.forms", "supervision"),
    Route("POST", _HERE + "/forms", "eligibility.open_form", "supervision", 201),
    Route("GET", _FORM, "eligibility.form", "supervision"),
    Route("POST", _FORM + "/answer", "eligibility.answer_form", "supervision"),
    Route("POST", _FORM + "/closing", "eligibility.close_form", "supervision"),
    Route("POST", _FORM + "/reopening", "eligibility.reopen_form", "supervision"),
    Route("POST", _FORM + "/withdrawal", "eligibility.withdraw_form", "supervision"),
)
