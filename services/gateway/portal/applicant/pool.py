"""培育库: joining it, its project grant, what its yearly reviews said, and leaving it."""

from __future__ import annotations

from flask import Response, request

from services.gateway.errors import not_found
from services.gateway.portal.applicant import words
from services.gateway.portal.forms import Field, Form, Kind
from services.gateway.portal.room import Room
from services.gateway.portal.text import Text
from services.gateway.portal.visit import Visit
from shared.contracts.operations import APPLICANT

ROOM = Room("pool", (APPLICANT,))
TITLE = Text("培育库", "Cultivation pool")
_SAMPLE = {"membership_id": "0199a1b2c3d47e5f8a9b0c1d2e3f4a5b"}
ASK = Form(
    (
        Field("name", Text("单位名称", "Organization")),
        Field(
            "uscc",
            Text("统一社会信用代码", "Unified social credit code"),
            width=20,
            hint=Text("18 位", "18 characters"),
        ),
        Field("reason", Text("理由", "Reason"), Kind.AREA),
        Field("contact.name", Text("联系人", "Contact person"), width=20),
        Field("contact.phone", Text("联系电话", "Telephone"), width=20),
    ),
    submit=Text("提交", "Send"),
)
PROJECT = Form(
    (
        Field("title", Text("项目名称", "Title of the project")),
        Field("summary", Text("项目内容", "What it is"), Kind.AREA),
        Field("cost_fen", Text("项目费用", "Its cost"), Kind.MONEY, width=20),
    ),
    submit=Text("申请资助", "Ask for the grant"),
)
LEAVE = Form(
    (Field("reason", Text("退出原因", "Why you leave"), Kind.AREA),),
    submit=Text("退出培育库", "Leave the pool"),
)


@ROOM.page("/my/pool/<cycle_id>", methods=("GET", "POST"))
def pool(visit: Visit, cycle_id: str) -> Response:
    """One's memberships and requests, and a form to ask for one."""
    here = f"/my/pool/{cycle_id}"
    if request.method == "POST":
        filled = visit.submit(ASK, "intake.ask_for_pool", cycle_id=cycle_id)
        if filled.ok:
            return visit.go(here, Text("申请已提交，等待评审办办理", "Sent; the award office decides"))
    else:
        filled = visit.form(ASK)
    members = visit.ask("intake.pool_members", cycle_id=cycle_id)["members"]
    asked = visit.ask("intake.pool_requests", cycle_id=cycle_id)["requests"]
    return visit.page(
        "applicant/pool.html",
        TITLE,
        form=filled,
        members=members,
        requests=asked,
        words=words,
        here_path=here,
    )


@ROOM.page("/my/pool/<cycle_id>/<membership_id>/project", methods=("GET", "POST"), sample=_SAMPLE)
def project(visit: Visit, cycle_id: str, membership_id: str) -> Response:
    """Ask for the pool's grant with a project."""
    return _act(
        visit,
        cycle_id,
        membership_id,
        PROJECT,
        "intake.ask_for_pool_project",
        Text("申请入库项目资助", "Ask for the pool's grant"),
    )


@ROOM.page("/my/pool/<cycle_id>/<membership_id>/leave", methods=("GET", "POST"), sample=_SAMPLE)
def leave(visit: Visit, cycle_id: str, membership_id: str) -> Response:
    """Leave the pool; who comes back is a new member."""
    return _act(
        visit, cycle_id, membership_id, LEAVE, "intake.leave_pool", Text("退出培育库", "Leave the pool")
    )


def _act(
    visit: Visit, cycle_id: str, membership_id: str, form: Form, operation: str, title: Text
) -> Response:
    back = f"/my/pool/{cycle_id}"
    if request.method == "POST":
        filled = visit.submit(form, operation, membership_id=membership_id)
        if filled.ok:
            return visit.go(back, Text("已提交", "Done"))
    else:
        filled = visit.form(form)
    members = visit.ask("intake.pool_members", cycle_id=cycle_id)["members"]
    member = next((each for each in members if each["membership_id"] == membership_id), None)
    if member is None:
        raise not_found()
    facts = [(Text("成员", "Member"), member["name"] or member["uscc"])]
    return visit.page("form.html", title, form=filled, back=back, facts=facts)
