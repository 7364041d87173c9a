"""建议名单: what is put before the committee, places left, ties, and reasons where the order of rank is left."""

from __future__ import annotations

from typing import Any

from flask import Response, request

from services.gateway.figures import figure
from services.gateway.portal.deciding import telling
from services.gateway.portal.deciding.around import board, named, pen_of
from services.gateway.portal.deciding.blocks import Items, Ways
from services.gateway.portal.forms import Choice, Field, Filled, Form, Kind
from services.gateway.portal.office.around import leads
from services.gateway.portal.room import Room
from services.gateway.portal.text import Text
from services.gateway.portal.visit import Visit
from shared.contracts.operations import OFFICE, WATCHERS

ROOM = Room("office_proposal", WATCHERS)
_HERE = "/cycles/<cycle_id>/proposal"
_NOBODY = "-"
Reply = dict[str, Any]


@ROOM.page(_HERE)
def proposal(visit: Visit, cycle_id: str) -> Response:
    """The proposal as it stands."""
    book, pen = visit.rulebook(cycle_id), pen_of(visit)
    found = visit.ask("committee.proposal", cycle_id=cycle_id)
    ways = [(f"/cycles/{cycle_id}/committee", Text("评审会", "The committee"))]
    if leads(f"/cycles/{cycle_id}/scores"):
        ways.append((f"/cycles/{cycle_id}/scores", Text("评分和排名", "Scores and rankings")))
    blocks = [*telling.proposal(pen, book, found)]
    if visit.may("committee.propose") and found["entrants"]:
        blocks.insert(
            0,
            Ways(
                [(f"/cycles/{cycle_id}/proposal/edit", Text("提出或修改建议名单", "Make or change it"))],
                main=True,
            ),
        )
    return board(visit, Text("建议名单", "The proposal"), [*blocks, Ways(ways)], at=cycle_id, book=book)


@ROOM.page(_HERE + "/edit", roles=(OFFICE,), methods=("GET", "POST"))
def edit(visit: Visit, cycle_id: str) -> Response:
    """A level for each, or none; a reason for whoever is passed over."""
    book, pen, back = (
        visit.rulebook(cycle_id),
        pen_of(visit),
        f"/cycles/{cycle_id}/proposal",
    )
    found = visit.ask("committee.proposal", cycle_id=cycle_id)
    form = form_of(found)
    filled = visit.form(form, _values(found))
    if request.method == "POST":
        filled = form.posted(request.form)
        lines, reasons = asked(filled.data)
        if filled.ok:
            filled.attempt(
                lambda: visit.do(
                    "committee.propose", filled.key, cycle_id=cycle_id, proposals=lines, deviations=reasons
                )
            )  # fmt: skip
        if filled.ok:
            return visit.go(back, Text("建议名单已保存", "The proposal is saved"))
        place(filled, found, lines, reasons)
    says = Items(
        [
            Text("先在“审定会”召集委员，才能保存建议名单。", "The members are called first: before, no proposal is saved."),
            Text("建议名单直到第一张选票投出前都可以修改。", "It may change until the first ballot is cast."),
            Text("得分高者的建议等次低于得分低者的，须写明理由，写入会议纪要。",
                "Where one ranks above another who is proposed for more, a reason is needed; it stands in the minutes."),
            Text("没有理由的，保存时会逐一指出。", "Where one is missing, saving names each."),
        ]
    )  # fmt: skip
    title = Text("提出建议名单", "Make the proposal")
    return board(
        visit, title, [says, telling.places(pen, book, found)], at=cycle_id, book=book, form=filled, back=back
    )


def form_of(found: Reply) -> Form:
    """Two fields a candidate: its level, and a reason."""
    equal, fields = telling.ties(found), []
    for each in found["entrants"]:
        who, name = each["application_id"], each["name"] or each["application_id"]
        levels = tuple(Choice(level, Text(level, level)) for level in each["levels"])
        choices = (Choice(_NOBODY, Text("不建议", "Not proposed")), *levels)
        same = Text("；与同类别他人同分", "; equal to another of its track") if who in equal else Text("", "")
        hint = Text(
            f"得分 {figure(each['score']) or '—'}{same.zh}", f"score {figure(each['score']) or '—'}{same.en}"
        )
        fields += [
            Field(
                f"level.{who}", named(f"{name}（{each['track']}）"), Kind.SELECT, choices=choices, hint=hint
            ),
            Field(f"reason.{who}", named_reason(name), needed=False),
        ]
    return Form(tuple(fields), submit=Text("保存建议名单", "Save the proposal"))


def named_reason(name: str) -> Text:
    """The label of a reason."""
    own = named(name)
    return Text(f"{name}：偏离排名的理由", own.en + ": why it is passed over")


def _values(found: Reply) -> Reply:
    level = {each["application_id"]: each["level"] for each in found["candidates"]}
    values: Reply = {
        f"level.{each['application_id']}": level.get(each["application_id"], _NOBODY if level else None)
        for each in found["entrants"]
    }
    return values | {f"reason.{each['application_id']}": each["reason"] for each in found["deviations"]}


def asked(data: Reply) -> tuple[list[Reply], list[Reply]]:
    """The posted levels and reasons as the operation takes them."""
    lines = [
        {"application_id": who, "level": level} for who, level in data.get("level", {}).items() if level != _NOBODY
    ]  # fmt: skip
    reasons = [{"application_id": who, "reason": why} for who, why in data.get("reason", {}).items()]
    return lines, reasons


def place(filled: Filled, found: Reply, lines: list[Reply], reasons: list[Reply]) -> None:
    """Put the refusals of lines to their candidates, with names for ids."""
    names = telling.names_in(found)
    for error in filled.problem.errors if filled.problem else ():
        parts = error.field.split(".")
        number = int(parts[1]) if len(parts) > 1 and parts[1].isdecimal() else -1
        if parts[0] == "proposals" and 0 <= number < len(lines):
            field = f"level.{lines[number]['application_id']}"
        elif parts[0] == "deviations" and 0 <= number < len(reasons):
            field = f"reason.{reasons[number]['application_id']}"
        else:
            who = next((who for who in names if error.reason_zh.startswith(who)), "")
            field = f"reason.{who}"
        zh, en = error.reason_zh, error.reason_en
        for who, name in names.items():
            zh, en = zh.replace(who, name), en.replace(who, name)
        if filled.form.labelled(field).zh != field:
            filled.errors.setdefault(field, Text(zh, named(en).en))
