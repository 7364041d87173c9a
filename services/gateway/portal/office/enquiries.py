"""部门征询: what departments were asked and answered, silence, rechecks and their decisions; departments, recommending bodies."""

from __future__ import annotations

import base64
from collections import Counter
from collections.abc import Mapping
from typing import Any

from flask import Response, request

from services.gateway.portal import listing
from services.gateway.portal.forms import Choice, Field, Filled, Form, Kind
from services.gateway.portal.office import words
from services.gateway.portal.office.application import line_of
from services.gateway.portal.office.around import AWAY, Fact, decide, names_of, show, there, word
from services.gateway.portal.room import Room
from services.gateway.portal.text import Text
from services.gateway.portal.visit import Visit
from shared.contracts.operations import DISCIPLINE, OFFICE, OPERATOR, WATCHERS
from shared.contracts.operations.operation import CYCLE
from shared.problems import NotFound
from shared.rulebooks.facts import DEPARTMENTS

ROOM = Room("office_enquiries", WATCHERS)
_CASE = "/cycles/<cycle_id>/a/<application_id>/enquiries"
_SAMPLE = {"cycle_id": CYCLE, "department": "credit", "purpose": "committee", "form": "xlsx"}
_LARGEST = 650_000  # bytes of a file of answers: base64 of it has to fit into one message
_STATES = ("pending", "answered", "silent", "flagged")


@ROOM.page("/cycles/<cycle_id>/enquiries")
def enquiries(visit: Visit, cycle_id: str) -> Response:
    """The cycle's enquiries by department and state, and the rechecks that wait for a decision."""
    book = visit.rulebook(cycle_id)
    asked = listing.read(
        f"/cycles/{cycle_id}/enquiries", request.args.items(multi=True), filters={"state": _STATES}, columns=(), sort="",
    )  # fmt: skip
    state = asked.filters.get("state")
    told = visit.ask("intake.enquiries", cycle_id=cycle_id, state=state, page=asked.page, size=asked.size)
    rechecks = there(visit, "intake.rechecks", cycle_id=cycle_id)
    lines = rechecks["rechecks"] if isinstance(rechecks, dict) else []
    shown = told["enquiries"] if state else []
    ids = [each["application_id"] for each in (*shown, *lines)]
    return show(
        visit, "office/enquiries.html", Text("部门征询", "Enquiries to departments"), at=cycle_id, book=book, listing=asked,
        found=shown, total=told["total"], figures=_figures(told["counts"]), states=_STATES[:3], rechecks=lines,
        rechecks_away=rechecks is AWAY, names=names_of(visit, cycle_id, ids),
        may={name: visit.may(f"intake.{name}") for name in ("enquiry_batch", "take_batch", "ask_again", "decide_records")},
    )  # fmt: skip


def _figures(counts: list[Any]) -> dict[str, Counter[str]]:
    """How many of each state, by department."""
    figures: dict[str, Counter[str]] = {}
    for each in counts:
        figures.setdefault(each["department"], Counter())[each["state"]] = each["number"]
    return dict(sorted(figures.items()))


@ROOM.page(_CASE, sample=_SAMPLE)
def case(visit: Visit, cycle_id: str, application_id: str) -> Response:
    """Everything that was asked about one application, each answer with where it came from."""
    line = line_of(visit, cycle_id, application_id)
    found = visit.ask("intake.application_enquiries", application_id=application_id)
    return show(
        visit, "office/case_enquiries.html", Text("一份申报的部门征询", "Enquiries about an application"), at=cycle_id,
        line=line, found=found, back=f"/cycles/{cycle_id}/a/{application_id}",
        may={name: visit.may(f"intake.{name}") for name in ("ask_again", "recheck_records", "decide_records")},
    )  # fmt: skip


@ROOM.page(_CASE + "/<department>/again", roles=(OFFICE,), methods=("GET", "POST"), sample=_SAMPLE)
def again(visit: Visit, cycle_id: str, application_id: str, department: str) -> Response:
    """Press a department that stayed silent."""
    line = line_of(visit, cycle_id, application_id)
    return decide(
        visit, Form((), submit=Text("再次征询", "Ask once more")), "intake.ask_again", at=cycle_id,
        title=Text("再次征询部门", "Ask a department once more"), back=f"/cycles/{cycle_id}/a/{application_id}/enquiries",
        facts=[(Text("申报", "Application"), line["name"]), (Text("部门",
            "Department"), word(visit, "department", department))],
        says=[Text("重新计算答复期限；逾期未答仍不视为没有记录。",
            "The time for an answer begins anew; silence is still no clean record.")],
        done=Text("已再次征询", "Asked once more"), application_id=application_id, department=department,
    )  # fmt: skip


