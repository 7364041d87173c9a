"""评分表: one item after the other, first in words, then in percent; read over, and handed in for good.

The total stands at the top. What is saved is saved item by item; what another window changed meanwhile is shown beside.
"""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlencode

from flask import Response, request

from services.gateway.errors import not_found
from services.gateway.figures import figure
from services.gateway.portal.forms import Choice, Field, Filled, Form, Kind
from services.gateway.portal.reviewing.papers import opened
from services.gateway.portal.reviewing.work import assignment, line_of
from services.gateway.portal.room import Room
from services.gateway.portal.text import Text
from services.gateway.portal.visit import Visit, needed
from services.gateway.stated import facts_in_words
from shared.contracts.operations import REVIEWER
from shared.identifiers import new_id
from shared.problems import Conflict

ROOM = Room("sheets", (REVIEWER,))
_TITLE = Text("评分", "Score")
_BASE = "/review/<cycle_id>/<stage>/<application_id>"
HAND_IN = Form(
    (Field("revision", Text("版本", "Revision"), Kind.HIDDEN),),
    submit=Text("提交评分表", "Hand the sheet in"),
)
_WRITTEN = (
    Field("strengths", Text("优势", "Strengths"), Kind.AREA, needed=False, later=True, rows=5),
    Field(
        "improvements", Text("改进空间", "What could be better"), Kind.AREA, needed=False, later=True, rows=5
    ),
)
_REVISION = Field("revision", Text("版本", "Revision"), Kind.HIDDEN)


def item_form(bands: list[dict[str, Any]], step: int) -> Form:
    """Words first, then band and percent, then the reason."""
    choices = tuple(
        Choice(each["band"], _band(each))
        for each in bands
    )  # fmt: skip
    hint = Text(f"{step} 的倍数", f"a multiple of {step}")
    return Form(
        (
            *_WRITTEN,
            Field("band", Text("成熟度等级", "Band"), Kind.SELECT, choices=choices, needed=False, later=True),
            Field(
                "percent",
                Text("百分比", "Percent"),
                needed=False,
                later=True,
                width=4,
                hint=hint,
                suffix=Text("%", "%"),
            ),
            Field("rationale", Text("评分理由", "Reason"), Kind.AREA, needed=False, later=True, rows=4),
            _REVISION,
        ),
        submit=Text("保存并到下一条", "Save and go on"),
    )


def _band(each: dict[str, Any]) -> Text:
    told = f"{each['first']}–{each['last']}%"
    return Text(f"{each['band']}（{told}）", f"{each['band']} ({told})")


@ROOM.page(_BASE + "/sheet", methods=("GET", "POST"))
def sheet(visit: Visit, cycle_id: str, stage: str, application_id: str) -> Response:
    """One item of one's own sheet, beside the dossier."""
    here = {"cycle_id": cycle_id, "stage": stage, "application_id": application_id}
    dossier, state = _beside(visit, here)
    criteria = _criteria(visit, cycle_id, dossier)
    items = {each["item"]: each for each in state["items"]}
    if not items:
        raise not_found()
    item = request.args.get("item", "")
    if item not in items:
        item = _first_open(state)
    asked = next((each for each in criteria["items"] if each["item"] == item), None)
    form = item_form(_bands(criteria, asked), state["step"])
    percent = figure(items[item]["percent"]) or None
    filled = visit.form(form, {**items[item], "percent": percent, "revision": state["revision"]})
    paper = opened(visit, here, dossier["files"])
    current = None
    if request.method == "POST":
        filled = _save(visit, form, here, item)
        if request.headers.get("X-Partial") == "sheet":
            return _partly(filled)
        if filled.ok:
            return visit.go(_address(here, _after(list(items), item), paper.place if paper else ""), _SAVED)
        if isinstance(filled.problem, Conflict):
            state = visit.ask("review.my_sheet", **here)
            current = next(each for each in state["items"] if each["item"] == item)
            filled.texts["revision"] = [str(state["revision"])]
    return visit.page(
        "reviewing/sheet.html", _TITLE, form=filled, sheet=state, item=items[item], asked=asked, dossier=dossier, at=here,
        current=current, base=f"/review/{cycle_id}/{stage}/{application_id}", bands=_bands(criteria, asked),
        lacking={each["item"] for each in state["lacking"]}, paper=paper,
        stated=_facts(dossier, visit.language),
    )  # fmt: skip


