"""联系人: whom the office rings up; after the submission the one thing of an application that can still be changed."""

from __future__ import annotations

from flask import Response, request

from services.gateway.portal.applicant.case import path_of
from services.gateway.portal.forms import Field, Form
from services.gateway.portal.room import Room
from services.gateway.portal.text import Text
from services.gateway.portal.visit import Visit
from shared.contracts.operations import APPLICANT

ROOM = Room("my_contact", (APPLICANT,))
CONTACT = Form(
    (
        Field("contact_name", Text("联系人", "Whom to ring up"), width=20, autocomplete="name"),
        Field(
            "contact_phone", Text("联系电话", "Telephone"), width=20, autocomplete="tel",
            hint=Text("手机或者带区号的固定电话", "A mobile, or a line with its area code"),
        ),
        Field("contact_email", Text("电子邮箱", "E-mail"), needed=False, autocomplete="email"),
    ),
    submit=Text("更换联系人", "Change it"),
)  # fmt: skip


@ROOM.page("/my/a/<application_id>/contact", methods=("GET", "POST"))
def contact(visit: Visit, application_id: str) -> Response:
    """Who it is now, and naming another; what was handed in stays as it is."""
    back = f"{path_of(application_id)}/progress"
    now = visit.ask("intake.contact", application_id=application_id)
    filled = visit.form(CONTACT, now)
    if request.method == "POST":
        filled = visit.submit(CONTACT, "intake.change_contact", application_id=application_id)
        if filled.ok:
            return visit.go(
                back, Text("联系人已更换，评审办已能看到", "It is changed, and the office sees it")
            )
    return visit.page(
        "applicant/contact.html",
        Text("更换联系人", "Change the contact person"),
        form=filled,
        now=now,
        back=back,
    )
