"""检查、提交、回执、进展、撤回: a dossier on its way. Of a review an applicant reads that there is one, and no more."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Response, request

from services.gateway.portal.applicant import sections, words
from services.gateway.portal.applicant.case import Case, open_case, path_of
from services.gateway.portal.applicant.conditions import OPEN, on_pages
from services.gateway.portal.deadlines import deadline
from services.gateway.portal.forms import Field, Filled, Form, Kind
from services.gateway.portal.public.regulations import anchor
from services.gateway.portal.room import Room
from services.gateway.portal.text import Text
from services.gateway.portal.visit import Visit
from services.gateway.stated import readable
from shared.contracts.operations import APPLICANT

ROOM = Room("sending", (APPLICANT,))
Said = Mapping[str, Any]
SUBMIT = Form(
    (
        Field(
            "declared", Text("我已核对以上内容，所填内容和所附材料真实、完整", "I have checked this: it is true and complete"),
            Kind.TICK,
        ),
    ),
    submit=Text("提交申报", "Hand it in"),
)  # fmt: skip
WITHDRAW = Form(
    (Field("sure", Text("我确认撤回这份申报", "I take this application back"), Kind.TICK),),
    submit=Text("撤回申报", "Withdraw"),
)
# What comes after a status, in the order in which it comes.
_STEPS = (
    ("draft", Text("填写", "Filling in")),
    ("submitted", Text("已提交，等待评审办签收", "Handed in; the office has to sign for it")),
    ("returned", Text("退回补正", "Returned for correction")),
    ("in_progress", Text("评审中", "Under review")),
)


@ROOM.page("/my/a/<application_id>/check", methods=("GET", "POST"))
def check(visit: Visit, application_id: str) -> Response:
    """The whole dossier on one page, what blocks it, and what the qualification would find; then it is handed in."""
    if request.method == "POST":
        filled = _declared(visit, application_id)
        if filled.ok:
            return visit.go(f"{path_of(application_id)}/done")
    else:
        filled = SUBMIT.filled({})
    case = open_case(visit, application_id)
    found = visit.ask("intake.check_application", application_id=application_id)
    today = visit.today()
    return visit.page(
        "applicant/check.html", Text("检查并提交", "Check and hand in"), form=filled, case=case, found=found, words=words,
        stated=_summary(case), blocking=[_fault(case, fault) for fault in found["faults"]],
        expected=[on_pages(case, each) for each in found["findings"] if each["outcome"] in OPEN], is_open=case.open_on(today),
        closes=deadline(case.last_day, today), anchor=anchor,
    )  # fmt: skip


def _declared(visit: Visit, application_id: str) -> Filled:
    """The tick is the page's, not the operation's."""
    filled = SUBMIT.posted(request.form)
    if filled.ok and filled.data.get("declared") is not True:
        filled.errors["declared"] = Text("请先核对并勾选", "Check it first, and tick the box")
    if filled.ok:
        filled.attempt(
            lambda: visit.do("intake.submit_application", filled.key, application_id=application_id)
        )
    return filled


def _summary(case: Case) -> list[tuple[Text, str, list[tuple[Text, str]]]]:
    """Every page of the form with what stands on it."""
    return [
        (
            section.title,
            f"{case.path}/s/{section.key}",
            [
                (sections.title_of(part), readable(case.draft["parts"].get(part["name"]), part))
                for part in parts
            ],
        )
        for section, parts in case.sections
    ]


def _fault(case: Case, fault: Said) -> tuple[Text, str, Text]:
    """What blocks: its name, where it is mended, and why."""
    why = Text(fault["reason_zh"], fault["reason_en"])
    page = sections.page_of(case.form, fault["field"])
    if page is None:
        titles = {f"materials.{each['name']}": sections.title_of(each) for each in case.form["materials"]}
        return titles.get(fault["field"], Text("材料", "Materials")), f"{case.path}/files", why
    section, part = page
    anchor = part["name"].replace(".", "-")
    return sections.title_of(part), f"{case.path}/s/{section.key}?check=1#f-{anchor}", why


@ROOM.page("/my/a/<application_id>/done")
def done(visit: Visit, application_id: str) -> Response:
    """回执: what was handed in, when, under which digest, and what comes next."""
    line = visit.ask("intake.application", application_id=application_id)
    receipt = visit.ask("intake.receipt", application_id=application_id)
    return visit.page(
        "applicant/done.html", Text("回执", "Receipt"), line=line, receipt=receipt, path=path_of(application_id), words=words,
        last=receipt["submissions"][-1] if receipt["submissions"] else None,
    )  # fmt: skip


@ROOM.page("/my/a/<application_id>/progress")
def progress(visit: Visit, application_id: str) -> Response:
    """Public stages with their days, and how one's own stands as far as it is public."""
    line = visit.ask("intake.application", application_id=application_id)
    cycle = visit.ask("intake.cycle", cycle_id=line["cycle_id"])
    book = visit.ask("gateway.rulebook", rulebook=cycle["rulebook"])
    titles = {stage["stage"]: stage for phase in book["procedure"] for stage in phase["stages"]}
    return visit.page(
        "applicant/progress.html", Text("进展", "How it goes"), line=line, cycle=cycle, book=book, path=path_of(application_id),
        stages=[_public(stage, titles.get(stage["stage"])) for stage in cycle["stages"]], words=words,
        may_withdraw=line["status"] in {status for status, _ in _STEPS},
    )  # fmt: skip


def _public(stage: Said, titled: Said | None) -> dict[str, Any]:
    """A stage as everybody may read it: no counts, nothing of what blocks it."""
    title = Text(titled["title_zh"], titled["title_en"]) if titled else Text(stage["stage"], stage["stage"])
    first = stage["begun_on"] or stage["begins_on"]
    return {
        "title": title,
        "state": stage["state"],
        "first": first,
        "last": stage["closed_on"] or stage["ends_on"],
    }


@ROOM.page("/my/a/<application_id>/withdraw", methods=("GET", "POST"))
def withdraw(visit: Visit, application_id: str) -> Response:
    """Take an application back; this cannot be undone, and is said so."""
    if request.method == "POST":
        filled = WITHDRAW.posted(request.form)
        if filled.ok and filled.data.get("sure") is True:
            filled.attempt(
                lambda: visit.do("intake.withdraw_application", filled.key, application_id=application_id)
            )
            if filled.ok:
                return visit.go("/my", Text("申报已撤回", "The application was withdrawn"))
        elif filled.ok:
            filled.errors["sure"] = Text("请勾选确认", "Tick the box to confirm")
    else:
        filled = WITHDRAW.filled({})
    line = visit.ask("intake.application", application_id=application_id)
    return visit.page(
        "applicant/withdraw.html", Text("撤回申报", "Withdraw the application"), form=filled, line=line,
        back=f"{path_of(application_id)}/progress", words=words,
    )  # fmt: skip
