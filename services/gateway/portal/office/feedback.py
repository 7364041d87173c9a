"""反馈报告: gathered from the sheets, edited by the office, released to all at once; and the digest of common problems."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from flask import Response, request

from services.gateway.portal.forms import Field, Filled, Form, Kind
from services.gateway.portal.office.around import decide, names_of, numbered, renewed, show
from services.gateway.portal.room import Room
from services.gateway.portal.text import Text
from services.gateway.portal.visit import Visit
from shared.contracts.operations import DISCIPLINE, OFFICE

ROOM = Room("office_feedback", (OFFICE, DISCIPLINE))
_HERE = "/cycles/<cycle_id>/feedback"


@ROOM.page(_HERE)
def reports(visit: Visit, cycle_id: str) -> Response:
    """Every report of the cycle, and what is missing."""
    found = visit.ask("review.feedback_reports", cycle_id=cycle_id)
    ids = [each["application_id"] for each in found["reports"]] + list(found["missing"])
    return show(
        visit, "office/feedback.html", Text("反馈报告", "Feedback reports"), at=cycle_id, found=found,
        names=names_of(visit, cycle_id, ids), drafted=any(each["state"] == "drafted" for each in found["reports"]),
        may={name: visit.may(f"review.{name}") for name in ("prepare_feedback", "release_feedback", "preview_digest")},
    )  # fmt: skip


@ROOM.page(_HERE + "/prepare", roles=(OFFICE,), methods=("GET", "POST"))
def prepare(visit: Visit, cycle_id: str) -> Response:
    """Gather the reports from the sheets; what was edited is kept."""
    return decide(
        visit, Form((), submit=Text("汇集草案", "Gather the drafts")), "review.prepare_feedback", at=cycle_id,
        title=Text("汇集反馈报告草案", "Gather the feedback reports"), back=f"/cycles/{cycle_id}/feedback",
        done=Text("草案已汇集", "The drafts are gathered"), cycle_id=cycle_id,
        says=[Text("由评分表和评审报告汇集；已修改过的草案保持不变。",
            "From the sheets and reports; drafts that were edited stay as they are.")],
    )  # fmt: skip


@ROOM.page(_HERE + "/release", roles=(OFFICE,), methods=("GET", "POST"))
def release(visit: Visit, cycle_id: str) -> Response:
    """Release all reports at one instant."""
    says = [
        Text("所有申报人同时收到；发布后只能以新版本更正，并写明理由。",
            "All applicants get them at once; afterwards only a new version with a reason can correct one."),
        Text("报告不写评审员姓名和其他申报人的情况，发布前请逐一核对提示。",
            "They name neither reviewers nor other applicants; look at every warning first."),
    ]  # fmt: skip
    found = visit.ask("review.feedback_reports", cycle_id=cycle_id)
    return decide(
        visit, Form((), submit=Text("全部发布", "Release all")), "review.release_feedback", at=cycle_id, says=says,
        title=Text("发布反馈报告", "Release the feedback reports"), back=f"/cycles/{cycle_id}/feedback", danger=True,
        facts=[
            (Text("草案", "Drafts"), sum(each["state"] == "drafted" for each in found["reports"])),
            (Text("尚缺", "Missing"), len(found["missing"])),
            (Text("提示", "Warnings"), sum(each["warnings"] for each in found["reports"])),
        ],
        done=Text("已全部发布", "All are released"), cycle_id=cycle_id,
    )  # fmt: skip


# --- one report -------------------------------------------------------------------------------------------------------


def _titles(report: Mapping[str, Any]) -> dict[str, Text]:
    """What the items of the criteria are called."""
    found = {}
    for category in report["categories"]:
        for each in (category, *category["items"]):
            found[each["item"]] = Text(
                f"{each['item']} {each['title_zh']}", f"{each['item']} {each['title_en']}"
            )
    return found


def _form(report: Mapping[str, Any], *, released: bool) -> Form:
    """The texts of a report: what stands between two empty lines is one entry."""
    titles = _titles(report)
    parts: list[Field] = [
        Field("version" if released else "revision", Text("版本", "Version"), Kind.HIDDEN),
        Field("summary", Text("综述", "Summary"), Kind.AREA, rows=8),
    ]
    for number, point in enumerate(report["points"]):
        title = titles.get(point["item"], Text(point["item"] or "总体", point["item"] or "as a whole"))
        for name, zh, en in (
            ("strengths", "优势", "strengths"),
            ("improvements", "改进空间", "improvements"),
        ):
            label = Text(f"{title.zh}：{zh}", f"{title.en}: {en}")
            parts.append(
                Field(f"points.{number}.{name}", label, Kind.AREA, needed=False,
                      hint=Text("各条之间空一行", "An empty line between two entries"))
            )  # fmt: skip
    if released:
        parts.append(Field("reason", Text("更正理由", "Why it is corrected"), Kind.AREA, rows=3))
    return Form(
        tuple(parts),
        submit=Text("发布更正版", "Release the correction")
        if released
        else Text("保存草案", "Save the draft"),
    )


def _values(report: Mapping[str, Any], number: int) -> dict[str, Any]:
    found: dict[str, Any] = {"summary": report["summary"], "version": number, "revision": number}
    for at, point in enumerate(report["points"]):
        for name in ("strengths", "improvements"):
            found[f"points.{at}.{name}"] = "\n\n".join(point[name])
    return found


def entries(text: str) -> list[str]:
    """What stands between empty lines."""
    return [part.strip() for part in re.split(r"\n[ \t]*\n", text.replace("\r\n", "\n")) if part.strip()]


def _texts(data: Mapping[str, Any], report: Mapping[str, Any]) -> dict[str, Any]:
    typed = data.get("points", {})
    points = [
        {
            "item": point["item"],
            **{name: entries(typed.get(str(at), {}).get(name, "")) for name in ("strengths", "improvements")},
        }
        for at, point in enumerate(report["points"])
    ]
    return {**{name: value for name, value in data.items() if name != "points"}, "points": points}


@ROOM.page(_HERE + "/<application_id>", methods=("GET", "POST"))
def report(visit: Visit, cycle_id: str, application_id: str) -> Response:
    """One report: edited while it is a draft, corrected by a new version after its release."""
    asked = {"cycle_id": cycle_id, "application_id": application_id}
    found = visit.ask("review.feedback_report", **asked)
    released = found["state"] == "released"
    operation = "review.correct_feedback" if released else "review.edit_feedback"
    may = visit.may(operation)
    form = _form(found["report"], released=released)
    number = found["report"]["version"] if released else found["revision"]
    if request.method == "POST" and may:
        filled = form.posted(request.form)
        _save(visit, filled, operation, found["report"], asked, "version" if released else "revision")
        if filled.ok:
            return visit.go(request.path, Text("已保存", "Saved"))
        renewed(filled, "version" if released else "revision", number)
    else:
        filled = visit.form(form, _values(found["report"], number))
    return show(
        visit, "office/feedback_report.html", Text("反馈报告", "Feedback report"), at=cycle_id, form=filled, found=found,
        may_write=may, released=released, titles=_titles(found["report"]), back=f"/cycles/{cycle_id}/feedback",
        paper=f"/api/v1/cycles/{cycle_id}/feedback/{application_id}/report", stale=filled.status == 409,
    )  # fmt: skip


def _save(
    visit: Visit,
    filled: Filled,
    operation: str,
    report: Mapping[str, Any],
    asked: Mapping[str, str],
    name: str,
) -> None:
    if filled.ok:
        data = numbered(_texts(filled.data, report), name)
        filled.attempt(lambda: visit.do(operation, filled.key, **data, **asked))


# --- the digest -------------------------------------------------------------------------------------------------------


def _digest_form(groups: list[Any]) -> tuple[Form, list[str]]:
    """A text for each category of the criteria."""
    items = {each["item"]: each for group in groups for each in group["categories"]}
    parts = []
    for number, each in enumerate(items.values()):
        parts += [
            Field(f"texts.{number}.zh", Text(f"{each['title_zh']}（中文）", f"{each['title_en']} (Chinese)"), Kind.AREA,
                needed=False),
            Field(f"texts.{number}.en", Text(f"{each['title_zh']}（英文）", f"{each['title_en']} (English)"), Kind.AREA,
                needed=False),
        ]  # fmt: skip
    return Form(tuple(parts), submit=Text("公开汇总", "Publish the digest")), list(items)


@ROOM.page("/cycles/<cycle_id>/digest", methods=("GET", "POST"))
def digest(visit: Visit, cycle_id: str) -> Response:
    """The digest of common problems as it would be published, without anybody's name."""
    found = visit.ask("review.preview_digest", cycle_id=cycle_id)
    form, items = _digest_form(found["groups"])
    may = visit.may("review.publish_digest")
    if request.method == "POST" and may:
        filled = form.posted(request.form)
        typed = filled.data.get("texts", {})
        texts = [{"item": item, **typed[str(at)]} for at, item in enumerate(items) if str(at) in typed]
        if filled.ok:
            filled.attempt(
                lambda: visit.do("review.publish_digest", filled.key, cycle_id=cycle_id, texts=texts)
            )
        if filled.ok:
            return visit.go(f"/cycles/{cycle_id}/feedback", Text("汇总已公开", "The digest is published"))
    else:
        given = {each["item"]: each for each in found["texts"]}
        filled = visit.form(form, {"texts": {str(at): given.get(item, {}) for at, item in enumerate(items)}})
    return show(
        visit, "office/digest.html", Text("共性问题汇总", "Digest of common problems"), at=cycle_id, form=filled, found=found,
        may_publish=may, back=f"/cycles/{cycle_id}/feedback",
    )  # fmt: skip
