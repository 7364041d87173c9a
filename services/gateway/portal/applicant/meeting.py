"""答辩、现场评审和评价: when one meets reviewers, who speaks, and what one says of their conduct afterwards."""

from __future__ import annotations

from typing import Any

from flask import Response, request

from services.gateway.errors import not_found
from services.gateway.portal.applicant import words
from services.gateway.portal.applicant.case import path_of
from services.gateway.portal.applicant.files import take
from services.gateway.portal.applicant.files import whole_form as _whole_form
from services.gateway.portal.forms import Choice, Field, Filled, Form, Kind, Rows
from services.gateway.portal.room import Room
from services.gateway.portal.text import Text
from services.gateway.portal.visit import Visit
from shared.contracts.operations import APPLICANT
from shared.problems import Problem

ROOM = Room("meeting", (APPLICANT,))
SPEAKERS = Form(
    (
        Rows(
            "speakers", Text("答辩人员", "Speakers"),
            (Field("name", Text("姓名", "Name"), width=20), Field("title", Text("职务", "Position"), needed=False, width=20)),
        ),
    ),
    submit=Text("提交名单", "Send the names"),
)  # fmt: skip
_MARKS = tuple(
    Choice(str(mark), Text(zh, en))
    for mark, zh, en in ((5, "5 很好", "5 very good"), (4, "4 好", "4 good"), (3, "3 一般", "3 fair"), (2, "2 差", "2 poor"),
                         (1, "1 很差", "1 very poor"))
)  # fmt: skip


def _mark(name: str, zh: str, en: str) -> Field:
    return Field(f"marks.{name}", Text(zh, en), Kind.RADIOS, choices=_MARKS)


def _conduct_form(stages: list[Choice]) -> Form:
    return Form(
        (
            Field("stage", Text("评审环节", "Stage"), Kind.RADIOS, choices=tuple(stages)),
            _mark("discipline", "遵守纪律", "Kept the rules"),
            _mark("fairness", "公平公正", "Were fair"),
            _mark("integrity", "廉洁自律", "Were honest"),
            Field("comment", Text("其他意见", "Anything else"), Kind.AREA, needed=False),
        ),
        submit=Text("提交评价", "Send"),
    )


@ROOM.page("/my/a/<application_id>/conduct", methods=("GET", "POST"))
def conduct(visit: Visit, application_id: str) -> Response:
    """守纪评价: once for each stage that is over; read by discipline alone, which is said first."""
    line = visit.ask("intake.application", application_id=application_id)
    cycle = visit.ask("intake.cycle", cycle_id=line["cycle_id"])
    book = visit.ask("gateway.rulebook", rulebook=cycle["rulebook"])
    titles = {
        stage["stage"]: Text(stage["title_zh"], stage["title_en"])
        for phase in book["procedure"]
        for stage in phase["stages"]
    }
    over = [
        each["stage"] for each in cycle["stages"] if each["kind"] == "review" and each["state"] == "closed"
    ]
    form = _conduct_form([Choice(stage, titles.get(stage, Text(stage, stage))) for stage in over])
    if request.method == "POST":
        filled = form.posted(request.form)
        if filled.ok:
            marks = {name: int(value) for name, value in filled.data["marks"].items()}
            data = {
                **filled.data,
                "marks": marks,
                "cycle_id": line["cycle_id"],
                "application_id": application_id,
            }
            filled.attempt(lambda: visit.do("gateway.rate_reviewers", filled.key, **data))
        if filled.ok:
            return visit.go(f"{path_of(application_id)}/progress", Text("评价已提交", "Sent"))
    else:
        filled = visit.form(form)
    return visit.page(
        "applicant/conduct.html", Text("评价评审人员守纪情况", "Rate the reviewers' conduct"), form=filled, line=line,
        stages=over, path=path_of(application_id),
    )  # fmt: skip


