"""征询: what a department's clerk is asked about organizations, and answering: by form, or in one file.

Blank is no answer: that there is nothing is said by an explicit 无记录.
"""

from __future__ import annotations

import base64
from typing import Any

from flask import Response, request

from services.gateway.errors import not_found
from services.gateway.portal.calls import numbered, which
from services.gateway.portal.forms import Choice, Field, Filled, Form, Kind, Rows
from services.gateway.portal.listing import read
from services.gateway.portal.room import Room
from services.gateway.portal.text import Text
from services.gateway.portal.visit import Visit, needed, or_none
from services.gateway.portal.words import BATCH_OUTCOMES, PURPOSES, word
from shared.contracts.dossier import SEVERITIES
from shared.contracts.operations import CLERK
from shared.rulebooks.facts import DEPARTMENTS, RECORD_KINDS

ROOM = Room("departments", (CLERK,))
_DIGITS = 6  # of the number of a part
_LARGEST = 650_000  # bytes of a file of answers: base64 of it has to fit into one message
_YES_NO = (
    Choice("yes", Text("有记录，列在下面", "There are records, listed below")),
    Choice("no", Text("无记录", "There are none")),
)
_LIABLE = (Choice("yes", Text("负有责任", "liable")), Choice("no", Text("不负责任", "not liable")))


def answer_form() -> Form:
    """Records, or the word that there are none."""
    kinds = tuple(Choice(name, Text(words.zh, words.en)) for name, words in RECORD_KINDS.items())
    grades = tuple(Choice(name, Text(name, name)) for name in SEVERITIES)
    record = (
        Field("kind", Text("记录类别", "Kind of record"), Kind.SELECT, choices=kinds),
        Field("on", Text("发生日期", "Date"), Kind.DAY),
        Field("severity", Text("等级", "Grade"), Kind.SELECT, choices=grades, needed=False),
        Field("liable", Text("是否负有责任", "Liable"), Kind.SELECT, choices=_LIABLE, needed=False),
    )
    return Form(
        (
            Field("answer", Text("查询结果", "What was found"), Kind.RADIOS, choices=_YES_NO),
            Rows("records", Text("记录", "Record"), record, least=1),
            Field("evidence", Text("答复文号", "Number of the reply"), needed=False),
            Field("reference", Text("征询编号", "Reference"), Kind.HIDDEN),
            Field("uscc", Text("统一社会信用代码", "Unified social credit code"), Kind.HIDDEN),
        ),
        submit=Text("提交答复", "Send the answer"),
    )


ANSWERS = Form(
    (
        Field(
            "file",
            Text("填好的文件（XLSX 或 CSV）", "The file, filled in (XLSX or CSV)"),
            Kind.FILE,
            accept=".xlsx,.csv",
        ),
    ),
    submit=Text("导入", "Read the file"),
)


@ROOM.page("/dept")
def dept(visit: Visit) -> Response:
    """A page of what this department has to answer in all cycles, what is due soonest first."""
    listing = read(request.path, request.args.items(multi=True))
    asked = {"page": listing.page, "size": listing.size}
    known, answer = visit.ask_all([("intake.cycles", {}), ("intake.to_answer", asked)])
    cycles = [each for each in numbered(needed(known)["cycles"]) if not each["rehearsal"]]
    told = or_none(answer)
    waiting = [] if told is None else told["enquiries"]
    return visit.page(
        "departments/list.html", _TITLE, enquiries=None if told is None else waiting, total=told and told["total"],
        listing=listing, cycles=cycles, which=which, department=None if told is None else _own(visit),
        purposes={code: word(PURPOSES, code) for code in {each["purpose"] for each in waiting}},
    )  # fmt: skip


_TITLE = Text("待答复的征询", "Enquiries to answer")


def _own(visit: Visit) -> str | None:
    return visit.session.unit if visit.session else None


@ROOM.page("/dept/<cycle_id>/<application_id>/<department>", methods=("GET", "POST"))
def answer(visit: Visit, cycle_id: str, application_id: str, department: str) -> Response:
    """One enquiry and its answer."""
    asked = _one(visit, cycle_id, application_id, department)
    form = answer_form()
    filled = _answered(visit, form, asked) if request.method == "POST" else visit.form(form, _known(asked))
    if filled.was_posted and filled.ok:
        zh, en, name = filled.reply["reason_zh"], filled.reply["reason_en"], asked["name"]
        return visit.go(
            "/dept", Text(f"已答复“{name}”：{zh}", f"The answer about {name} was handed in: {en}")
        )
    title = Text("答复征询", "Answer an enquiry")
    return visit.page(
        "departments/answer.html", title, form=filled, asked=asked, purpose=word(PURPOSES, asked["purpose"]),
        department=word(DEPARTMENTS, department),
    )  # fmt: skip


