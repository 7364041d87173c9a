"""提出异议: papers first, each in a form of its own, then who objects and why. Number and query code are shown once.

The public has no session: what was handed in so far travels in the form.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import Response, request

from services.gateway.errors import not_found
from services.gateway.portal.forms import KEY, SECRET, Choice, Field, Filled, Form, Kind, reason_of
from services.gateway.portal.papers import keep as keep_posted
from services.gateway.portal.papers import named
from services.gateway.portal.room import Room, told
from services.gateway.portal.text import Text
from services.gateway.portal.visit import Visit
from services.gateway.portal.words import OBJECTION_GROUNDS, word
from shared.config import Settings
from shared.contracts.operations import PUBLIC
from shared.contracts.operations.eligibility import objections
from shared.contracts.papers import MOST_PAPERS, OBJECTION
from shared.identifiers import new_id
from shared.problems import Problem, Unavailable, invalid_field

ROOM = Room("objecting", (PUBLIC,))
TITLE = Text("提出异议", "Object")
_PAPER, _NAME, _STEP, _DROP = "_paper", "_paper_name", "_step", "_drop"
Said = Mapping[str, Any]
UPLOAD = Form(
    (Field("file", Text("选择一份证据", "Choose one piece of evidence"), Kind.FILE),),
    submit=Text("上传", "Upload"),
)
_STAMPED = Text("请先上传加盖公章的异议书扫描件", "Upload the stamped, scanned objection first")
_WHAT = Text("写清时间、事情和依据；不超过 10000 字", "When, what, on what ground; at most 10,000 characters")
FORM = Form(
    (
        Field(
            "who", Text("您以什么身份提出异议", "Who objects"), Kind.RADIOS,
            choices=(
                Choice("person", Text("个人", "A person")),
                Choice("unit", Text("单位", "A unit"), _STAMPED),
            ),
        ),
        Field("by.name", Text("姓名或单位名称", "Name of the person or unit")),
        Field("by.id_number", Text("居民身份证号码", "Identity number"), hint=Text("个人填写，18 位", "For a person"),
              needed=False, later=True, width=20),
        Field("by.uscc", Text("统一社会信用代码", "Credit code"), hint=Text("单位填写，18 位", "For a unit"),
              needed=False, later=True, width=20),
        Field("contact", Text("联系电话", "Telephone"), hint=Text("单位请写联系人和电话", "Of a unit: a person and a number")),
        Field("ground", Text("异议事由", "Ground"), Kind.RADIOS,
              choices=tuple(Choice(code, word(OBJECTION_GROUNDS, code)) for code in objections.OBJECTION_GROUNDS)),
        Field("statement", Text("事实和理由", "Facts and reasons"), Kind.AREA,
              hint=_WHAT, rows=10),
        Field("declared", Text("我知道异议须实名，所写属实", "I object under my name; what I state is true"), Kind.TICK),
    ),
    submit=Text("提交异议", "Object"),
    secret=True,
)  # fmt: skip
_BY = {"person": "by.id_number", "unit": "by.uscc"}


def whole_form(settings: Settings) -> int:
    """Bytes of a form with one paper: more than a paper may have, so that the refusal of a larger one is ours."""
    return settings.papers_public_largest_bytes + (16 << 20)


@dataclass(frozen=True)
class Handed:
    """A paper that was kept: `named` is what the operation takes, its id and token."""

    named: str
    name: str


@dataclass(frozen=True)
class Against:
    """The line of a notice that is objected to."""

    notice: Said
    number: int
    line: Said

    @property
    def address(self) -> str:
        """Of the notice."""
        return f"/notices/{self.notice['cycle_id']}/{self.notice['notice']}"


def _against(visit: Visit, cycle_id: str, notice: str, number: str) -> Against:
    """Raises NotFound: of a rehearsal too, and for a line that there is not."""
    told = visit.ask("eligibility.notice", cycle_id=cycle_id, notice=notice)
    place = int(number) if number.isascii() and number.isdigit() and len(number) < 6 else 0
    if told["rehearsal"] or not 0 < place <= len(told["lines"]):
        raise not_found()
    return Against(told, place, told["lines"][place - 1])


@ROOM.page(
    "/notices/<cycle_id>/<notice>/object/<line>",
    methods=("GET", "POST"),
    largest=whole_form,
    sample={"line": "1"},
)
def objecting(visit: Visit, cycle_id: str, notice: str, line: str) -> Response:
    """What is said first; papers; the objection; and, on the answer that takes it, number and query code."""
    try:
        against = _against(visit, cycle_id, notice, line)
    except Unavailable as problem:
        return _kept(visit, problem)
    if request.method != "POST" or (not against.notice["runs"] and request.form.get(_STEP) != "object"):
        return _papers(visit, against, [], UPLOAD.filled({}))
    handed, step = _handed(), request.form.get(_STEP)
    if step == "paper":
        return _add(visit, against, handed)
    if step == "form":
        return _form(visit, against, handed, FORM.typed(_texts()))
    if step == "object":
        return _object(visit, against, handed)
    dropped = request.form.get(_DROP)
    return _papers(visit, against, [each for each in handed if each.named != dropped], UPLOAD.filled({}))


def _kept(visit: Visit, problem: Unavailable) -> Response:
    """Who has no session keeps what was typed, and which papers were handed in, on the page that says what is down."""
    if request.method != "POST":
        return told(visit, problem)
    along = [
        (name, value)
        for name in (_STEP, _PAPER, _NAME, SECRET)
        for value in request.form.getlist(name)
        if name != _STEP or value != "paper"  # its file is not here any more: on to the list of papers
    ]
    typed = [(name, value) for name, values in _texts().items() for value in values]
    return told(
        visit, problem, "kept.html", typed=typed, onward=None, again=request.path, key=request.form.get(KEY) or new_id(),
        marks=along, files=False,
    )  # fmt: skip


def _handed() -> list[Handed]:
    named, names = request.form.getlist(_PAPER), request.form.getlist(_NAME)
    return [Handed(paper, name) for paper, name in zip(named, names, strict=False)][:MOST_PAPERS]


def _texts() -> dict[str, list[str]]:
    """What was typed into the objection so far."""
    names = {field.name for field in FORM.all_fields({})}
    return {name: values for name, values in request.form.lists() if name in names}


def _papers(visit: Visit, against: Against, handed: list[Handed], form: Filled) -> Response:
    title = Text(f"{TITLE.zh}：第一步，证据", f"{TITLE.en}: first the evidence")
    texts = _texts() if request.method == "POST" else {}
    largest = visit.gateway.settings.papers_public_largest_bytes >> 20
    return visit.page(
        "public/objecting_papers.html", title, form=form, against=against, handed=handed, most=MOST_PAPERS, largest=largest,
        along=[(name, value) for name, values in texts.items() for value in values],
    )  # fmt: skip


def _form(visit: Visit, against: Against, handed: list[Handed], form: Filled) -> Response:
    title = Text(f"{TITLE.zh}：第二步，异议内容", f"{TITLE.en}: then who and why")
    return visit.page("public/objecting.html", title, form=form, against=against, handed=handed)


def _add(visit: Visit, against: Against, handed: list[Handed]) -> Response:
    """One more paper; a refusal stands at its field."""
    filled = UPLOAD.posted(request.form)
    if len(handed) >= MOST_PAPERS:
        why = Text(f"最多 {MOST_PAPERS} 份", f"At most {MOST_PAPERS}")
        filled.errors["file"] = why
    else:
        filled.attempt(lambda: keep(visit, "file"))
        at_field(filled, "file")
    if not filled.ok:
        return _papers(visit, against, handed, filled)
    reply = filled.reply
    added = Handed(named(reply), str(reply["file_name"]))
    visit.aside.append(Text(f"已收下“{added.name}”", f"“{added.name}” was taken"))
    return _papers(visit, against, [*handed, added], UPLOAD.filled({}))


def keep(visit: Visit, name: str) -> dict[str, Any]:
    """Keep the file of a posted form as a paper of an objection, as the API does. Raises what refuses it."""
    given = request.files.get(name)
    if given is None or not given.filename:
        raise invalid_field(name, "请选择文件", "choose a file")
    return keep_posted(visit, name, OBJECTION, new_id())


def at_field(filled: Filled, name: str) -> None:
    """Put what was said of a file to its field, whatever the service called it."""
    problem = filled.problem
    if problem is None or name in filled.errors:
        return
    filled.errors[name] = reason_of(problem)
    filled.problem = _without_fields(problem)


def _without_fields(problem: Problem) -> Problem:
    problem.errors = ()
    return problem


def _object(visit: Visit, against: Against, handed: list[Handed]) -> Response:
    """Give the objection; number and code are on this answer and nowhere else."""
    filled = FORM.posted(request.form)
    number = _BY.get(filled.data.get("who", ""))
    if number is not None and not filled.text(number).strip():
        filled.errors[number] = Text("请填写", "Fill this in")
    if filled.data.get("declared") is not True:
        filled.errors["declared"] = Text(
            "请勾选，匿名异议不予受理", "Tick this: anonymous objections are not accepted"
        )
    if filled.ok and number is not None:
        given = dict(filled.data)
        by = {"name": given["by"]["name"], number.removeprefix("by."): filled.text(number).strip().upper()}
        filled.attempt(
            lambda: visit.do(
                "eligibility.object", filled.key, cycle_id=against.notice["cycle_id"], notice=against.notice["notice"],
                application_id=against.line["application_id"], source="public", by=by, evidence=True, ground=given["ground"],
                statement=given["statement"], contact=given["contact"], papers=[each.named for each in handed],
            )
        )  # fmt: skip
    if not filled.ok:
        return _form(visit, against, handed, filled)
    title = Text("异议已提交", "Your objection was received")
    return visit.page("public/objected.html", title, told=filled.reply, against=against, handed=handed)
