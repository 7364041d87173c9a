"""更正公示 as the office works on it: what is to be corrected and why, confirmed by a second officer, which posts it."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from flask import Response, request

from services.gateway.portal.deciding.around import AWAY, at_hand, board, confirmed, decide, pen_of, revised
from services.gateway.portal.deciding.blocks import Block, Facts, Heading, Items, Pen, Table, Ways, Words
from services.gateway.portal.deciding.telling import heads_of
from services.gateway.portal.forms import Field, Filled, Form, Kind, Rows
from services.gateway.portal.office.around import renewed
from services.gateway.portal.room import Room
from services.gateway.portal.text import Text
from services.gateway.portal.visit import Visit
from services.gateway.portal.words import NOTICE_CHANGES, by_another, word
from shared.contracts.operations import OFFICE

ROOM = Room("office_notice_corrections", (OFFICE,))
_HERE = "/cycles/<cycle_id>/notices/<notice>/correction"
_BOTH = ("GET", "POST")
_SAMPLE = {"notice": "award"}
_OTHERS = by_another("批准这份更正稿", "confirm this correction")
_REVISION = Field("revision", Text("版本", "Version"), Kind.HIDDEN)
_NUMBER = "application_id"  # typed as its number on the list; a refusal of it stands there
FORM = Form(
    (
        _REVISION,
        Field("introduction_zh", Text("说明（中文）", "Introduction, Chinese"), Kind.AREA, rows=6),
        Field("introduction_en", Text("说明（英文）", "Introduction, English"), Kind.AREA, rows=6),
        Field("contact", Text("联系方式", "Contact"), Kind.AREA, rows=2, needed=False,
              hint=Text("不填则不变", "Empty: as it is")),
        Rows("names", Text("更正的名称", "Name to be corrected"),
             (Field(_NUMBER, Text("名单中的序号", "Number on the list"), Kind.NUMBER, width=5),
              Field("name", Text("正确的名称", "The right name"))),
             hint=Text("只写有误的名称；没有则不填", "Only names that are wrong; leave it empty where none is")),
        Field("reason", Text("更正原因", "Why"), Kind.AREA, rows=3,
              hint=Text("写在更正公示上，人人可见", "It stands on the correction and everybody reads it")),
    ),
    submit=Text("保存，等待批准", "Save it for approval"),
)  # fmt: skip
# What stands on each page of a correction.
DAYS = Text(
    "更正公示是一项新的公示：从发布起重新公示满规定的工作日，且不早于原公示期满（法规未写更正公示的期限，按新公示理解）。",
    "A correction is a new notice: it stands the full working days from its posting on, and not less long than the old one would"
    " have (no regulation names days for corrections; this takes them for what they are, new notices).",
)


@ROOM.page(_HERE, methods=_BOTH, sample=_SAMPLE)
def correction(visit: Visit, cycle_id: str, notice: str) -> Response:
    """The words as they are to be, names on the list, and why."""
    draft = visit.ask("eligibility.notice_correction", cycle_id=cycle_id, notice=notice)
    back = f"/cycles/{cycle_id}/notices/{notice}"
    filled = visit.form(FORM, _typed(draft))
    if request.method == "POST":
        filled = FORM.posted(request.form)
        names = _named(filled, draft["lines"])
        if filled.ok:
            data = revised({**filled.data, "names": names}, "revision")
            filled.attempt(
                lambda: visit.do(
                    "eligibility.edit_notice_correction", filled.key, cycle_id=cycle_id, notice=notice, **data
                )
            )
        if filled.ok:
            return visit.go(
                back, Text("更正稿已保存，须由另一名经办人批准", "Saved; another officer confirms it")
            )
        renewed(filled, "revision", draft["revision"])
    pen = pen_of(visit)
    says = Items(
        [
            DAYS,
            Text("可以更正：说明、联系方式、名单上的名称。名单上有谁、等次、类别、条款和天数不能更正。",
                "Corrected are introduction, contact, and names on the list; not who is on it, levels, tracks, the article"
                " or the days."),
            Text("已提出的异议继续办理，并会告知公示已更正。",
                "Objections that were raised go on, and say that the notice was corrected."),
        ]
    )  # fmt: skip
    now = (
        [Heading(Text("现在的更正稿", "The draft as it is now")), *_draft(visit, pen, draft)]
        if filled.status == 409
        else []
    )
    return board(
        visit, Text("更正公示", "Correct the notice"), [says, *now], at=cycle_id, form=filled, back=back,
        after=[_list(draft["lines"])],
    )  # fmt: skip


def _typed(draft: dict[str, Any]) -> dict[str, Any]:
    """The draft as the form shows it; the names that it corrects by their numbers on the list."""
    number = {line["application_id"]: n for n, line in enumerate(draft["lines"], start=1)}
    names = [
        {_NUMBER: number[each["application_id"]], "name": each["after"]}
        for each in draft["changes"]
        if each["what"] == "name" and each["application_id"] in number
    ]
    return {**draft, "names": names}


def _named(filled: Filled, lines: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The names with the applications that stand at their numbers; a number that is none is refused at its field."""
    found: dict[str, str] = {}
    rows = (row for row in FORM.parts if isinstance(row, Rows))
    for each in rows:
        for row in range(filled.count(each)):
            at = f"{each.name}.{row}.{_NUMBER}"
            typed = filled.text(at).strip()
            if not typed or at in filled.errors:
                continue
            place = int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 6 else 0
            if not 0 < place <= len(lines):
                filled.errors[at] = Text(f"名单上只有 1 至 {len(lines)}", f"The list has 1 to {len(lines)}")
            elif lines[place - 1]["application_id"] in found:
                filled.errors[at] = Text("写了两次", "This is given twice")
            else:
                found[lines[place - 1]["application_id"]] = filled.text(f"{each.name}.{row}.name").strip()
    return [{"application_id": application, "name": name} for application, name in found.items()]


