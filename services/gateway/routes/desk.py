"""Ways to the desk, to one's tasks, to pictures and the calendar."""

from __future__ import annotations

from services.gateway.desk.asking import BEHIND_DESK, BEHIND_TASKS
from services.gateway.desk.showing import BEHIND_PICTURES, BEHIND_REPORT
from services.gateway.feedback import DOCX, PDF
from services.gateway.routes.paths import CYCLE, NOTICE
from services.gateway.routes.route import Route

ROUTES: tuple[Route, ...] = (
    Route("GET", CYCLE + "/desk", "gateway.desk", "cycles", behind=BEHIND_DESK),
    Route("GET", "/me/tasks", "gateway.my_tasks", "identity", behind=BEHIND_TASKS),
    Route("GET", CYCLE + "/pictures/{picture}", "gateway.picture", "cycles", behind=BEHIND_PICTURES),
    Route(
        "GET", CYCLE + "/report.pdf", "gateway.cycle_report_pdf", "cycles", gives=PDF, behind=BEHIND_REPORT
    ),
    Route(
        "GET", CYCLE + "/report.docx", "gateway.cycle_report_docx", "cycles", gives=DOCX, behind=BEHIND_REPORT
    ),
    Route("GET", "/calendar", "gateway.calendar_years", "calendar"),
    Route("GET", "/calendar/days", "gateway.calendar_days", "calendar"),
    Route("GET", NOTICE + "/posting", "gateway.notice_posting", "calendar", behind=("intake.cycle",)),
)
