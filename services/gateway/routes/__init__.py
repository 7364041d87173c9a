"""The one table of all routes: which HTTP method and path stand for which operation. One module a topic; add yours to `_ROOMS`.

Names in braces are fields of the operation's request; the other fields come in the body of a command and in the query
string of a question. `*.stage` and the like go to the service that owns the stage. Who may ask is said by the operation.
"""

from __future__ import annotations

from services.gateway.routes import (
    agencies,
    audit,
    committee,
    desk,
    eligibility,
    experts,
    feedback,
    files,
    honours,
    identity,
    incentives,
    intake,
    notices,
    notifications,
    objections,
    papers,
    payments,
    records,
    review,
    stages,
    supervision,
    tracking,
)
from services.gateway.routes.route import (
    ASKED,
    FORM,
    JSON,
    NOTHING,
    OWNER,
    PREFIX,
    SERVICES,
    Route,
    operations_behind,
    roles_of,
    spec_of,
)

__all__ = [
    "ASKED",
    "FORM",
    "JSON",
    "NOTHING",
    "OWNER",
    "PREFIX",
    "ROUTES",
    "SERVICES",
    "TAGS",
    "Route",
    "operations_behind",
    "roles_of",
    "spec_of",
]

TAGS = {
    "identity": ("身份与账号", "Identity and accounts"),
    "rulebooks": ("法规", "Rulebooks"),
    "cycles": ("评奖周期", "Cycles"),
    "applications": ("申报", "Applications"),
    "files": ("文件", "Files"),
    "stages": ("阶段", "Stages"),
    "eligibility": ("资格审查与公示", "Eligibility, notices, objections"),
    "honours": ("荣誉与撤销", "Honours and revocation"),
    "review": ("评审", "Review"),
    "experts": ("专家库", "Register of experts"),
    "feedback": ("评审反馈", "Feedback"),
    "committee": ("审定", "Committee"),
    "incentives": ("奖励", "Grants"),
    "payments": ("资金", "Money"),
    "tracking": ("获奖后跟踪", "The years after the award"),
    "audit": ("审计", "Audit"),
    "records": ("档案", "Records"),
    "supervision": ("纪检监督", "Discipline inspection"),
    "pool": ("培育库", "Cultivation pool"),
    "notifications": ("消息", "Notifications"),
    "agencies": ("部门接口", "For agencies"),
    "calendar": ("工作日历", "The calendar of working days"),
}

_ROOMS = (
    identity,
    intake,
    files,
    papers,
    stages,
    review,
    eligibility,
    notices,
    objections,
    honours,
    feedback,
    committee,
    incentives,
    payments,
    tracking,
    audit,
    supervision,
    experts,
    records,
    notifications,
    agencies,
    desk,
)
ROUTES: tuple[Route, ...] = tuple(route for room in _ROOMS for route in room.ROUTES)