@ROOM.page("/my/a/<application_id>/appointments")
def appointments(visit: Visit, application_id: str) -> Response:
    """One's own slots and visits, as far as they are settled."""
    line = visit.ask("intake.application", application_id=application_id)
    defence = visit.ask_or_none("review.my_defence", cycle_id=line["cycle_id"])
    visits = visit.ask_or_none("review.my_visits", cycle_id=line["cycle_id"])
    return visit.page(
        "applicant/appointments.html", Text("答辩和现场评审安排", "Defence and visits"), line=line, path=path_of(application_id),
        slots=_own(defence, "slots", application_id), visits=_own(visits, "visits", application_id),
        calendar=f"/api/v1/cycles/{line['cycle_id']}/my-appointments.ics",
    )  # fmt: skip


def _own(told: Any, name: str, application_id: str) -> list[Any] | None:
    return None if told is None else [each for each in told[name] if each["application_id"] == application_id]


@ROOM.page(
    "/my/a/<application_id>/speakers/<stage>",
    methods=("GET", "POST"),
    sample={"application_id": "0199a1b2c3d47e5f8a9b0c1d2e3f4a5b", "stage": "document_review"},
)
def speakers(visit: Visit, application_id: str, stage: str) -> Response:
    """Name who speaks for the applicant."""
    line = visit.ask("intake.application", application_id=application_id)
    back = f"{path_of(application_id)}/appointments"
    slots = visit.ask("review.my_defence", cycle_id=line["cycle_id"])["slots"]
    slot = next(
        (each for each in slots if each["application_id"] == application_id and each["stage"] == stage), None
    )
    if slot is None:
        raise not_found()
    if request.method == "POST":
        named = {"cycle_id": line["cycle_id"], "stage": stage, "application_id": application_id}
        filled = visit.submit(SPEAKERS, "review.name_speakers", **named)
        if filled.ok:
            return visit.go(back, Text("答辩人员已提交", "The speakers were named"))
    else:
        filled = visit.form(SPEAKERS, {"speakers": slot["speakers"]})
    most = slot["speakers_at_most"]
    intro = Text(f"至多 {most} 人", f"{most} at most") if most else None
    return visit.page(
        "form.html", Text("填报答辩人员", "Name the speakers"), form=filled, back=back, intro=intro
    )


# --- credit report --------------------------------------------------------------------------------------------------------------

ATTACH_TITLE = Text("信用报告", "Credit report")


def _attach(files: list[Any]) -> Form:
    choices = tuple(Choice(each["file_id"], Text(each["file_name"], each["file_name"])) for each in files)
    return Form(
        (
            Field("file_id", Text("已检查的文件", "A file that was accepted"), Kind.RADIOS, choices=choices),
            Field("issuer", Text("出具机构", "Issued by")),
            Field("issued_on", Text("出具日期", "Issued on"), Kind.DAY, width=10),
        ),
        submit=Text("作为信用报告附上", "Attach it as the credit report"),
    )


@ROOM.page("/my/a/<application_id>/credit", methods=("GET", "POST"), largest=_whole_form)
def credit(visit: Visit, application_id: str) -> Response:
    """信用报告: first its file is uploaded and checked, then it is attached with who issued it and when."""
    path, problem = f"{path_of(application_id)}/credit", None
    listed = visit.ask("intake.files", application_id=application_id)
    evidence = [each for each in listed["files"] if each["use"] == "evidence"]
    accepted = [each for each in evidence if each["state"] == "accepted"]
    form = _attach(accepted)
    filled: Filled = form.filled({})
    if request.method == "POST" and ("file" in request.files or not accepted):
        try:
            take(visit, application_id, "evidence")
            return visit.go(path, Text("已上传，正在检查", "Uploaded, being checked"))
        except Problem as refused:
            if refused.status in {401, 403, 404}:
                raise
            problem = refused
    elif request.method == "POST":
        filled = visit.submit(form, "intake.attach_credit_report", application_id=application_id)
        if filled.ok:
            return visit.go(path, Text("信用报告已附上", "The credit report was attached"))
    return visit.page(
        "applicant/credit.html", ATTACH_TITLE, status=problem.status if problem else 200, form=filled, files=evidence,
        problem=problem, terms=listed["terms"], words=words, path=path_of(application_id),
    )  # fmt: skip