@ROOM.page(_CASE + "/recheck/<purpose>", roles=(OFFICE,), methods=("GET", "POST"), sample=_SAMPLE)
def recheck(visit: Visit, cycle_id: str, application_id: str, purpose: str) -> Response:
    """Ask for the records anew, before the committee or a payment."""
    line = line_of(visit, cycle_id, application_id)
    return decide(
        visit, Form((), submit=Text("重新复核", "Ask anew")), "intake.recheck_records", at=cycle_id,
        title=Text("重新复核部门记录", "Ask for the records anew"), back=f"/cycles/{cycle_id}/a/{application_id}/enquiries",
        facts=[(Text("申报", "Application"), line["name"]), (Text("用途", "Purpose"), word(visit, "purpose", purpose))],
        done=Text("已发出复核", "Asked"), application_id=application_id, purpose=purpose,
    )  # fmt: skip


_DECIDE = Form(
    (
        Field(
            "go_on", Text("决定", "Decision"), Kind.RADIOS,
            choices=(
                Choice("true", Text("继续：差异或沉默不影响资格", "Go on: it does not bear on the eligibility")),
                Choice("false", Text("停止：不再进入后续环节", "Stop: it goes no further")),
            ),
        ),
        Field("reason", Text("理由", "Reason"), Kind.AREA, rows=4, hint=Text("2 至 400 字，记入档案",
            "2 to 400 characters, kept on record")),
    ),
    submit=Text("决定", "Decide"),
)  # fmt: skip


@ROOM.page(_CASE + "/recheck/<purpose>/decision", roles=(OFFICE,), methods=("GET", "POST"), sample=_SAMPLE)
def settle(visit: Visit, cycle_id: str, application_id: str, purpose: str) -> Response:
    """Decide on a difference or a silence: what was answered then and now stands beside the form."""
    line = line_of(visit, cycle_id, application_id)
    back = f"/cycles/{cycle_id}/a/{application_id}/enquiries"
    filled = _DECIDE.posted(request.form) if request.method == "POST" else visit.form(_DECIDE)
    if filled.was_posted and filled.ok:
        data = {**filled.data, "go_on": filled.data["go_on"] == "true"}
        filled.attempt(
            lambda: visit.do(
                "intake.decide_records", filled.key, application_id=application_id, purpose=purpose, **data
            )
        )
        if filled.ok:
            return visit.go(back, Text("已决定", "Decided"))
    found = visit.ask("intake.application_enquiries", application_id=application_id)["rechecks"]
    mine = [each for each in found if each["purpose"] == purpose]
    if not mine:
        raise NotFound("没有这次复核", "there is no such recheck")
    return show(
        visit, "office/recheck.html", Text("就复核结果作出决定", "Decide on a recheck"), at=cycle_id, form=filled, line=line,
        recheck=mine[-1], back=back, stale=filled.status == 409,
    )  # fmt: skip


# --- files of a department ----------------------------------------------------------------------------------------------


@ROOM.page("/cycles/<cycle_id>/enquiries/<department>/batch.<form>", roles=(OFFICE,), sample=_SAMPLE)
def batch(visit: Visit, cycle_id: str, department: str, form: str) -> Response:
    """The open enquiries to a department as a file to fill in."""
    part = request.args.get("part", "1")
    found = visit.ask(
        "intake.enquiry_batch", cycle_id=cycle_id, department=department, format=form,
        part=int(part) if part.isascii() and part.isdecimal() and 0 < len(part) < 5 and int(part) else 1,
    )  # fmt: skip
    named = f'attachment; filename="{found["file_name"]}"'
    content = base64.b64decode(found["content"])
    return Response(content, content_type=found["content_type"], headers={"Content-Disposition": named})


_ANSWERS = Form(
    (Field("file", Text("填好的文件（XLSX 或 CSV）", "The file, filled in (XLSX or CSV)"), Kind.FILE, accept=".xlsx,.csv"),),
    submit=Text("导入", "Read the file"),
)  # fmt: skip


