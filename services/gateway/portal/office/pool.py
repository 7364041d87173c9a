"""培育库: who asks to join, who is in it, the yearly review, projects and advisers."""

from __future__ import annotations

from typing import Any

from flask import Response, request

from services.gateway.portal.forms import Choice, Field, Form, Kind
from services.gateway.portal.office.around import (
    AWAY,
    Fact,
    as_subject,
    decide,
    decision,
    show,
    there,
)
from services.gateway.portal.room import Room
from services.gateway.portal.text import Text, written_day, written_money
from services.gateway.portal.visit import NULL, Visit
from shared.contracts.operations import OFFICE, WATCHERS
from shared.contracts.operations.operation import CYCLE
from shared.problems import NotFound

ROOM = Room("office_pool", WATCHERS)
_POOL = "/cycles/<cycle_id>/pool"
_MEMBER = _POOL + "/members/<membership_id>"


@ROOM.page(_POOL)
def pool(visit: Visit, cycle_id: str) -> Response:
    """Requests that wait, members with their reviews and projects, advisers."""
    book = visit.rulebook(cycle_id)
    members = visit.ask("intake.pool_members", cycle_id=cycle_id)
    requests = there(visit, "intake.pool_requests", cycle_id=cycle_id)
    advisers = there(visit, "intake.pool_advisers", cycle_id=cycle_id)
    return show(
        visit, "office/pool.html", Text("培育库", "Pool"), at=cycle_id, book=book, members=members,
        requests=requests["requests"] if isinstance(requests, dict) else [], requests_away=requests is AWAY,
        advisers=advisers["advisers"] if isinstance(advisers, dict) else [],
            may={name: visit.may(f"intake.{name}") for name in (
            "join_pool", "decide_pool_request", "review_pool_member", "entrust_pool_member", "leave_pool",
                "decide_pool_project",
            "register_adviser",
        )},
    )  # fmt: skip


def _back(cycle_id: str) -> str:
    return f"/cycles/{cycle_id}/pool"


_JOIN = Form(
    (
        Field("uscc", Text("统一社会信用代码", "Code"), width=20),
        Field("joined_on", Text("入库日期", "Joined on"), Kind.DAY, width=10),
        Field("project_cost_fen", Text("质量提升项目核定费用",
            "Approved cost of its project"), Kind.MONEY, needed=False, width=10),
    ),
    submit=Text("纳入培育库", "Enter it"),
)  # fmt: skip


@ROOM.page(_POOL + "/join", roles=(OFFICE,), methods=("GET", "POST"))
def join(visit: Visit, cycle_id: str) -> Response:
    """Enter an organization that was admitted on paper."""
    return decide(
        visit, _JOIN, "intake.join_pool", title=Text("纳入培育库", "Enter into the pool"), back=_back(cycle_id), at=cycle_id,
        done=Text("已纳入培育库", "Entered"), cycle_id=cycle_id,
    )  # fmt: skip


_REQUEST = Form(
    (
        Field(
            "admitted", Text("决定", "Decision"), Kind.RADIOS,
            choices=(Choice("true", Text("同意入库", "Admit")), Choice("false", Text("不同意", "Refuse"))),
        ),
        Field("joined_on", Text("入库日期", "Joined on"), Kind.DAY, needed=False, width=10, hint=Text("不填则为今天",
            "Left empty, today")),
        Field("reason", Text("理由", "Reason"), Kind.AREA, rows=3, needed=False, hint=Text("不同意的须写明",
            "Needed for a refusal")),
    ),
    submit=Text("决定", "Decide"),
)  # fmt: skip


@ROOM.page(
    _POOL + "/requests/<request_id>", roles=(OFFICE,), methods=("GET", "POST"), sample={"request_id": CYCLE}
)
def decide_request(visit: Visit, cycle_id: str, request_id: str) -> Response:
    """Admit or refuse."""
    if request.method == "POST":
        filled = _REQUEST.posted(request.form)
        if filled.ok:
            data = {**filled.data, "admitted": filled.data["admitted"] == "true"}
            filled.attempt(
                lambda: visit.do("intake.decide_pool_request", filled.key, request_id=request_id, **data)
            )
        if filled.ok:
            return visit.go(_back(cycle_id), Text("已决定", "Decided"))
    else:
        filled = visit.form(_REQUEST)
    found = visit.ask("intake.pool_requests", cycle_id=cycle_id)["requests"]
    asked = next((each for each in found if each["request_id"] == request_id), None)
    if asked is None:
        raise NotFound("没有这个申请", "there is no such request")
    facts: list[Fact] = [
        (Text("单位", "Organization"), asked["name"]),
        (Text("代码", "Code"), asked["uscc"]),
        (Text("理由", "Reason"), asked["reason"]),
        (Text("申请日期", "Asked on"), written_day(asked["asked_on"], visit.language)),
        (Text("现在的结论", "Decision now"), asked["decision_reason"] or "—"),
    ]
    return decision(
        visit, filled, title=Text("审核入库申请", "Decide on a request"), back=_back(cycle_id), at=cycle_id, facts=facts
    )  # fmt: skip


_REVIEW = Form(
    (
        Field(
            "result", Text("年度评估结果", "Result"), Kind.RADIOS,
            choices=(
                Choice("satisfactory", Text("良好", "satisfactory")),
                Choice("needs_improvement", Text("待改进", "needs improvement")),
                Choice("unsatisfactory", Text("不合格", "unsatisfactory")),
            ),
        ),
        Field("note", Text("说明", "Note"), Kind.AREA, rows=4, needed=False),
    ),
    submit=Text("记录评估", "Record the review"),
)  # fmt: skip


