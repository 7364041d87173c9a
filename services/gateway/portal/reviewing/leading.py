"""组长: the panel that one leads: whose sheets are out, how far they lie apart, giving one back, agreeing in a meeting."""

from __future__ import annotations

from typing import Any

from flask import Response, request

from services.gateway.errors import not_found
from services.gateway.portal.forms import Choice, Field, Filled, Form, Kind
from services.gateway.portal.reviewing.work import stage_names
from services.gateway.portal.room import Room
from services.gateway.portal.text import Text
from services.gateway.portal.visit import Visit
from services.gateway.portal.words import SHEETS, word
from shared.contracts.operations import REVIEWER

ROOM = Room("leading", (REVIEWER,))
_PANEL = "/review/panel/<cycle_id>/<stage>"
RETURN = Form(
    (Field("reason", Text("退回理由", "Why it is given back"), Kind.AREA),),
    submit=Text("退回评分表", "Give the sheet back"),
)
CLOSE = Form((), submit=Text("结束合议", "Close the meeting"))


def agree_form(step: int) -> Form:
    """What the meeting agreed on for one item."""
    hint = Text(f"{step} 的倍数", f"a multiple of {step}") if step else None
    return Form(
        (
            Field("percent", Text("合议的百分比", "Percent agreed on"), width=4, hint=hint),
            Field(
                "reason", Text("理由", "Reason"), Kind.AREA, needed=False,
                hint=Text("与平均值相差一级以上须说明", "Needed where it lies a step or more from the mean"),
            ),
        ),
        submit=Text("记录", "Record"),
    )  # fmt: skip


@ROOM.page(_PANEL)
def panel(visit: Visit, cycle_id: str, stage: str) -> Response:
    """Members, sheets and how far they lie apart."""
    category = request.args.get("category") or None
    here = {"cycle_id": cycle_id, "stage": stage}
    led = visit.ask("review.led_panel", **here, category=category)
    sheets = visit.ask("review.sheet_lines", **here)["sheets"]
    spread = visit.ask_or_none("review.spread", **here)
    names = _names(visit, cycle_id)
    title = stage_names(visit, cycle_id).get(stage, Text(stage, stage))
    return visit.page(
        "reviewing/panel.html", title, led=led, sheets=sheets, spread=spread, names=names, at=here,
        states={each["state"]: word(SHEETS, each["state"]) for each in sheets},
    )  # fmt: skip


def _names(visit: Visit, cycle_id: str) -> dict[str, str]:
    """Names of applications on which the leader stated its interests; others stay without."""
    cases = visit.ask("review.awaiting_statement", cycle_id=cycle_id)
    return {each["application_id"]: each["name"] for each in cases.get("stated", ())}


@ROOM.page(_PANEL + "/<application_id>")
def one(visit: Visit, cycle_id: str, stage: str, application_id: str) -> Response:
    """One application of the panel: sheets that one may read, and the meeting."""
    return _one(visit, {"cycle_id": cycle_id, "stage": stage, "application_id": application_id})


def _one(visit: Visit, here: dict[str, str], refused: Filled | None = None, item: str = "") -> Response:
    sheets = visit.ask("review.read_sheets", **here)["sheets"]
    lines = visit.ask("review.sheet_lines", cycle_id=here["cycle_id"], stage=here["stage"])["sheets"]
    mine = [each for each in lines if each["application_id"] == here["application_id"]]
    if not mine:
        raise not_found()
    meeting = visit.ask("review.consensus", **here)
    title = Text("评审组意见", "The panel's view")
    forms = {each["item"]: agree_form(0).filled(each) for each in meeting["items"]}
    if refused is not None and item:
        forms[item] = refused
    return visit.page(
        "reviewing/panel_one.html", title, sheets=sheets, lines=mine, meeting=meeting, at=here, forms=forms,
        name=_names(visit, here["cycle_id"]).get(here["application_id"], ""), opening=_opening(mine), close=CLOSE.filled({}),
        base=f"/review/panel/{here['cycle_id']}/{here['stage']}/{here['application_id']}",
        states={each["state"]: word(SHEETS, each["state"]) for each in mine}, refused_form=refused,
    )  # fmt: skip


def _opening(lines: list[dict[str, Any]]) -> Filled:
    return opening_form(lines).filled({})


def opening_form(lines: list[dict[str, Any]]) -> Form:
    """Who takes part in the meeting: reviewers whose sheets are in."""
    people = tuple(
        Choice(each["expert_id"], Text(each["expert_id"], each["expert_id"]))
        for each in lines
        if each["state"] == "submitted"
    )
    return Form(
        (Field("participants", Text("参加合议的评审员", "Who takes part"), Kind.CHECKS, choices=people),),
        submit=Text("开始合议", "Open the meeting"),
    )


@ROOM.page(_PANEL + "/<application_id>/consensus", methods=("POST",))
def open_consensus(visit: Visit, cycle_id: str, stage: str, application_id: str) -> Response:
    """The meeting begins; from now on the sheets cannot be given back."""
    here = {"cycle_id": cycle_id, "stage": stage, "application_id": application_id}
    lines = visit.ask("review.sheet_lines", cycle_id=cycle_id, stage=stage)["sheets"]
    form = opening_form([each for each in lines if each["application_id"] == application_id])
    filled = visit.submit(form, "review.open_consensus", **here)
    return (
        _back(here, Text("合议已开始", "The meeting is open"), visit)
        if filled.ok
        else _one(visit, here, filled)
    )


@ROOM.page(_PANEL + "/<application_id>/items/<item>", methods=("POST",))
def agree(visit: Visit, cycle_id: str, stage: str, application_id: str, item: str) -> Response:
    """What was agreed on for one item."""
    here = {"cycle_id": cycle_id, "stage": stage, "application_id": application_id}
    filled = visit.submit(agree_form(0), "review.agree_on_item", **here, item=item)
    return _back(here, Text("已记录", "Recorded"), visit) if filled.ok else _one(visit, here, filled, item)


@ROOM.page(_PANEL + "/<application_id>/closing", methods=("POST",))
def close_consensus(visit: Visit, cycle_id: str, stage: str, application_id: str) -> Response:
    """The meeting ends for good."""
    here = {"cycle_id": cycle_id, "stage": stage, "application_id": application_id}
    filled = visit.submit(CLOSE, "review.close_consensus", **here)
    return (
        _back(here, Text("合议已结束", "The meeting is closed"), visit)
        if filled.ok
        else _one(visit, here, filled)
    )


@ROOM.page(_PANEL + "/<application_id>/return/<expert_id>", methods=("GET", "POST"))
def give_back(visit: Visit, cycle_id: str, stage: str, application_id: str, expert_id: str) -> Response:
    """A sheet goes back to its reviewer; the version that was in is kept."""
    here = {"cycle_id": cycle_id, "stage": stage, "application_id": application_id}
    filled = visit.form(RETURN)
    if request.method == "POST":
        filled = visit.submit(RETURN, "review.return_sheet", **here, expert_id=expert_id)
        if filled.ok:
            return _back(here, Text("评分表已退回", "The sheet was given back"), visit)
    back = f"/review/panel/{cycle_id}/{stage}/{application_id}"
    title = Text("退回评分表", "Give a sheet back")
    intro = Text(
        "退回后评审员可以修改；原来的版本和理由都会保留。",
        "What was in is kept with the reason; it can be changed then.",
    )
    return visit.page("form.html", title, form=filled, back=back, intro=intro)


def _back(here: dict[str, str], notice: Text, visit: Visit) -> Response:
    return visit.go(f"/review/panel/{here['cycle_id']}/{here['stage']}/{here['application_id']}", notice)