@ROOM.page(_HERE + "/approval", methods=_BOTH, sample=_SAMPLE)
def approval(visit: Visit, cycle_id: str, notice: str) -> Response:
    """A second officer confirms the correction as it is shown; with that it is posted."""
    draft = visit.ask("eligibility.notice_correction", cycle_id=cycle_id, notice=notice)
    pen, back = pen_of(visit), f"/cycles/{cycle_id}/notices/{notice}"
    form = Form((_REVISION,), submit=Text("批准并发布更正公示", "Confirm and post the correction"))
    filled = confirmed(
        visit, form, "eligibility.approve_notice_correction", draft, cycle_id=cycle_id, notice=notice
    )
    if filled.was_posted and filled.ok:
        after = f"/cycles/{cycle_id}/notices/{quote(filled.reply['name'])}"
        return visit.go(after, Text("更正公示已发布", "The correction is posted"))
    says = Items(
        [
            DAYS,
            Text("批准人不能是最后拟稿的人。批准的是下面这一版，批准即发布，不能撤回。",
                "Whoever wrote it last does not confirm it. What is confirmed is the version below; with that it is posted, and"
                " cannot be taken back."),
            Text("原公示随即结束，内容保留，并写明由哪一项公示更正。",
                "The old notice is over with that; its content stays, and says by which notice it was corrected."),
        ]
    )  # fmt: skip
    ready = draft["state"] == "draft"
    none = Words(Text("没有待批准的更正稿。", "No draft of a correction waits."), strong=True)
    shown = [_preview(cycle_id, notice), *_draft(visit, pen, draft)] if ready else [none]
    wrote = ready and visit.did(draft["prepared_by"])
    offered = filled.was_posted or (ready and not wrote)
    return board(
        visit, Text("批准更正公示", "Confirm the correction"), [says, Words(_OTHERS, strong=True) if wrote else None, *shown],
        at=cycle_id, form=filled if offered else None, back=back,
    )  # fmt: skip


@ROOM.page(_HERE + "/drop", methods=_BOTH, sample=_SAMPLE)
def drop(visit: Visit, cycle_id: str, notice: str) -> Response:
    """The draft is given up."""
    draft = visit.ask("eligibility.notice_correction", cycle_id=cycle_id, notice=notice)
    form = Form((_REVISION,), submit=Text("放弃更正稿", "Give it up"))
    seen = draft
    if request.method == "POST":
        seen = revised(form.posted(request.form).data, "revision")
    says = [Text("公示保持原样。以后仍可重新编辑这份更正稿。",
        "The notice stands as it is. The draft may be taken up again.")]  # fmt: skip
    return decide(
        visit, form, "eligibility.drop_notice_correction", at=cycle_id, says=says, values=draft,
        title=Text("放弃更正稿", "Give the draft of the correction up"), back=f"/cycles/{cycle_id}/notices/{notice}",
        done=Text("已放弃更正稿", "The draft is given up"), cycle_id=cycle_id, notice=notice,
        revision=seen["revision"],
    )  # fmt: skip


# --- on the notice's own page ------------------------------------------------------------------------------------------


