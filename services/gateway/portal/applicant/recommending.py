"""推荐与提名: whom a draft asks for its recommendation, what they said, and the nomination that it stands on."""

from __future__ import annotations

from flask import Response, request

from services.gateway.portal.applicant import words
from services.gateway.portal.applicant.case import open_case
from services.gateway.portal.deadlines import deadline
from services.gateway.portal.forms import Choice, Field, Form, Kind
from services.gateway.portal.room import Room
from services.gateway.portal.text import Text
from services.gateway.portal.visit import Visit
from shared.contracts.operations import APPLICANT

ROOM = Room("recommender", (APPLICANT,))
TITLE = Text("推荐部门", "Recommending body")


@ROOM.page("/my/a/<application_id>/recommender", methods=("GET", "POST"))
def recommender(visit: Visit, application_id: str) -> Response:
    """Choose who is asked; another choice takes back what the first one signed, which is said before."""
    case = open_case(visit, application_id)
    register = visit.ask("intake.recommending_bodies")["bodies"]
    bodies = [body for body in register if body["active"]]
    form = _form(bodies)
    if request.method == "POST":
        filled = visit.submit(form, "intake.choose_recommender", application_id=application_id)
        if filled.ok:
            notice = Text(
                "已选择推荐部门，对方现在可以看到这份申报", "Chosen: the body can read this application now"
            )
            return visit.go(case.path, notice)
    else:
        filled = visit.form(form)
    told = visit.ask_or_none("intake.recommendation", application_id=application_id)
    return visit.page(
        "applicant/recommender.html", TITLE, form=filled, case=case, told=told, bodies=bodies, words=words,
        asked=case.asks_recommendation, nominated=case.asks_nomination, is_open=case.open_on(visit.today()),
        closes=deadline(case.last_day, visit.today()),
    )  # fmt: skip


def _form(bodies: list[dict[str, str]]) -> Form:
    choices = tuple(Choice(body["body_id"], _called(body)) for body in bodies)
    return Form(
        (
            Field(
                "body_id", TITLE, Kind.SELECT, choices=choices,
                hint=Text(
                    "按名称排列；选注册地或工作地所在的街镇、园区，或行业主管部门",
                    "By name: of the place where you are registered, or of your industry",
                ),
            ),
        ),
        submit=Text("请其推荐", "Ask for its recommendation"),
    )  # fmt: skip


def _called(body: dict[str, str]) -> Text:
    kind = words.word(words.BODY_KINDS, body["kind"])
    return Text(f"{body['name']}（{kind.zh}）", f"{body['name']} ({kind.en})")


@ROOM.page("/my/a/<application_id>/nomination", methods=("GET", "POST"))
def nomination(visit: Visit, application_id: str) -> Response:
    """The nominations that name one's code; a draft stands on one of them."""
    case = open_case(visit, application_id)
    listed = visit.ask("intake.open_nominations", application_id=application_id)["nominations"]
    choices = tuple(
        Choice(each["nomination_id"], Text(each["body"], each["body"]), Text(each["reason"], each["reason"]))
        for each in listed
    )
    form = Form(
        (Field("nomination_id", Text("采用哪一个提名", "Which nomination"), Kind.RADIOS, choices=choices),),
        submit=Text("采用", "Take it up"),
    )
    if request.method == "POST":
        filled = visit.submit(form, "intake.take_up_nomination", application_id=application_id)
        if filled.ok:
            return visit.go(case.path, Text("已采用提名", "The nomination was taken up"))
    else:
        filled = visit.form(form)
    return visit.page(
        "applicant/nomination.html", Text("提名", "Nomination"), form=filled, case=case, nominations=listed
    )
