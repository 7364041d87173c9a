"""演练: a rehearsal file is edited, checked line by line, watched while it plays, compared under two rulebooks."""

from __future__ import annotations

from typing import Any

from flask import Response, request

from services.gateway.exports import STATUSES
from services.gateway.own.rehearsals import LONGEST
from services.gateway.portal.forms import Choice, Field, Filled, Form, Kind
from services.gateway.portal.room import Room
from services.gateway.portal.text import Text
from services.gateway.portal.visit import Visit
from services.gateway.portal.words import Words, word
from shared.contracts.operations import REHEARSER

ROOM = Room("rehearsals", (REHEARSER,))
A_SAMPLE = "0199a1b2c3d47e5f8a9b0c1d2e3f4a5b"
TITLE = Text("演练", "Rehearsals")
LARGEST_BODY = 4 << 20  # bytes: the longest file in three bytes a character, twice
STATES: Words = {
    "waiting": Text("排队中", "waiting"),
    "playing": Text("演练中", "playing"),
    "done": Text("已完成", "played"),
    "failed": Text("已中断", "broke off"),
}
COLOURS = {"waiting": "grey", "playing": "blue", "done": "green", "failed": "red"}


def form_of(visit: Visit) -> Form:
    """The file, and under which rulebooks it is played."""
    books = tuple(
        Choice(
            each["rulebook"],
            Text(f"{each['rulebook']} {each['title_zh']}", f"{each['rulebook']} {each['title_en']}"),
        )
        for each in visit.ask("gateway.rulebooks")["rulebooks"]
    )
    return Form(
        (
            Field(
                "file", Text("上传演练文件（YAML）", "Upload a rehearsal file (YAML)"), Kind.FILE, needed=False,
                accept=".yaml,.yml",
                hint=Text("上传的文件代替下面的内容", "It takes the place of what stands below"),
            ),
            Field("content", Text("或在这里编辑", "Or edit it here"), Kind.AREA, needed=False, rows=24, later=True),
            Field(
                "first", Text("按哪部规则演练", "Under which rulebook"), Kind.SELECT, needed=False, choices=books,
                hint=Text("不选则按文件自己的规则", "The file's own where none is chosen"),
            ),
            Field(
                "second", Text("与哪部规则对比", "Compare with which rulebook"), Kind.SELECT, needed=False, choices=books,
                hint=Text("选了就按两部规则各演练一次，说明谁的结果不同",
                "It is played under both then, to tell who fares otherwise"),
            ),
        ),
        submit=Text("开始演练", "Play it"),
    )  # fmt: skip


@ROOM.page("/rehearsals", methods=("GET", "POST"), largest=LARGEST_BODY)
def rehearsals(visit: Visit) -> Response:
    """One's own rehearsals, and a new one: checked first, or played at once."""
    form = form_of(visit)
    filled, checked = visit.form(form), None
    if request.method == "POST":
        filled, checked = _sent(visit, form)
        if filled.ok and "play_id" in filled.reply:
            return visit.go(f"/rehearsals/{filled.reply['play_id']}", Text("演练已开始", "It has begun"))
    plays = visit.ask_or_none("gateway.rehearsal_plays")
    return visit.page(
        "watching/rehearsals.html", TITLE, form=filled, checked=checked, plays=plays, states=STATES, colours=COLOURS,
        lines=filled.text("content").split("\n"),
    )  # fmt: skip


def _sent(visit: Visit, form: Form) -> tuple[Filled, dict[str, Any] | None]:
    """What was sent: checked, and played where nothing is wrong with it and that was asked for."""
    filled = form.posted(request.form)
    given = request.files.get("file")
    content = given.read(4 * LONGEST) if given is not None and given.filename else b""
    if content:
        try:
            filled.data["content"] = content.decode("utf-8-sig")
        except UnicodeDecodeError:
            filled.errors["file"] = Text("不是 UTF-8 编码的文本", "This is no text in UTF-8")
            return filled, None
        filled.texts["content"] = [filled.data["content"]]
    if not filled.data.get("content"):
        filled.errors["content"] = Text("请上传文件，或填写内容", "Upload a file, or write one")
    chosen = [filled.data[name] for name in ("first", "second") if filled.data.get(name)]
    if len(set(chosen)) < len(chosen) or ("second" in filled.data and "first" not in filled.data):
        filled.errors["second"] = Text("对比需要两部不同的规则", "Two different rulebooks are needed")
    if not filled.ok:
        return filled, None
    told: dict[str, Any] = {"content": filled.data["content"], "rulebooks": chosen}
    filled.attempt(lambda: visit.do("gateway.check_rehearsal", f"{filled.key}.check", **told))
    checked = filled.reply if filled.ok else None
    if checked is None or checked["faults"]:
        _refuse(filled, checked)
    elif request.form.get("act") == "play":
        filled.attempt(lambda: visit.do("gateway.play_rehearsal", filled.key, **told))
    return filled, checked


def _refuse(filled: Filled, checked: dict[str, Any] | None) -> None:
    if checked is not None:
        number = len(checked["faults"])
        filled.errors["content"] = Text(
            f"文件有 {number} 处错误，见下面的清单", f"{number} things are wrong with it, listed below"
        )


@ROOM.page("/rehearsals/<play_id>", sample={"play_id": A_SAMPLE})
def play(visit: Visit, play_id: str) -> Response:
    """One rehearsal: its steps while it plays, then who came how far, the money, and who changes."""
    told = visit.ask_or_none("gateway.rehearsal_play", play_id=play_id)
    return visit.page(
        "watching/play.html", Text("一次演练", "A rehearsal"), told=told, colours=COLOURS,
        state=word(STATES, told["state"]) if told else None, statuses=STATUSES,
        counts=[] if told is None else [_counts(each) for each in told["results"]],
    )  # fmt: skip


def _counts(result: dict[str, Any]) -> list[tuple[Text, int]]:
    """How many ended how, the most frequent first."""
    found: dict[str, int] = {}
    for each in result["applications"]:
        found[each["status"]] = found.get(each["status"], 0) + 1
    ranked = sorted(found.items(), key=lambda pair: (-pair[1], pair[0]))
    return [(word(STATUSES, status), number) for status, number in ranked]
