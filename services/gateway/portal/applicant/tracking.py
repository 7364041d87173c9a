"""获奖后跟踪: the yearly form of a winner, its indices over the years, warnings and orders to be answered."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Response, request
from markupsafe import Markup

from services.gateway.errors import not_found
from services.gateway.portal.applicant import words
from services.gateway.portal.applicant.case import path_of
from services.gateway.portal.deadlines import deadline
from services.gateway.portal.forms import Field, Filled, Form, Kind, Rows
from services.gateway.portal.papers import sent, whole_form, with_papers
from services.gateway.portal.room import Room
from services.gateway.portal.text import Text
from services.gateway.portal.visit import Visit
from shared.contracts.operations import APPLICANT
from shared.documents import Line, Lines, lines
from shared.identifiers import new_id

ROOM = Room("tracking", (APPLICANT,))
TITLE = Text("年度报告", "Yearly reports")
_MOST = 6  # lines of one picture
_OPEN = ("due", "draft", "returned")
Said = Mapping[str, Any]
TEXT = Form((Field("text", Text("内容", "Text"), Kind.AREA, rows=10),))
FIGURE = Form(
    (
        Field("value", Text("本年数值", "This year's figure"), width=20, hint=Text("数字，例如 12.5", "For example 12.5")),
        Rows(
            "comparisons", Text("对比", "Compared with"),
            (
                Field("name", Text("对象（行业平均、标杆等）", "Whom: the industry, a benchmark")),
                Field("value", Text("数值", "Figure"), width=20),
            ),
        ),
        Field("said", Text("说明", "Note"), Kind.AREA, needed=False),
    ),
)  # fmt: skip
PAPERS = with_papers((), Text("添加附件", "Add papers"))
ANSWER = Form((Field("answer", Text("回复", "Your answer"), Kind.AREA),), submit=Text("提交回复", "Send"))
ORDER = with_papers(
    (Field("answer", Text("整改情况", "What was done"), Kind.AREA),), Text("提交答复", "Send")
)


@ROOM.page("/my/a/<application_id>/tracking")
def tracking(visit: Visit, application_id: str) -> Response:
    """All years at once: what is due first, then the indices as a picture with its table."""
    told = _file(visit, application_id)
    today = visit.today()
    return visit.page(
        "applicant/tracking.html", TITLE, told=told, words=words, path=path_of(application_id), open_states=_OPEN,
        titles={line["index"]: line for line in told["lines"]},
        pictures=_pictures(visit, told), api=f"/api/v1/cycles/{told['cycle_id']}/my-tracking/{application_id}/report",
        deadlines={each["year"]: deadline(each["due_on"], today) for each in told["reports"] if each["state"] in _OPEN},
    )  # fmt: skip


def _file(visit: Visit, application_id: str) -> dict[str, Any]:
    line = visit.ask("intake.application", application_id=application_id)
    return visit.ask("incentives.my_tracking_file", cycle_id=line["cycle_id"], application_id=application_id)


def _pictures(visit: Visit, told: Said) -> list[tuple[Markup, Any]]:
    """Lines over the years, the award's year being 100, some to a picture; and the same figures as a table."""
    years = sorted({point["year"] for line in told["lines"] for point in line["points"]})
    if not years:
        return []
    drawn = [
        Line(
            visit.say(line["title_zh"], line["title_en"]),
            tuple(
                {point["year"]: point["relative"] or "" for point in line["points"]}.get(year, "")
                for year in years
            ),
        )
        for line in told["lines"]
    ]
    found = []
    for at in range(0, len(drawn), _MOST):
        title = visit.say("各项指标（获奖年度为 100）", "Indices, the award's year being 100")
        block = Lines(title, tuple(map(str, years)), tuple(drawn[at : at + _MOST]), "100")
        found.append((Markup(lines.svg(block)), lines.table(block, visit.say("指标", "Index"))))  # noqa: S704 - made here
    return found


def _report(told: Said, year: str) -> dict[str, Any]:
    """One year's report. Raises NotFound."""
    found = next((each for each in told["reports"] if str(each["year"]) == year), None)
    if found is None:
        raise not_found()
    return dict(found)


@ROOM.page("/my/a/<application_id>/tracking/<year>", methods=("GET", "POST"), sample={"year": "2025"})
def year_report(visit: Visit, application_id: str, year: str) -> Response:
    """One year's report: its texts, its figures, its papers; handing it in."""
    told = _file(visit, application_id)
    found = _report(told, year)
    problem: Filled | None = None
    if request.method == "POST":
        filled = Form(()).posted(request.form)
        named = {"cycle_id": told["cycle_id"], "application_id": application_id, "year": int(year)}
        filled.attempt(lambda: visit.do("incentives.submit_tracking_report", filled.key or new_id(), **named))
        if filled.ok:
            return visit.go(
                f"{path_of(application_id)}/tracking", Text("年度报告已提交", "The report was handed in")
            )
        problem = filled
    content = found["draft"] or found["content"] or {"texts": [], "figures": [], "papers": []}
    return visit.page(
        "applicant/year.html", Text(f"{year} 年度报告", f"Report of {year}"), told=told, report=found, content=content,
        words=words, path=path_of(application_id), year=year, is_open=found["state"] in _OPEN,
        form=problem or Form(()).filled({}),
        texts={each["field"]: each["text"] for each in content["texts"]},
        figures={each["index"]: each for each in content["figures"]},
        closes=deadline(found["due_on"], visit.today()),
    )  # fmt: skip


