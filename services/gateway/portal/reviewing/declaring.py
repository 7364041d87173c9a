"""年度利害关系申报: a reviewer's yearly declaration, each kind of interest answered, signed by typing one's name."""

from __future__ import annotations

from flask import Response, request

from services.gateway.portal.forms import Choice, Field, Form, Kind, Rows
from services.gateway.portal.room import Room
from services.gateway.portal.text import Text
from services.gateway.portal.visit import Visit
from services.gateway.portal.words import INTERESTS, word
from shared.contracts.operations import REVIEWER
from shared.contracts.operations.review.declarations import RELATIONS

ROOM = Room("declaring", (REVIEWER,))
DECLARE = Form(
    (
        *(Field(f"answers.{each}", word(INTERESTS, each), Kind.YES_NO) for each in RELATIONS),
        Rows(
            "interests", Text("利害关系明细", "Interests"),
            (
                Field(
                    "relation", Text("关系", "Relation"), Kind.SELECT,
                    choices=tuple(Choice(each, word(INTERESTS, each)) for each in RELATIONS),
                ),
                Field("uscc", Text("单位的统一社会信用代码", "The organization's code"), needed=False, width=20),
                Field("organization", Text("单位名称", "Its name"), needed=False),
                Field("person", Text("人员姓名", "Person"), needed=False, width=20),
                Field("since", Text("开始日期", "Since"), Kind.DAY, needed=False),
                Field("until", Text("结束日期", "Until"), Kind.DAY, needed=False),
                Field("note", Text("说明", "Note"), needed=False),
            ),
            least=0,
            hint=Text("上面答“是”的，每项至少列一条", "For each yes above, list one at least"),
        ),
        Field("signed_by", Text("签名：输入您的姓名", "Signature: type your name"), width=20),
    ),
    submit=Text("申报并签名", "Declare and sign"),
)  # fmt: skip


@ROOM.page("/review/declaration", methods=("GET", "POST"))
def declaration(visit: Visit) -> Response:
    """The words that are signed, earlier declarations, and the next one."""
    me = visit.session.subject if visit.session else ""
    filled = visit.form(DECLARE)
    if request.method == "POST":
        filled = DECLARE.posted(request.form)
        if filled.ok:
            filled.attempt(
                lambda: visit.do("review.declare_interests", filled.key, expert_id=me, **filled.data)
            )
        if filled.ok:
            return visit.go("/review", Text("年度申报已签名生效", "Your declaration is signed and in force"))
    told = visit.ask("review.declarations", expert_id=me)
    title = Text("年度利害关系申报", "Yearly declaration of interests")
    return visit.page("reviewing/declaration.html", title, form=filled, told=told)