def _beside(visit: Visit, here: dict[str, str]) -> tuple[dict[str, Any], dict[str, Any]]:
    """The dossier and one's own sheet, with the assignment asked for at once; whoever has none hears that there is nothing."""
    this = {name: here[name] for name in ("cycle_id", "application_id")}
    assigned, dossier, sheet = visit.ask_all([
        ("review.my_assignments", {"cycle_id": here["cycle_id"]}), ("review.dossier", this), ("review.my_sheet", here),
    ])  # fmt: skip
    line_of(needed(assigned), here["stage"], here["application_id"])
    return needed(dossier)["dossier"], needed(sheet)


def _facts(dossier: dict[str, Any], language: str) -> list[tuple[Text, str]]:
    """What the applicant stated, in words."""
    return [(Text(title.zh, title.en), value) for title, value in facts_in_words(dossier["facts"], language)]


_SAVED = Text("已保存", "Saved")


def _save(visit: Visit, form: Form, here: dict[str, str], item: str) -> Filled:
    filled = form.posted(request.form)
    revision = filled.data.pop("revision", "")
    if filled.ok and not (revision.isdecimal() and len(revision) < _DIGITS):
        raise not_found()
    if filled.ok:
        filled.attempt(
            lambda: visit.do(
                "review.save_sheet_item", filled.key, **here, item=item, revision=int(revision), **filled.data
            )
        )
    return filled


def _partly(filled: Filled) -> Response:
    """To the script that saves while somebody writes: the total, and what the next saving has to name."""
    if not filled.ok:
        return Response(json.dumps({"key": filled.key}), filled.status, mimetype="application/json")
    told = {"revision": filled.reply["revision"], "total": figure(filled.reply["total"]), "key": new_id()}
    return Response(json.dumps(told), mimetype="application/json")


_DIGITS = 10


def _criteria(visit: Visit, cycle_id: str, dossier: dict[str, Any]) -> dict[str, Any]:
    rulebook = visit.rulebook(cycle_id)
    return visit.ask(
        "gateway.criteria", rulebook=rulebook.id, kind=dossier["kind"], category=dossier.get("category")
    )


def _bands(criteria: dict[str, Any], asked: dict[str, Any] | None) -> list[dict[str, Any]]:
    scales = [each for each in criteria["scales"] if asked and each["kind"] == asked["kind"]]
    return scales[0]["bands"] if scales else []


def _first_open(state: dict[str, Any]) -> str:
    """The first item that lacks something, else the first."""
    lacking = {each["item"] for each in state["lacking"]}
    names = [str(each["item"]) for each in state["items"]]
    return next((name for name in names if name in lacking), names[0])


def _after(names: list[str], item: str) -> str:
    """The item that follows; after the last one comes the page on which all is read over."""
    place = names.index(item) + 1
    return names[place] if place < len(names) else ""


def _address(here: dict[str, str], item: str, place: str) -> str:
    base = f"/review/{here['cycle_id']}/{here['stage']}/{here['application_id']}"
    return (
        f"{base}/sheet?{urlencode({'item': item})}{'&' if place else ''}{place}" if item else f"{base}/check"
    )


@ROOM.page(_BASE + "/check", methods=("GET", "POST"))
def check(visit: Visit, cycle_id: str, stage: str, application_id: str) -> Response:
    """The whole sheet, read over once more; handed in it is locked."""
    here = {"cycle_id": cycle_id, "stage": stage, "application_id": application_id}
    assignment(visit, **here)
    state = visit.ask("review.my_sheet", **here)
    filled = HAND_IN.filled({"revision": state["revision"]})
    if request.method == "POST":
        filled = HAND_IN.posted(request.form)
        revision = filled.data.get("revision", "")
        if not (revision.isdecimal() and len(revision) < _DIGITS):
            raise not_found()
        filled.attempt(lambda: visit.do("review.hand_in_sheet", filled.key, **here, revision=int(revision)))
        if filled.ok:
            total = figure(filled.reply["total"])
            return visit.go(
                "/review", Text(f"评分表已提交并锁定，合计 {total}", f"Handed in and locked: {total} in all")
            )
        filled.texts["revision"] = [str(state["revision"])]
    base = f"/review/{cycle_id}/{stage}/{application_id}"
    title = Text("检查并提交评分表", "Read over and hand in")
    return visit.page("reviewing/check.html", title, form=filled, sheet=state, base=base)