@ROOM.page(
    "/my/a/<application_id>/tracking/<year>/t/<name>",
    methods=("GET", "POST"),
    sample={"year": "2025", "name": "summary"},
)
def year_text(visit: Visit, application_id: str, year: str, name: str) -> Response:
    """One text of the form."""
    if name not in words.REPORT_TEXTS:
        raise not_found()
    told = _file(visit, application_id)
    content = _report(told, year)["draft"] or _report(told, year)["content"] or {"texts": []}
    if request.method == "POST":
        named = {
            "cycle_id": told["cycle_id"],
            "application_id": application_id,
            "year": int(year),
            "field": name,
        }
        filled = visit.submit(TEXT, "incentives.save_tracking_text", **named)
        if filled.ok:
            return visit.go(f"{path_of(application_id)}/tracking/{year}", Text("已保存", "Saved"))
    else:
        kept = {each["field"]: each["text"] for each in content["texts"]}
        filled = visit.form(TEXT, {"text": kept.get(name)})
    return visit.page(
        "form.html", words.REPORT_TEXTS[name], form=filled, back=f"{path_of(application_id)}/tracking/{year}"
    )


@ROOM.page(
    "/my/a/<application_id>/tracking/<year>/i/<index>",
    methods=("GET", "POST"),
    sample={"year": "2025", "index": "example"},
)
def year_figure(visit: Visit, application_id: str, year: str, index: str) -> Response:
    """One figure of the form, with what it is compared with."""
    told = _file(visit, application_id)
    report = _report(told, year)
    titled = next((line for line in told["lines"] if line["index"] == index), None)
    if request.method == "POST":
        named = {
            "cycle_id": told["cycle_id"],
            "application_id": application_id,
            "year": int(year),
            "index": index,
        }
        filled = visit.submit(FIGURE, "incentives.save_tracking_figure", **named)
        if filled.ok:
            return visit.go(f"{path_of(application_id)}/tracking/{year}", Text("已保存", "Saved"))
    else:
        content = report["draft"] or report["content"] or {"figures": []}
        kept: dict[str, Any] = next((each for each in content["figures"] if each["index"] == index), {})
        filled = visit.form(FIGURE, kept)
    title = Text(titled["title_zh"], titled["title_en"]) if titled else Text(index, index)
    unit = Text(f"单位：{titled['unit_zh']}", f"Unit: {titled['unit_en']}") if titled else None
    return visit.page(
        "form.html", title, form=filled, back=f"{path_of(application_id)}/tracking/{year}", intro=unit
    )


@ROOM.page(
    "/my/a/<application_id>/tracking/<year>/papers",
    methods=("GET", "POST"),
    largest=whole_form,
    sample={"year": "2025"},
)
def year_papers(visit: Visit, application_id: str, year: str) -> Response:
    """Papers of a year's report."""
    told = _file(visit, application_id)
    _report(told, year)
    if request.method == "POST":
        named = {"cycle_id": told["cycle_id"], "application_id": application_id, "year": int(year)}
        filled = sent(visit, PAPERS, "incentives.add_tracking_papers", "record", **named)
        if filled.ok:
            return visit.go(
                f"{path_of(application_id)}/tracking/{year}", Text("附件已添加", "The papers were added")
            )
    else:
        filled = PAPERS.filled({})
    return visit.page(
        "form.html",
        Text("年度报告附件", "Papers of the report"),
        form=filled,
        back=f"{path_of(application_id)}/tracking/{year}",
    )


@ROOM.page("/my/a/<application_id>/warnings/<warning_id>", methods=("GET", "POST"))
def warning(visit: Visit, application_id: str, warning_id: str) -> Response:
    """Answer a warning that an index has fallen."""
    told = _file(visit, application_id)
    if request.method == "POST":
        named = {"cycle_id": told["cycle_id"], "application_id": application_id, "warning_id": warning_id}
        filled = visit.submit(ANSWER, "incentives.answer_tracking_warning", **named)
        if filled.ok:
            return visit.go(f"{path_of(application_id)}/tracking", Text("回复已提交", "Your answer was sent"))
    else:
        filled = visit.form(ANSWER)
    return visit.page(
        "form.html",
        Text("回复退步提醒", "Answer a warning"),
        form=filled,
        back=f"{path_of(application_id)}/tracking",
    )


@ROOM.page("/my/a/<application_id>/orders/<order_id>", methods=("GET", "POST"), largest=whole_form)
def order(visit: Visit, application_id: str, order_id: str) -> Response:
    """Answer an order to put something right, with papers."""
    told = _file(visit, application_id)
    if request.method == "POST":
        named = {"cycle_id": told["cycle_id"], "application_id": application_id, "order_id": order_id}
        filled = sent(visit, ORDER, "incentives.answer_rectification", "rectification", **named)
        if filled.ok:
            return visit.go(f"{path_of(application_id)}/tracking", Text("答复已提交", "Your answer was sent"))
    else:
        filled = visit.form(ORDER)
    asked = next((each for each in told["orders"] if each["order_id"] == order_id), None)
    facts = (
        [(Text("要求", "What is asked"), asked["what"]), (Text("依据", "Ground"), asked["ground"])]
        if asked
        else []
    )
    return visit.page(
        "form.html",
        Text("答复整改要求", "Answer an order"),
        form=filled,
        back=f"{path_of(application_id)}/tracking",
        facts=facts,
    )
