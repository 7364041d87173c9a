"""填报人员: who works on a dossier, inviting one more by a code that is shown once, changing parts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Response, request

from services.gateway.errors import not_found
from services.gateway.portal.applicant import words
from services.gateway.portal.applicant.case import path_of
from services.gateway.portal.forms import Choice, Field, Form, Kind
from services.gateway.portal.room import Room
from services.gateway.portal.text import Text
from services.gateway.portal.visit import NULL, Visit
from shared.contracts.operations import APPLICANT

ROOM = Room("people", (APPLICANT,))
TITLE = Text("填报人员", "People of the dossier")
_OFF = "off"
_HINTS = {
    "lead": Text(
        "填写、提交、撤回，并管理填报人员；始终只有一人", "Fills in, hands in, withdraws, says who is on it; always one"
    ),
    "editor": Text("填写各页，上传材料", "Fills in pages and uploads materials"),
    "reader": Text("只能查看", "Reads only"),
}  # fmt: skip


def _choices(*roles: str) -> tuple[Choice, ...]:
    return tuple(Choice(role, words.PARTS_OF_PEOPLE[role], _HINTS[role]) for role in roles)


INVITE = Form(
    (Field("role", Text("邀请为", "Invite as"), Kind.RADIOS, choices=_choices("editor", "reader")),),
    submit=Text("生成邀请码", "Make a code"),
)
CHANGE = Form(
    (
        Field(
            "role", Text("改为", "Change to"), Kind.RADIOS,
            choices=(*_choices("editor", "reader", "lead"), Choice(_OFF, Text("移出这份申报", "Take off this dossier"))),
            hint=Text("改为负责人后，您自己成为填报人", "With another lead you are an editor yourself"),
        ),
    ),
    submit=Text("确认", "Confirm"),
)  # fmt: skip


@ROOM.page("/my/a/<application_id>/people", methods=("GET", "POST"))
def people(visit: Visit, application_id: str) -> Response:
    """Who is on it; and a code for one more, shown here and nowhere again."""
    invitation: Mapping[str, Any] | None = None
    if request.method == "POST":
        filled = visit.submit(INVITE, "intake.invite", application_id=application_id)
        if filled.ok:
            invitation, filled = filled.reply, INVITE.filled({})
    else:
        filled = INVITE.filled({})
    listed = visit.ask("intake.people", application_id=application_id)["people"]
    me = visit.ask("gateway.me")["subject"]
    return visit.page(
        "applicant/people.html", TITLE, form=filled, people=listed, me=me, path=path_of(application_id), invitation=invitation,
        leads=any(each["subject"] == me and each["role"] == "lead" for each in listed), words=words,
    )  # fmt: skip


@ROOM.page("/my/a/<application_id>/people/<subject>", methods=("GET", "POST"), sample={"subject": "E1"})
def person(visit: Visit, application_id: str, subject: str) -> Response:
    """Change somebody's part, hand the lead over, or take somebody off."""
    back = f"{path_of(application_id)}/people"
    if request.method == "POST":
        filled = CHANGE.posted(request.form)
        if filled.ok:
            role = NULL if filled.data["role"] == _OFF else filled.data["role"]
            data = {"application_id": application_id, "subject": subject, "role": role}
            filled.attempt(lambda: visit.do("intake.set_person", filled.key, **data))
        if filled.ok:
            return visit.go(back, Text("已更改", "Changed"))
    else:
        filled = CHANGE.filled({})
    known = visit.ask("intake.people", application_id=application_id)["people"]
    found = next((each for each in known if each["subject"] == subject), None)
    if found is None:
        raise not_found()
    now = words.word(words.PARTS_OF_PEOPLE, found["role"])
    return visit.page(
        "form.html", Text("调整分工", "Change a part"), form=filled, back=back,
        facts=[(Text("姓名", "Name"), visit.person(subject)), (Text("现在", "Now"), now.at(visit.language))],
    )  # fmt: skip
