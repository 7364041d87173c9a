"""Ways to the desk, to one's tasks, to pictures and the calendar."""

from __future__ import annotations

from services.gateway.desk.asking import BEHIND_PICTURES, BEHIND_TASKS
from services.gateway.routes.paths import CYCLE, NOTICE
from services.gateway.routes.route import SERVICES, Route

_DESK = ("intake.cycle", "intake.stage_numbers", *(f"{each}.stage_awaits" for each in SERVICES))

ROUTES: tuple[Route, ...] = (
    Route("GET", CYCLE + "/desk", "gateway.desk", "cycles", behind=_DESK),
    Route("GET", "/me/tasks", "gateway.my_tasks", "identity", behind=BEHIND_TASKS),
    Route("GET", CYCLE + "/pictures/{picture}", "gateway.picture", "cycles", behind=BEHIND_PICTURES),
    Route("GET", "/calendar", "gateway.calendar_years", "calendar"),
    Route("GET", "/calendar/days", "gateway.calendar_days", "calendar"),
    Route("GET", NOTICE + "/posting", "gateway.notice_posting", "calendar", behind=("intake.cycle",)),
)
