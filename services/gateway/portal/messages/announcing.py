"""通告: one officer writes to all applicants of a cycle, another one sends it, or does not."""

from __future__ import annotations

from typing import Any

from flask import Response, request

from services.gateway.errors import not_found
from services.gateway.portal.forms import Field, Form, Kind
from services.gateway.portal.office.around import show
from services.gateway.portal.room import Room
from services.gateway.portal.text import Text
from services.gateway.portal.visit import Visit
from services.gateway.portal.words import ANNOUNCED, word
from shared.contracts.operations import OFFICE
from shared.contracts.operations.roles import WATCHERS

ROOM = Room("announcing", WATCHERS)
PATH = "/cycles/<cycle_id>/announcements"
TITLE = Text("通告", "Announcements")
_BOTH = Text("收件人各按自己的语言收到", "Everybody is told in their own language")
WRITE = Form(
    (
        Field("subject_zh", Text("标题（中文）", "Subject in Chinese"), hint=_BOTH),
        Field("text_zh", Text("正文（中文）", "Text in Chinese"), Kind.AREA, rows=8),
        Field("subject_en", Text("标题（英文）", "Subject in English")),
        Field("text_en", Text("正文（英文）", "Text in English"), Kind.AREA, rows=8),
    ),
    submit=Text("提交签发", "Hand it over for a decision"),
)  # fmt: skip
DECIDE = Form(
    (
        Field("accept", Text("是否发出？", "Shall it be sent?"), Kind.YES_NO),
        Field("reason", Text("理由", "Reason")),
    ),
    submit=Text("决定", "Decide"),
)


@ROOM.page(PATH, methods=("GET", "POST"))
def announcements(visit: Visit, cycle_id: str) -> Response:
    """A cycle's announcements, and writing one."""
    here, writes = f"/cycles/{cycle_id}/announcements", visit.may("notifications.announce")
    filled = visit.form(WRITE)
    if request.method == "POST":
        if not writes:
            raise not_found()
        filled = visit.submit(WRITE, "notifications.announce", cycle_id=cycle_id)
        if filled.ok:
            notice = Text("已提交，须由另一名工作人员签发", "Handed over; another officer has to send it")
            return visit.go(here, notice)
    found = visit.ask("notifications.announcements", cycle_id=cycle_id)["announcements"]
    return show(
        visit, "messages/announcements.html", TITLE, at=cycle_id, form=filled, writes=writes,
        announcements=[{**each, "said": word(ANNOUNCED, each["state"])} for each in found],
    )  # fmt: skip


@ROOM.page(PATH + "/<announcement_id>", methods=("GET", "POST"))
def announcement(visit: Visit, cycle_id: str, announcement_id: str) -> Response:
    """One as it will be read, and the decision on it."""
    here = f"/cycles/{cycle_id}/announcements"
    filled = visit.form(DECIDE)
    if request.method == "POST":
        if not visit.may("notifications.decide_announcement"):
            raise not_found()
        _one(visit, cycle_id, announcement_id)  # of this cycle
        filled = visit.submit(DECIDE, "notifications.decide_announcement", announcement_id=announcement_id)
        if filled.ok:
            sent = filled.reply["state"] == "sent"
            notice = (
                Text("通告已发出", "It was sent") if sent else Text("已决定不发出", "It will not be sent")
            )
            return visit.go(here, notice)
    one = _one(visit, cycle_id, announcement_id)
    wrote = visit.did(one["proposed_by"])
    return show(
        visit, "messages/announcement.html", TITLE, at=cycle_id, form=filled, one=one, back=here,
        state=word(ANNOUNCED, one["state"]),
        decides=one["state"] == "proposed" and OFFICE in visit.roles and not wrote,
        wrote=one["state"] == "proposed" and wrote,
    )  # fmt: skip


def _one(visit: Visit, cycle_id: str, announcement_id: str) -> dict[str, Any]:
    found: list[dict[str, Any]] = visit.ask("notifications.announcements", cycle_id=cycle_id)["announcements"]
    for each in found:
        if each["announcement_id"] == announcement_id:
            return each
    raise not_found()