@ROOM.page(
    "/cycles/<cycle_id>/enquiries/<department>/answers",
    roles=(OFFICE,),
    methods=("GET", "POST"),
    sample=_SAMPLE,
)
def answers(visit: Visit, cycle_id: str, department: str) -> Response:
    """Read a department's file of answers on its behalf; each line says what became of it."""
    if department not in DEPARTMENTS:
        raise NotFound("没有这个部门", "there is no such department")
    filled = _ANSWERS.posted(request.form) if request.method == "POST" else _ANSWERS.filled({})
    if filled.was_posted:
        _take(visit, filled, cycle_id, department)
    return show(
        visit, "office/answers.html", Text("导入批量答复", "Read a file of answers"), at=cycle_id, form=filled,
        department=department, report=filled.reply or None, back=f"/cycles/{cycle_id}/enquiries",
    )  # fmt: skip


def _take(visit: Visit, filled: Filled, cycle_id: str, department: str) -> None:
    given = request.files.get("file")
    content = given.read(_LARGEST + 1) if given is not None else b""
    if not content:
        filled.errors["file"] = Text("请选择文件", "Choose a file")
    elif len(content) > _LARGEST:
        filled.errors["file"] = Text("文件过大：请分几部分导入", "Too large: send it in parts")
    if filled.ok:
        sent: Mapping[str, Any] = {
            "cycle_id": cycle_id,
            "department": department,
            "file_name": ((given.filename if given else None) or "answers.csv")[-200:],
            "content": base64.b64encode(content).decode("ascii"),
        }
        filled.attempt(lambda: visit.do("intake.take_batch", filled.key, **sent))


# --- departments and recommending bodies --------------------------------------------------------------------------------


@ROOM.page("/office/departments", roles=(OFFICE, DISCIPLINE, OPERATOR))
def departments(visit: Visit) -> Response:
    """How the departments stand."""
    found = visit.ask("intake.departments")["departments"]
    return show(
        visit, "office/departments.html", Text("部门征询状况", "State of the departments"), found=found
    )


@ROOM.page("/office/bodies")
def bodies(visit: Visit) -> Response:
    """The register of recommending bodies."""
    found = visit.ask("intake.recommending_bodies")["bodies"]
    return show(
        visit, "office/bodies.html", Text("推荐部门名册", "Recommending bodies"), found=found, back="/office",
        may={name: visit.may(f"intake.{name}") for name in ("register_recommending_body", "set_recommending_body")},
    )  # fmt: skip


_KINDS = tuple(Choice(code, Text(pair.zh, pair.en)) for code, pair in words.WORDS["body"].items())
_KIND = Field("kind", Text("类别", "Kind"), Kind.RADIOS, choices=_KINDS)
_BODY = Form((Field("name", Text("名称", "Name")), _KIND), submit=Text("登记", "Register"))
_SET = Form((_KIND, Field("active", Text("是否在用", "In use"), Kind.YES_NO)), submit=Text("保存", "Save"))


@ROOM.page("/office/bodies/new", roles=(OFFICE,), methods=("GET", "POST"))
def register_body(visit: Visit) -> Response:
    """Register a recommending body."""
    return decide(
        visit, _BODY, "intake.register_recommending_body", title=Text("登记推荐部门", "Register a recommending body"),
        back="/office/bodies", done=Text("已登记", "Registered"),
    )  # fmt: skip


@ROOM.page("/office/bodies/<body_id>", roles=(OFFICE,), methods=("GET", "POST"))
def set_body(visit: Visit, body_id: str) -> Response:
    """Change a recommending body."""
    found = [each for each in visit.ask("intake.recommending_bodies")["bodies"] if each["body_id"] == body_id]
    facts: list[Fact] = [(Text("名称", "Name"), each["name"]) for each in found]
    return decide(
        visit, _SET, "intake.set_recommending_body", title=Text("变更推荐部门", "Change a recommending body"),
        back="/office/bodies", done=Text("已变更", "Changed"), facts=facts, values=found[0] if found else None,
        says=[Text("停用后不能再被选为推荐部门，已签的意见不变。",
            "One out of use cannot be chosen any more; opinions it signed stay.")],
        body_id=body_id,
    )  # fmt: skip