@ROOM.page(_MEMBER + "/reviews/<year>", roles=(OFFICE,), methods=("GET", "POST"), sample={"year": "2025"})
def review(visit: Visit, cycle_id: str, membership_id: str, year: str) -> Response:
    """Review a member's year."""
    if not (year.isascii() and year.isdecimal() and len(year) == 4):
        raise NotFound("没有这个年度", "there is no such year")
    return decide(
        visit, _REVIEW, "intake.review_pool_member", title=Text(f"{year} 年度评估", f"Review of {year}"), back=_back(cycle_id),
        done=Text("评估已记录", "The review is recorded"), at=cycle_id, membership_id=membership_id, year=int(year),
    )  # fmt: skip


_ACCOUNT = Form(
    (
        Field(
            "account", Text("账号", "Account"), needed=False, width=20,
            hint=Text("单位账号的用户名；不填则收回", "Its user name; left empty, nobody acts for it any more"),
        ),
    ),
    submit=Text("指定", "Decide"),
)  # fmt: skip


@ROOM.page(_MEMBER + "/account", roles=(OFFICE,), methods=("GET", "POST"))
def entrust(visit: Visit, cycle_id: str, membership_id: str) -> Response:
    """Say which account acts for a member."""
    if request.method == "POST":
        filled = _ACCOUNT.posted(request.form)
        as_subject(visit, filled, "account")
        if filled.ok:
            account: Any = filled.data.get("account", NULL)
            filled.attempt(
                lambda: visit.do(
                    "intake.entrust_pool_member", filled.key, membership_id=membership_id, account=account
                )
            )
        if filled.ok:
            return visit.go(_back(cycle_id), Text("已指定", "Decided"))
    else:
        filled = visit.form(_ACCOUNT)
    return decision(
        visit,
        filled,
        title=Text("指定成员账号", "Which account acts for it"),
        back=_back(cycle_id),
        at=cycle_id,
    )


_LEAVE = Form(
    (
        Field("reason", Text("理由", "Reason"), Kind.AREA, rows=3),
        Field("left_on", Text("退出日期", "Left on"), Kind.DAY, needed=False, width=10, hint=Text("不填则为今天",
            "Left empty, today")),
    ),
    submit=Text("退出培育库", "Take it out"),
)  # fmt: skip


@ROOM.page(_MEMBER + "/leave", roles=(OFFICE,), methods=("GET", "POST"))
def leave(visit: Visit, cycle_id: str, membership_id: str) -> Response:
    """Take a member out of the pool."""
    return decide(
        visit, _LEAVE, "intake.leave_pool", title=Text("退出培育库", "Leave the pool"), back=_back(cycle_id), danger=True,
        done=Text("已退出", "It has left"), at=cycle_id, membership_id=membership_id,
        says=[Text("退出后须重新申请才能再入库。", "To come back it has to ask again.")],
    )  # fmt: skip


_PROJECT = Form(
    (
        Field(
            "approved_cost_fen", Text("核定费用", "Approved cost"), Kind.MONEY, needed=False, width=10,
            hint=Text("不同意的留空，并写明理由", "Left empty it is refused; say why"),
        ),
        Field("reason", Text("理由", "Reason"), Kind.AREA, rows=3, needed=False),
    ),
    submit=Text("决定", "Decide"),
)  # fmt: skip


@ROOM.page(_POOL + "/projects/<project_id>", roles=(OFFICE,), methods=("GET", "POST"))
def project(visit: Visit, cycle_id: str, project_id: str) -> Response:
    """Approve a project's cost, or refuse it."""
    found = [
        (member, each)
        for member in visit.ask("intake.pool_members", cycle_id=cycle_id)["members"]
        for each in member["projects"]
        if each["project_id"] == project_id
    ]
    facts: list[Fact] = [
        fact
        for member, each in found
        for fact in (
            (Text("成员", "Member"), member["name"] or member["uscc"]),
            (Text("项目", "Project"), each["title"]),
            (Text("内容", "What it is"), each["summary"]),
            (Text("申报费用", "Cost asked for"), written_money(each["cost_fen"], visit.language)),
        )
    ]
    return decide(
        visit, _PROJECT, "intake.decide_pool_project", title=Text("核定项目费用", "Approve a project's cost"),
        back=_back(cycle_id), done=Text("已决定", "Decided"), at=cycle_id, facts=facts, project_id=project_id,
    )  # fmt: skip


_ADVISER = Form(
    (
        Field("uscc", Text("成员的统一社会信用代码", "The member's code"), width=20),
        Field("expert_id", Text("专家编号", "Expert"), width=20),
        Field("since", Text("自", "Since"), Kind.DAY, width=10),
    ),
    submit=Text("备案", "Register"),
)


@ROOM.page(_POOL + "/advisers/new", roles=(OFFICE,), methods=("GET", "POST"))
def adviser(visit: Visit, cycle_id: str) -> Response:
    """Register an adviser."""
    return decide(
        visit, _ADVISER, "intake.register_adviser", title=Text("指导专家备案", "Register an adviser"), back=_back(cycle_id),
        done=Text("已备案", "Registered"), at=cycle_id, cycle_id=cycle_id,
        says=[Text("备案后该专家在所有周期回避这家单位。",
            "From then on the expert is kept from that organization in every cycle.")],
    )  # fmt: skip
