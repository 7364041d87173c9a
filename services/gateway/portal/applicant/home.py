"""我的申报: one's own cases in all cycles with what is to be done next, open calls, beginning one, joining one."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import Response, request

from services.gateway.errors import not_found
from services.gateway.portal.applicant import words
from services.gateway.portal.applicant.case import path_of
from services.gateway.portal.calls import numbered, which
from services.gateway.portal.deadlines import Deadline, deadline
from services.gateway.portal.forms import Choice, Field, Filled, Form, Kind
from services.gateway.portal.room import Room
from services.gateway.portal.text import Text
from services.gateway.portal.visit import Visit, needed, or_none, or_unheard
from shared.contracts.operations import APPLICANT
from shared.problems import NotFound

ROOM = Room("my", (APPLICANT,))
TITLE = Text("我的申报", "My applications")
# By status: what is to be done, the page for it, and by which day of the application.
_NEXT: dict[str, tuple[Text, str, str]] = {
    "draft": (Text("继续填写", "Go on filling it in"), "", "closes_on"),
    "returned": (Text("补正", "Mend what was returned"), "", "correction_due_on"),
    "submitted": (Text("查看回执", "See the receipt"), "/done", ""),
    "awarded": (Text("查看奖项", "See the award"), "/award", ""),
    "revoked": (Text("查看奖项", "See the award"), "/award", ""),
}
# What follows where the last day is over: nothing can be mended or handed in any more.
_AFTER = {
    "returned": Text(
        "补正期限已过，不能再补正。评审办按补正前已提交的材料签收，申报继续办理。",
        "The last day for mending is over: nothing can be mended any more. The office signs for what was handed in before, and"
        " the application goes on with that.",
    ),
    "draft": Text(
        "申报已截止，没有提交的草稿不再受理。",
        "The call is closed: a draft that was not handed in is not taken any more.",
    ),
}  # fmt: skip
_OTHERWISE = (Text("查看进展", "See how it goes"), "/progress", "")
_TO_BE_DONE = ("returned", "draft")
JOIN = Form(
    (
        Field(
            "code", Text("邀请码", "Code"), width=30, secret=True, autocomplete="off",
            hint=Text("由申报的负责人给您，只能用一次", "Given to you by the lead of the dossier; good once"),
        ),
    ),
    submit=Text("加入", "Join"),
    secret=True,
)  # fmt: skip


@ROOM.page("/my")
def my(visit: Visit) -> Response:
    """What is to be done first comes first."""
    own, every = visit.ask_all([("intake.my_applications", {}), ("intake.cycles", {})])
    mine, cycles = needed(own)["applications"], or_none(every)
    rules = {rule["rulebook"]: rule for rule in visit.ask("gateway.rulebooks")["rulebooks"]}
    today = visit.today()
    known = numbered(cycles["cycles"]) if cycles else []
    calls = None if cycles is None else [each for each in known if _is_open(each, today.isoformat())]
    owed = _owed(visit, mine, today)
    cases = [
        (line, *_next(line, today, owed), _deadline(line, today, owed))
        for line in sorted(mine, key=lambda line: _order(line, today, owed))
    ]
    return visit.page(
        "applicant/my.html", TITLE, owed=owed, cases=cases, calls=calls, rules=rules, words=words,
        deadlines={each["cycle_id"]: deadline(each["closes_on"], today) for each in calls or ()},
        after={each["application_id"]: _AFTER[each["status"]] for each in mine if _is_over(each, today)},
        which=which, called={each["cycle_id"]: each["call"] for each in known},
    )  # fmt: skip


def _owed(visit: Visit, mine: list[dict[str, Any]], today: date) -> dict[str, dict[str, Any]]:
    """Of winners the yearly report that is due first, of years that are over; of whom nobody knows, nothing."""
    won = [line for line in mine if line["status"] == "awarded"]
    files = visit.ask_each(
        "incentives.my_tracking_file",
        ({"cycle_id": line["cycle_id"], "application_id": line["application_id"]} for line in won),
    )
    found = {}
    for line, answer in zip(won, files, strict=True):
        told = or_unheard(answer)
        reports = told["reports"] if told else []
        waits = [each for each in reports if each["owed_on"] and each["year"] < today.year]
        if waits:
            found[line["application_id"]] = min(waits, key=lambda each: str(each["owed_on"]))
    return found


def _is_open(cycle: dict[str, Any], today: str) -> bool:
    return cycle["state"] == "open" and not cycle["rehearsal"] and cycle["closes_on"] >= today


def _is_over(line: dict[str, Any], today: date) -> bool:
    """Whether the day until which something could be done to it has passed."""
    if line["status"] not in _TO_BE_DONE:
        return False
    last = line["correction_due_on"] if line["status"] == "returned" else line["closes_on"]
    return bool(last) and str(last)[:10] < today.isoformat()


def _order(line: dict[str, Any], today: date, owed: dict[str, dict[str, Any]]) -> tuple[bool, str, str]:
    """What waits for the applicant by its last day; the rest by its cycle, newest first."""
    report = owed.get(line["application_id"])
    if report is not None:
        return False, str(report["owed_on"]), line["application_id"]
    waits = line["status"] in _TO_BE_DONE and not _is_over(line, today)
    day = line["correction_due_on"] or line["closes_on"]
    return (not waits, day if waits else "", line["application_id"])


def _next(line: dict[str, Any], today: date, owed: dict[str, dict[str, Any]]) -> tuple[Text, str]:
    report = owed.get(line["application_id"])
    if report is not None:
        year = report["year"]
        what = Text(f"填写并提交 {year} 年度报告", f"Write and hand in the report of {year}")
        return what, f"{path_of(line['application_id'])}/tracking/{year}"
    what, page, _ = _OTHERWISE if _is_over(line, today) else _NEXT.get(line["status"], _OTHERWISE)
    return what, path_of(line["application_id"]) + page


def _deadline(line: dict[str, Any], today: date, owed: dict[str, dict[str, Any]]) -> Deadline | None:
    report = owed.get(line["application_id"])
    if report is not None:
        return deadline(report["owed_on"], today)
    _, _, by = _NEXT.get(line["status"], _OTHERWISE)
    return deadline(line[by], today) if by else None


def _start_form(book: dict[str, Any]) -> Form:
    kinds = tuple(Choice(kind, words.word(words.KINDS, kind)) for kind in book["kinds"])
    return Form(
        (
            Field("kind", Text("申报类型", "Kind of applicant"), Kind.RADIOS, choices=kinds),
            Field(
                "name", Text("申报主体名称（个人填姓名）", "Name of the applicant"),
                hint=Text("与登记证照一致；以后还可以修改", "As it stands on the licence; it can be changed later"),
            ),
            Field(
                "uscc", Text("统一社会信用代码", "Unified social credit code"), needed=False, width=20,
                hint=Text("18 位；可以以后再填", "18 characters; it can wait"),
            ),
        ),
        submit=Text("开始填写", "Begin"),
    )  # fmt: skip


@ROOM.page("/my/start/<cycle_id>", methods=("GET", "POST"))
def start(visit: Visit, cycle_id: str) -> Response:
    """Begin an application in an open cycle: a kind and a name are enough."""
    cycle = visit.ask("intake.cycle", cycle_id=cycle_id)
    book = visit.ask("gateway.rulebook", rulebook=cycle["rulebook"])
    form = _start_form(book)
    if request.method == "POST":
        filled = visit.submit(form, "intake.create_application", cycle_id=cycle_id)
        if filled.ok:
            notice = Text("已建立申报，可以开始填写", "The application was begun; go on with its pages")
            return visit.go(path_of(filled.reply["application_id"]), notice)
    else:
        filled = visit.form(form)
    closes = deadline(cycle["closes_on"], visit.today())
    return visit.page(
        "applicant/start.html", Text("开始申报", "Begin an application"), form=filled, cycle=cycle, book=book, closes=closes,
    )  # fmt: skip


@ROOM.page("/my/join", methods=("GET", "POST"))
def join(visit: Visit) -> Response:
    """Join somebody's dossier by a code. A wrong, a used and an expired one read the same."""
    filled = JOIN.posted(request.form) if request.method == "POST" else JOIN.filled({})
    if filled.was_posted and filled.ok and _joined(visit, filled):
        notice = Text("您已加入这份申报", "You are on this dossier now")
        return visit.go(path_of(filled.reply["application_id"]), notice)
    intro = Text(
        "收到同事的邀请码后，在这里加入其申报，一起填写。",
        "With a code from a colleague you join their dossier here, to fill it in together.",
    )
    return visit.page(
        "form.html", Text("凭邀请码加入", "Join by a code"), form=filled, back="/my", intro=intro
    )


def _joined(visit: Visit, filled: Filled) -> bool:
    try:
        filled.attempt(lambda: visit.do("intake.join", filled.key, **filled.data))
    except NotFound as problem:
        if problem.code != "no_such_invitation":
            raise not_found() from None
        filled.errors["code"] = Text(problem.detail_zh, problem.detail_en)
    return filled.ok
