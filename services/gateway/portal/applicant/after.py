"""评审之后: the feedback report, the award with its certificate, the grant with its account, what is owed back, and its use."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Response, request
from markupsafe import Markup

from services.gateway.errors import not_found
from services.gateway.portal.applicant import words
from services.gateway.portal.applicant.case import path_of
from services.gateway.portal.forms import Field, Form, Kind, Rows
from services.gateway.portal.papers import sent as sent_with_papers
from services.gateway.portal.papers import whole_form, with_papers
from services.gateway.portal.room import Room
from services.gateway.portal.text import Text
from services.gateway.portal.visit import Visit
from shared.contracts.operations import APPLICANT
from shared.documents import Radar, radar
from shared.problems import NotFound

ROOM = Room("after", (APPLICANT,))
Said = Mapping[str, Any]
_FEWEST = 3  # axes of a radar
_MISUSE = "title_misuse"  # the event after an award that is about the title
STATEMENT = Form(
    (
        Field(
            "comment", Text("您的意见", "What you say to it"), Kind.AREA, rows=8,
            hint=Text("可以陈述不同意见；只能回复一次，最多 4000 字", "Where you see it otherwise; once, 4,000 characters"),
        ),
        Field("version", Text("版本", "Version"), Kind.HIDDEN),
    ),
    submit=Text("提交回复", "Send"),
)  # fmt: skip
ACCOUNT = Form(
    (
        Field(
            "account_name", Text("户名", "Name of the account"), hint=Text("应与获奖主体名称一致", "The winner's own name")
        ),
        Field("bank", Text("开户银行", "Bank"), hint=Text("写到支行", "With its branch")),
        Field("account_number", Text("账号", "Number of the account"), Kind.CODE, width=30, autocomplete="off"),
    ),
    submit=Text("提交账户", "Send the account"),
)  # fmt: skip
USE = with_papers(
    (
        Field("grant_for", Text("资金", "Grant"), Kind.HIDDEN),
        Field("period", Text("报告期", "Period"), Kind.NUMBER, width=5),
        Rows(
            "items", Text("支出", "Spent"),
            (
                Field("purpose", Text("用途", "For")),
                Field("amount_fen", Text("金额", "Amount"), Kind.MONEY, width=20),
                Field("note", Text("说明", "Note")),
            ),
        ),
    ),
    Text("提交报告", "Hand the report in"),
)  # fmt: skip


@ROOM.page("/my/a/<application_id>/report", methods=("GET", "POST"))
def report(visit: Visit, application_id: str) -> Response:
    """反馈报告: released ones only; what is not is told as what does not exist."""
    cycle_id = _cycle_of(visit, application_id)
    named = {"cycle_id": cycle_id, "application_id": application_id}
    if request.method == "POST":
        filled = STATEMENT.posted(request.form)
        if filled.ok:
            version = filled.data["version"]
            data = {"comment": filled.data["comment"], "version": int(version) if version.isdecimal() else 0}
            filled.attempt(lambda: visit.do("review.answer_feedback", filled.key, **named, **data))
        if filled.ok:
            return visit.go(f"{path_of(application_id)}/report", Text("回复已提交", "Your answer was sent"))
    told = visit.ask("review.my_feedback", **named)
    listed = visit.ask_or_none("review.my_feedback_reports", cycle_id=cycle_id)
    answered = any(
        each["application_id"] == application_id and each["answered"] for each in (listed or {"reports": []})["reports"]
    )  # fmt: skip
    if request.method != "POST":
        filled = visit.form(STATEMENT, {"version": told["version"]})
    return visit.page(
        "applicant/report.html", Text("评审反馈报告", "Feedback report"), form=filled, told=told, picture=_radar(visit, told),
        answered=answered, path=path_of(application_id), api=f"/api/v1/cycles/{cycle_id}/my-feedback/{application_id}/report",
    )  # fmt: skip


def _cycle_of(visit: Visit, application_id: str) -> str:
    return str(visit.ask("intake.application", application_id=application_id)["cycle_id"])


def _radar(visit: Visit, told: Said) -> Markup | None:
    """The same picture as in the paper; None for fewer categories than make one."""
    lines = told["categories"]
    if len(lines) < _FEWEST:
        return None
    axes = tuple(visit.say(line["title_zh"], line["title_en"]) for line in lines)
    shown = tuple(str(min(100, line["percent"])) for line in lines)
    title = visit.say("各类得分率（%）", "Share of points by category, percent")
    return Markup(radar.svg(Radar(title, axes, shown)))  # noqa: S704 - made here, and escaped there


@ROOM.page("/my/a/<application_id>/award", methods=("GET", "POST"))
def award(visit: Visit, application_id: str) -> Response:
    """The certificate, the grant and the account it is paid to, and what is owed back."""
    path = f"{path_of(application_id)}/award"
    if request.method == "POST":
        filled = visit.submit(ACCOUNT, "incentives.enter_payee", application_id=application_id)
        if filled.ok:
            return visit.go(path, Text("账户已提交，等待财务核对", "Sent; finance checks it"))
    else:
        filled = visit.form(ACCOUNT)
    line = visit.ask("intake.application", application_id=application_id)
    if line["status"] not in ("awarded", "revoked"):
        raise not_found()
    money, payees = (
        _mine(visit, "incentives.money", "grants", line),
        _mine(visit, "incentives.payees", "payees", line),
    )
    owed, used = (
        _mine(visit, "incentives.receivables", "receivables", line),
        _mine(visit, "incentives.use_reports", "grants", line),
    )
    return visit.page(
        "applicant/award.html", Text("奖项和资金", "Award and grant"), form=filled, line=line, words=words, grants=money,
        payees=payees, owed=owed, used=used, certificate=_certificate(visit, application_id),
        path=path_of(application_id), api=f"/api/v1/applications/{application_id}/certificate", rules=_title_rules(visit, line),
    )  # fmt: skip


def _title_rules(visit: Visit, line: Said) -> list[tuple[str, Text]]:
    """What the regulation says of the use of the title: the article whose breach has consequences."""
    book = visit.rulebook(line["cycle_id"])
    sanction = book.sanctions.get(_MISUSE)
    article = book.articles.get(sanction.rule) if sanction is not None else None
    if article is None or article.gist is None:
        return []
    return [(article.label, Text(article.gist.zh, article.gist.en))]


def _certificate(visit: Visit, application_id: str) -> Said | None:
    try:
        return visit.ask_or_none("eligibility.certificate", application_id=application_id)
    except NotFound:
        return None


def _mine(visit: Visit, operation: str, name: str, line: Said) -> list[Any] | None:
    """What an operation tells of this application; None where its service is away."""
    told = visit.ask_or_none(operation, cycle_id=line["cycle_id"])
    if told is None:
        return None
    return [each for each in told[name] if each["application_id"] == line["application_id"]]


@ROOM.page(
    "/my/a/<application_id>/use",
    methods=("GET", "POST"),
    largest=whole_form,
)
def use(visit: Visit, application_id: str) -> Response:
    """资金使用: report what a grant was spent on, with papers."""
    grant = request.args.get("grant", "award")
    if request.method == "POST":
        filled = sent_with_papers(
            visit, USE, "incentives.report_use", "payment", application_id=application_id
        )
        if filled.ok:
            notice = Text("资金使用报告已提交", "The report of use was handed in")
            return visit.go(f"{path_of(application_id)}/award", notice)
    else:
        filled = visit.form(USE, {"grant_for": grant if grant in ("award", "pool") else "award"})
    line = visit.ask("intake.application", application_id=application_id)
    return visit.page(
        "form.html", Text("报告资金使用", "Report the use of the grant"), form=filled, back=f"{path_of(application_id)}/award",
        facts=[(Text("申报主体", "Applicant"), line["name"])],
        intro=Text("每一笔写明用途和金额，附凭证。提交后由财务审核。", "Each sum with what it was for; finance reads it."),
    )  # fmt: skip
