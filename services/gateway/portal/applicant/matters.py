"""异议、称号使用、撤销案件: what is raised against one's own award, and answering it in time."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from flask import Response, request

from services.gateway.errors import not_found
from services.gateway.portal.applicant import words
from services.gateway.portal.forms import Field, Form, Kind
from services.gateway.portal.papers import sent, whole_form, with_papers
from services.gateway.portal.room import Room
from services.gateway.portal.text import Text
from services.gateway.portal.visit import Visit, or_none
from shared.contracts.operations import APPLICANT
from shared.problems import Unavailable
from shared.rulebooks.explained import cited

ROOM = Room("matters", (APPLICANT,))
TITLE = Text("异议、称号使用和撤销案件", "Objections, use of the title, revocation cases")
Said = Mapping[str, Any]


def _answering(name: str, label: Text, submit: Text) -> Form:
    return with_papers((Field(name, label, Kind.AREA, rows=8),), submit)


OBJECTION = _answering("text", Text("您的说明", "What you say to it"), Text("提交说明", "Send"))
APPEAL = _answering("text", Text("申请复核的理由", "Why you appeal"), Text("申请复核", "Appeal"))
CORRECTION = _answering("correction", Text("改正情况", "What was corrected"), Text("报告改正", "Report"))
DEFENCE = _answering("answer", Text("陈述和申辩", "Your statement"), Text("提交陈述", "Send"))


@ROOM.page("/my/matters")
def matters(visit: Visit) -> Response:
    """Everything that is raised, over all cycles; each block says so where its service is away."""
    mine = visit.ask("intake.my_applications")["applications"]
    names = {each["application_id"]: each["name"] for each in mine}
    cycles = dict.fromkeys(each["cycle_id"] for each in mine)
    *raised, breaches, cases = map(
        or_none,
        visit.ask_all([
            *(("eligibility.my_objections", {"cycle_id": each}) for each in cycles),
            ("eligibility.my_title_breaches", {}), ("eligibility.my_revocation_cases", {}),
        ]),
    )  # fmt: skip
    told = [each for each in raised if each is not None]
    objections = (
        [objection for each in told for objection in each["objections"]] if len(told) == len(raised) else None
    )
    return visit.page(
        "applicant/matters.html", TITLE, objections=objections, names=names, words=words,
        breaches=None if breaches is None else breaches["breaches"], cases=None if cases is None else cases["cases"],
    )  # fmt: skip


def _objection(visit: Visit, objection_id: str) -> Said:
    """An objection to one of one's own applications. Raises NotFound."""
    for cycle_id in dict.fromkeys(
        each["cycle_id"] for each in visit.ask("intake.my_applications")["applications"]
    ):
        for each in visit.ask("eligibility.my_objections", cycle_id=cycle_id)["objections"]:
            if each["objection_id"] == objection_id:
                found: Said = each
                return found
    raise not_found()


def _articles(visit: Visit, cycle_id: str) -> Callable[[str], str]:
    """How articles of a cycle's regulation are cited; by their bare numbers where nobody can say."""
    try:
        book = visit.rulebook(cycle_id)
    except Unavailable:
        return str
    return lambda rule: cited(book, rule)


_EXAMPLE = "0199a1b2c3d47e5f8a9b0c1d2e3f4a5b"


@ROOM.page(
    "/my/objections/<objection_id>",
    methods=("GET", "POST"),
    largest=whole_form,
    sample={"objection_id": _EXAMPLE},
)
def objection(visit: Visit, objection_id: str) -> Response:
    """What is objected, never by whom; one's answer, or one's appeal."""
    told = _objection(visit, objection_id)
    appeals = bool(told["may_appeal"])
    form = APPEAL if appeals else OBJECTION
    operation = "eligibility.appeal_as_applicant" if appeals else "eligibility.answer_objection"
    if request.method == "POST":
        filled = sent(visit, form, operation, "answer", objection_id=objection_id)
        if filled.ok:
            return visit.go("/my/matters", Text("已提交", "Sent"))
    else:
        filled = visit.form(form)
    title = Text("对我的异议", "An objection to your application")
    return visit.page(
        "applicant/objection.html",
        title,
        form=filled,
        told=told,
        words=words,
        answers=appeals or told["awaits"] == "answer",
    )


@ROOM.page(
    "/my/breaches/<breach_id>", methods=("GET", "POST"), largest=whole_form, sample={"breach_id": _EXAMPLE}
)
def breach(visit: Visit, breach_id: str) -> Response:
    """What was found of the title's use, and reporting that it was corrected."""
    listed = visit.ask("eligibility.my_title_breaches")["breaches"]
    told = next((each for each in listed if each["breach_id"] == breach_id), None)
    if told is None:
        raise not_found()
    if request.method == "POST":
        filled = sent(visit, CORRECTION, "eligibility.report_correction", "other", breach_id=breach_id)
        if filled.ok:
            return visit.go("/my/matters", Text("改正情况已报告", "The correction was reported"))
    else:
        filled = visit.form(CORRECTION)
    return visit.page(
        "applicant/breach.html", Text("称号使用", "Use of the title"), form=filled, told=told, words=words,
        article=_articles(visit, told["cycle_id"]),
    )  # fmt: skip


@ROOM.page("/my/cases/<case_id>", methods=("GET", "POST"), largest=whole_form, sample={"case_id": _EXAMPLE})
def case(visit: Visit, case_id: str) -> Response:
    """A case about one's award, its letters, and what one says to it."""
    listed = visit.ask("eligibility.my_revocation_cases")["cases"]
    told = next((each for each in listed if each["case_id"] == case_id), None)
    if told is None:
        raise not_found()
    if request.method == "POST":
        filled = sent(visit, DEFENCE, "eligibility.answer_case", "other", case_id=case_id)
        if filled.ok:
            return visit.go("/my/matters", Text("陈述已提交", "Your statement was sent"))
    else:
        filled = visit.form(DEFENCE)
    return visit.page(
        "applicant/case.html", Text("撤销案件", "Revocation case"), form=filled, told=told, words=words,
        article=_articles(visit, told["cycle_id"]),
    )  # fmt: skip