def _known(asked: dict[str, Any]) -> dict[str, Any]:
    return {"reference": asked["reference"], "uscc": asked["uscc"]}


def _one(visit: Visit, cycle_id: str, application_id: str, department: str) -> dict[str, Any]:
    """An enquiry that this clerk may answer. Raises NotFound."""
    wanted = (cycle_id, application_id, department)
    for each in visit.ask("intake.to_answer", application_id=application_id)["enquiries"]:
        if (each["cycle_id"], each["application_id"], each["department"]) == wanted:
            found: dict[str, Any] = each
            return found
    raise not_found()


def _answered(visit: Visit, form: Form, asked: dict[str, Any]) -> Filled:
    filled = form.posted(request.form)
    records = filled.data.get("records", [])
    found = filled.data.get("answer")
    if found == "yes" and not records and not filled.errors:
        filled.errors["records.0.kind"] = Text(
            "选了“有记录”，请至少列一条", "You said there are records: list one at least"
        )
    if found == "no" and records:
        filled.errors["answer"] = Text(
            "选了“无记录”，下面却列了记录", "You said there are none, and listed some"
        )
    if filled.ok:
        filled.attempt(
            lambda: visit.do(
                "intake.answer_enquiry",
                filled.key,
                application_id=asked["application_id"],
                department=asked["department"],
                reference=filled.data["reference"],
                uscc=filled.data["uscc"],
                records=[_record(each) for each in records],
                no_records=found == "no",
                evidence=filled.data.get("evidence"),
            )
        )
    return filled


def _record(row: dict[str, Any]) -> dict[str, Any]:
    liable = {"yes": True, "no": False}.get(row.get("liable", ""))
    return (
        {**row, "liable": liable} if liable is not None else {k: v for k, v in row.items() if k != "liable"}
    )


@ROOM.page("/dept/<cycle_id>/batch/<department>.<form>", sample={"form": "xlsx", "department": "credit"})
def batch(visit: Visit, cycle_id: str, department: str, form: str) -> Response:
    """The open enquiries as a file to fill in."""
    part = request.args.get("part", "1")
    found = visit.ask(
        "intake.enquiry_batch", cycle_id=cycle_id, department=department, format=form,
        part=int(part) if part.isdecimal() and len(part) < 6 else 1,
    )  # fmt: skip
    named = f'attachment; filename="{found["file_name"]}"'
    content = base64.b64decode(found["content"])
    return Response(content, content_type=found["content_type"], headers={"Content-Disposition": named})


@ROOM.page("/dept/<cycle_id>/answers/<department>", methods=("GET", "POST"), sample={"department": "credit"})
def answers(visit: Visit, cycle_id: str, department: str) -> Response:
    """A file of answers; what became of each line is shown."""
    title, report = Text("导入批量答复", "Read a file of answers"), None
    filled = ANSWERS.posted(request.form) if request.method == "POST" else ANSWERS.filled({})
    if filled.was_posted:
        _take(visit, filled, cycle_id, department)
        report = filled.reply or None
    return visit.page(
        "departments/answers.html", title, form=filled, report=report, cycle_id=cycle_id, department=department,
        name=word(DEPARTMENTS, department),
        outcomes={each["outcome"]: word(BATCH_OUTCOMES, each["outcome"]) for each in (report or {"lines": []})["lines"]},
    )  # fmt: skip


def _take(visit: Visit, filled: Filled, cycle_id: str, department: str) -> None:
    given = request.files.get("file")
    content = given.read(_LARGEST + 1) if given is not None else b""
    if not content:
        filled.errors["file"] = Text("请选择文件", "Choose a file")
    elif len(content) > _LARGEST:
        filled.errors["file"] = Text("文件过大：请分几部分导入", "Too large: send it in parts")
    else:
        name = (given.filename if given else None) or "answers.csv"
        filled.attempt(
            lambda: visit.do(
                "intake.take_batch",
                filled.key,
                cycle_id=cycle_id,
                department=department,
                file_name=name[-200:],
                content=base64.b64encode(content).decode("ascii"),
            )
        )