def steps(visit: Visit, here: str, found: dict[str, Any], draft: Any) -> list[tuple[str, Text]]:
    """What the office may do about a correction of a posted notice."""
    if found["state"] != "posted" or not visit.may("eligibility.edit_notice_correction"):
        return []
    if isinstance(draft, dict) and draft["state"] == "draft":
        confirm = (f"{here}/correction/approval", Text("批准更正公示", "Confirm the correction"))
        return [
            *([] if visit.did(draft["prepared_by"]) else [confirm]),
            (f"{here}/correction", Text("编辑更正稿", "Edit the correction")),
            (f"{here}/correction/drop", Text("放弃更正稿", "Give the correction up")),
        ]
    return [(f"{here}/correction", Text("更正公示", "Correct the notice"))]


def begun(visit: Visit, cycle_id: str, notice: str) -> Any:
    """The correction of a notice as far as it is; None where there is none, or it is not for whoever asks."""
    draft = at_hand(visit, "eligibility.notice_correction", cycle_id=cycle_id, notice=notice)
    return None if draft is AWAY else draft


def told(visit: Visit, pen: Pen, cycle_id: str, found: dict[str, Any], draft: Any) -> list[Block | None]:
    """What a notice is corrected by, what it corrects, and what of that is being prepared."""
    blocks: list[Block | None] = []
    if found["corrected_by"]:
        by = found["corrected_by"]
        corrected = Text(
            f"本公示已由公示 {by} 更正，以下为原内容。",
            f"Notice {by} corrects this one; below is what was posted.",
        )
        blocks += [
            Words(corrected, strong=True),
            Ways(
                [
                    (
                        f"/cycles/{cycle_id}/notices/{quote(by)}",
                        Text("查看更正公示", "The notice that corrects it"),
                    )
                ]
            ),
        ]
    if found["correction"]:
        old = found["correction"]["notice"]
        blocks += [
            Words(Text(f"本公示更正公示 {old}。", f"This notice corrects {old}."), strong=True),
            Facts([(Text("更正原因", "Why"), found["correction"]["reason"])]),
            _changes(found["correction"]["changes"]),
            Ways(
                [
                    (
                        f"/cycles/{cycle_id}/notices/{quote(old)}",
                        Text("查看被更正的公示", "The notice that it corrects"),
                    )
                ]
            ),
        ]
    if found["state"] == "posted" and isinstance(draft, dict) and draft["state"] == "draft":
        blocks += [
            Heading(Text("更正稿", "A correction is being prepared")),
            Words(_OTHERS, strong=True) if visit.did(draft["prepared_by"]) else None,
            _preview(cycle_id, found["notice"]),
            *_draft(visit, pen, draft),
        ]
    return blocks


def _draft(visit: Visit, pen: Pen, draft: dict[str, Any]) -> list[Block | None]:
    if draft["first_day"] is None:
        days: object = Text("放假安排尚未录入，无法推算", "the calendar is not entered: they cannot be told")
    else:
        days = pen.lines([pen.days(draft["first_day"], draft["last_day"]), draft["working_days"]])
    return [
        Facts(
            [
                (Text("更正公示的编号", "Name of the correction"), draft["name"]),
                (Text("更正原因", "Why"), draft["reason"]),
                (
                    Text("拟稿", "Prepared"),
                    pen.lines([visit.person(draft["prepared_by"]), pen.moment(draft["prepared_at"])]),
                ),
                (Text("今天发布的公示期、工作日", "Days and working days if posted today"), days),
            ]
        ),
        _changes(draft["changes"]),
    ]


def _preview(cycle_id: str, notice: str) -> Ways:
    address = f"/api/v1/cycles/{cycle_id}/notices/{quote(notice)}/correction.pdf"
    return Ways([(address, Text("预览 PDF（今天发布的样子）", "Preview as PDF, as posted today"))])


def _changes(changes: list[dict[str, Any]]) -> Table:
    rows = [(word(NOTICE_CHANGES, each["what"]), each["before"], each["after"]) for each in changes]
    return Table(
        Text("更正内容", "What is corrected"), heads_of(("事项|What", "原来|Before", "更正为|Now")), rows,
        Text("按公示中的先后", "in the order of the notice"), Text("没有改动。", "Nothing."),
    )  # fmt: skip


def _list(lines: list[dict[str, Any]]) -> Table:
    rows = [(n, each["name"]) for n, each in enumerate(lines, start=1)]
    return Table(
        Text("名单", "The list"), heads_of(("序号|No.", "名称|Name")), rows, Text("按提交顺序", "in the order of submission"),
        Text("名单为空。", "Nobody is listed."), frozenset({0}),
    )  # fmt: skip
