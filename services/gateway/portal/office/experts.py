"""专家库: the standing register of experts, one entry, its sheet both ways, who owes a declaration, and what experts ask for."""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import quote, urlencode

from flask import Response, request

from services.gateway.portal import listing
from services.gateway.portal.forms import Choice, Field, Filled, Form, Kind, Rows
from services.gateway.portal.office import words
from services.gateway.portal.office.around import (
    AWAY,
    Fact,
    decide,
    decision,
    numbered,
    renewed,
    show,
    there,
    word,
)
from services.gateway.portal.room import Room
from services.gateway.portal.text import Text
from services.gateway.portal.visit import NULL, Visit
from shared.contracts.operations import DISCIPLINE, OFFICE, WATCHERS

ROOM = Room("office_experts", WATCHERS)
TITLE = Text("专家库", "Register of experts")
_ONE = "/experts/<expert_id>"
_YES_NO = ("yes", "no")
COLUMNS = (
    ("expert_id", Text("编号", "Id")),
    ("name", Text("姓名", "Name")),
    ("state", Text("状态", "State")),
    ("entered_on", Text("入库日期", "Entered on")),
    ("declared_until", Text("申报有效期至", "Declared until")),
)
LABELS = {
    "q": Text("查找", "Look for"),
    "state": Text("状态", "State"),
    "declared": Text("利害关系申报", "Declaration"),
    "industry_expert": Text("行业专家", "Industry expert"),
    "may_lead": Text("可任组长", "May lead"),
    "expertise": Text("专业领域", "Field"),
    "industry": Text("行业", "Industry"),
}
_LONGEST = {"q": 100, "expertise": 60, "industry": 60}
_LARGEST = 650_000  # bytes of a sheet: base64 of it has to fit into one message


@ROOM.page("/experts")
def experts(visit: Visit) -> Response:
    """The register, filtered, ordered and paged."""
    given = [
        (name, value)
        for name, value in request.args.items(multi=True)
        if len(value.strip()) <= _LONGEST.get(name, 200)
    ]
    asked = listing.read(
        "/experts", given,
        filters={
            "q": None, "state": tuple(words.WORDS["expert"]), "declared": ("in_force", "expired", "missing"),
            "industry_expert": _YES_NO, "may_lead": _YES_NO, "expertise": None, "industry": None,
        },
        columns=[name for name, _ in COLUMNS], sort="expert_id",
    )  # fmt: skip
    found = visit.ask("review.experts", **asked.asked)
    query = urlencode(asked.filters)
    exports = [
        (f"/api/v1/experts.{form}" + (f"?{query}" if query else ""), form.upper())
        for form in ("xlsx", "csv")
        if visit.may(f"gateway.experts_{form}")
    ]
    return show(
        visit, "office/experts.html", TITLE, listing=asked, found=found, columns=COLUMNS, labels=LABELS, exports=exports,
        choices=_choices(visit), may={name: visit.may(f"review.{name}") for name in (
            "enter_expert", "import_experts", "owed_declarations", "proposals"
        )},
    )  # fmt: skip


def _choices(visit: Visit) -> dict[str, list[tuple[str, str]]]:
    yes_no = [("yes", visit.say("是", "yes")), ("no", visit.say("否", "no"))]
    states = [(code, visit.say(pair.zh, pair.en)) for code, pair in words.WORDS["expert"].items()]
    declared = [
        (code, visit.say(pair.zh, pair.en))
        for code, pair in words.WORDS["declared"].items()
        if code != "expiring"
    ]
    return {"state": states, "declared": declared, "industry_expert": yes_no, "may_lead": yes_no}


def _served(visit: Visit, lines: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """An expert's service with what regulations call themselves and their stages."""
    books = {cycle_id: visit.rulebook(cycle_id) for cycle_id in {each["cycle_id"] for each in lines}}
    titles = {
        (cycle_id, stage.key): Text(stage.title.zh, stage.title.en)
        for cycle_id, book in books.items()
        for stage in book.stages
    }
    return [
        {
            **each,
            "award": Text(books[each["cycle_id"]].title.zh, books[each["cycle_id"]].title.en),
            "title": titles.get((each["cycle_id"], each["stage"]), Text(each["stage"], each["stage"])),
        }
        for each in lines
    ]


@ROOM.page(_ONE)
def expert(visit: Visit, expert_id: str) -> Response:
    """One entry, with absences, declarations and service."""
    found = visit.ask("review.expert", expert_id=expert_id)
    service = there(visit, "review.service_history", expert_id=expert_id)
    told = visit.may("review.declarations")
    declared = there(visit, "review.declarations", expert_id=expert_id) if told else None
    return show(
        visit, "office/expert.html", Text("专家信息", "An expert's entry"), found=found, back="/experts",
        service=_served(visit, service["served"]) if isinstance(service, dict) else None, service_away=service is AWAY,
        declared=declared if isinstance(declared, dict) else None, here_is=f"/experts/{quote(expert_id)}",
        may={name: visit.may(f"review.{name}") for name in (
            "change_expert", "retire_expert", "reinstate_expert", "add_absence", "remove_absence"
        )},
    )  # fmt: skip


# --- an entry ---------------------------------------------------------------------------------------------------------


def _entry_form(submit: Text, *first: Field) -> Form:
    def several(name: str, zh: str, en: str) -> Field:
        return Field(
            name, Text(zh, en), Kind.LINES, rows=3, needed=False, hint=Text("每行一个", "One a line")
        )

    return Form(
        (
            *first,
            Field("name", Text("姓名", "Name"), width=20),
            Field("title", Text("职称或职务", "Title"), needed=False, width=20),
            Field("industry_expert", Text("是否行业专家", "Industry expert"), Kind.YES_NO),
            Field("may_lead", Text("可否任组长", "May lead a panel"), Kind.YES_NO),
            several("expertise", "专业领域", "Fields"),
            several("industries", "行业", "Industries"),
            several("qualifications", "资质", "Qualifications"),
            several("languages", "评审语言代码", "Codes of languages"),
            Rows(
                "employments", Text("任职单位", "Employers"),
                (
                    Field("uscc", Text("统一社会信用代码", "Code"), width=20),
                    Field("name", Text("单位名称", "Name of the employer"), needed=False),
                    Field("since", Text("起", "Since"), Kind.DAY, needed=False),
                    Field("until", Text("止", "Until"), Kind.DAY, needed=False),
                ),
            ),
            Field("contact.phone", Text("电话", "Telephone"), needed=False, width=20),
            Field("contact.email", Text("邮箱", "E-mail"), needed=False, width=20),
            Field("contact.address", Text("地址", "Address"), needed=False),
        ),
        submit=submit,
    )  # fmt: skip


_ENTER = _entry_form(
    Text("入库", "Enter the expert"),
    Field("expert_id", Text("专家编号", "Id"), width=20, hint=Text("字母、数字和连字符", "Letters, digits and hyphens")),
)  # fmt: skip
_CHANGE = _entry_form(
    Text("保存更改", "Save the change"), Field("revision", Text("版本", "Revision"), Kind.HIDDEN)
)


def _whole(data: dict[str, Any]) -> dict[str, Any]:
    """An entry says everything: what was left empty is none, not unchanged."""
    lists: dict[str, list[Any]] = {
        name: [] for name in ("expertise", "industries", "qualifications", "languages", "employments")
    }
    return {"title": NULL, "contact": NULL, **lists, **data}


def _revised(data: dict[str, Any]) -> dict[str, Any]:
    return numbered(data, "revision")


def _acted(
    visit: Visit, form: Form, operation: str, make: Callable[[dict[str, Any]], dict[str, Any]], **data: Any
) -> Filled:
    filled = form.posted(request.form)
    if filled.ok:
        sent = make(filled.data)
        filled.attempt(lambda: visit.do(operation, filled.key, **sent, **data))
    return filled


@ROOM.page("/experts/new", roles=(OFFICE,), methods=("GET", "POST"))
def enter(visit: Visit) -> Response:
    """Enter an expert."""
    if request.method == "POST":
        filled = _acted(visit, _ENTER, "review.enter_expert", _whole)
        if filled.ok:
            return visit.go(
                f"/experts/{quote(filled.reply['expert_id'])}", Text("专家已入库", "The expert is entered")
            )
    else:
        filled = visit.form(_ENTER)
    return decision(visit, filled, title=Text("专家入库", "Enter an expert"), back="/experts")


@ROOM.page(_ONE + "/change", roles=(OFFICE,), methods=("GET", "POST"))
def change(visit: Visit, expert_id: str) -> Response:
    """Change an entry; where somebody else did meanwhile, what stands there now is shown beside what was typed."""
    back = f"/experts/{quote(expert_id)}"
    posted = request.method == "POST"
    filled = None
    if posted:
        filled = _acted(
            visit, _CHANGE, "review.change_expert", lambda data: _revised(_whole(data)), expert_id=expert_id
        )
        if filled.ok:
            return visit.go(back, Text("已更改", "Changed"))
    found = visit.ask("review.expert", expert_id=expert_id)
    shown = filled if filled is not None else visit.form(_CHANGE, found)
    renewed(shown, "revision", found["revision"])
    return decision(
        visit, shown, title=Text("更改专家信息", "Change an expert's entry"), back=back, facts=_now(visit, found)
    )  # fmt: skip


def _now(visit: Visit, found: Mapping[str, Any]) -> list[Fact]:
    """What stands in the register now."""
    several = (
        ("expertise", "专业领域", "Fields"),
        ("industries", "行业", "Industries"),
        ("languages", "语言", "Languages"),
    )
    return [
        (Text("编号", "Id"), found["expert_id"]),
        (Text("现在的姓名", "Name now"), found["name"] or "—"),
        (Text("现在的状态", "State now"), word(visit, "expert", found["state"])),
        (Text("现在的版本", "Revision now"), found["revision"]),
        *((Text(f"现在的{zh}", f"{en} now"), "、".join(found[name]) or "—") for name, zh, en in several),
    ]


_WHY = Form(
    (
        Field("revision", Text("版本", "Revision"), Kind.HIDDEN),
        Field("reason", Text("理由", "Reason"), Kind.AREA, rows=3),
    ),
    submit=Text("确定", "Do it"),
)


def _state_change(
    visit: Visit, expert_id: str, operation: str, title: Text, done: Text, says: Text
) -> Response:
    back = f"/experts/{quote(expert_id)}"
    filled = (
        _acted(visit, _WHY, operation, _revised, expert_id=expert_id) if request.method == "POST" else None
    )
    if filled is not None and filled.ok:
        return visit.go(back, done)
    found = visit.ask("review.expert", expert_id=expert_id)
    shown = filled if filled is not None else visit.form(_WHY, {"revision": found["revision"]})
    renewed(shown, "revision", found["revision"])
    return decision(visit, shown, title=title, back=back, facts=_now(visit, found), says=[says])


@ROOM.page(_ONE + "/retire", roles=(OFFICE,), methods=("GET", "POST"))
def retire(visit: Visit, expert_id: str) -> Response:
    """Retire an expert."""
    return _state_change(
        visit, expert_id, "review.retire_expert", Text("专家出库", "Retire an expert"), Text("已出库", "Retired"),
        Text("出库后不再进入新的周期；已有的评审任务不受影响。",
            "No new cycle takes the expert in; tasks that run are untouched."),
    )  # fmt: skip


@ROOM.page(_ONE + "/reinstate", roles=(OFFICE,), methods=("GET", "POST"))
def reinstate(visit: Visit, expert_id: str) -> Response:
    """Reinstate an expert."""
    return _state_change(
        visit, expert_id, "review.reinstate_expert", Text("恢复专家资格", "Reinstate an expert"), Text("已恢复", "Reinstated"),
        Text("恢复后可再次选入周期。", "Cycles may take the expert in again."),
    )  # fmt: skip


_ABSENCE = Form(
    (
        Field("since", Text("起", "From"), Kind.DAY, width=10),
        Field("until", Text("止（含当日）", "Until (that day too)"), Kind.DAY, width=10),
    ),
    submit=Text("登记", "Enter"),
)


@ROOM.page(_ONE + "/absences/new", roles=(OFFICE,), methods=("GET", "POST"))
def absent(visit: Visit, expert_id: str) -> Response:
    """Enter a time in which an expert cannot serve."""
    return decide(
        visit, _ABSENCE, "review.add_absence", title=Text("登记不能参加的时间", "Enter a time of absence"),
        back=f"/experts/{quote(expert_id)}", done=Text("已登记", "Entered"), facts=[(Text("专家", "Expert"), expert_id)],
        says=[Text("这段时间内的评审安排不会排到该专家。", "No visit or hearing in that time is planned with this expert.")],
        expert_id=expert_id,
    )  # fmt: skip


@ROOM.page(_ONE + "/absences/<absence_id>/remove", roles=(OFFICE,), methods=("GET", "POST"))
def present(visit: Visit, expert_id: str, absence_id: str) -> Response:
    """Take a time of absence back."""
    return decide(
        visit, Form((), submit=Text("取消这段时间", "Take it back")), "review.remove_absence",
        title=Text("取消不能参加的时间", "Take a time of absence back"), back=f"/experts/{quote(expert_id)}",
        done=Text("已取消", "Taken back"), facts=[(Text("专家", "Expert"), expert_id)],
        expert_id=expert_id, absence_id=absence_id,
    )  # fmt: skip


# --- the sheet --------------------------------------------------------------------------------------------------------

_IMPORT = Form(
    (
        Field(
            "file", Text("专家库文件（XLSX 或 CSV）", "The register's sheet (XLSX or CSV)"), Kind.FILE, accept=".xlsx,.csv",
            hint=Text("先导出，改好后再导入；没有改动的行不变",
                "Export it, change it, read it in; lines that are as they were stay"),
        ),
        Field(
            "act", Text("做什么", "What to do"), Kind.RADIOS,
            choices=(
                Choice("check", Text("只检查，不写入", "Check only, change nothing")),
                Choice("write", Text("写入专家库", "Write it into the register")),
            ),
        ),
    ),
    submit=Text("导入", "Read the file"),
)  # fmt: skip


@ROOM.page("/experts/import", roles=(OFFICE,), methods=("GET", "POST"))
def read(visit: Visit) -> Response:
    """Read the register from a sheet; each line says what became of it."""
    filled = _IMPORT.posted(request.form) if request.method == "POST" else _IMPORT.filled({})
    if filled.was_posted:
        _take(visit, filled)
    return show(
        visit, "office/import.html", Text("导入专家库", "Read the register from a sheet"), form=filled, back="/experts",
        report=filled.reply or None, checked=filled.data.get("act") == "check",
    )  # fmt: skip


def _take(visit: Visit, filled: Filled) -> None:
    given = request.files.get("file")
    content = given.read(_LARGEST + 1) if given is not None else b""
    if not content:
        filled.errors["file"] = Text("请选择文件", "Choose a file")
    elif len(content) > _LARGEST:
        filled.errors["file"] = Text("文件过大：请分几份导入", "Too large: send it in parts")
    if filled.ok:
        name = (given.filename if given else None) or "experts.csv"
        filled.attempt(
            lambda: visit.do(
                "review.import_experts", filled.key, file_name=name[-200:],
                content=base64.b64encode(content).decode("ascii"), check_only=filled.data["act"] == "check",
            )
        )  # fmt: skip


# --- what is owed and asked for ---------------------------------------------------------------------------------------


@ROOM.page("/office/owed", roles=(OFFICE, DISCIPLINE))
def owed(visit: Visit) -> Response:
    """Who owes a declaration of interests."""
    asked = listing.read(
        "/office/owed", request.args.items(multi=True), filters={"state": ("expiring", "expired", "missing")}, columns=(),
            sort="",
    )  # fmt: skip
    found = visit.ask(
        "review.owed_declarations", state=asked.filters.get("state"), page=asked.page, size=asked.size
    )
    return show(
        visit, "office/owed.html", Text("应申报未申报的专家", "Declarations owed by experts"), listing=asked, found=found,
        back="/experts",
    )  # fmt: skip


@ROOM.page("/office/proposals", roles=(OFFICE, DISCIPLINE))
def proposals(visit: Visit) -> Response:
    """Changes that experts asked for."""
    asked = listing.read(
        "/office/proposals", request.args.items(multi=True), filters={"state": tuple(words.WORDS["proposal"])}, columns=(),
            sort="",
    )  # fmt: skip
    found = visit.ask("review.proposals", state=asked.filters.get("state"), page=asked.page, size=asked.size)
    return show(
        visit, "office/proposals.html", Text("专家更改申请", "Changes that experts asked for"), listing=asked, found=found,
        back="/experts", may_decide=visit.may("review.decide_proposal"),
        told=[(each, _told(each["changes"], each["now"])) for each in found["proposals"]],
    )  # fmt: skip


_FIELDS = {
    "name": Text("姓名", "Name"), "title": Text("职称", "Title"), "expertise": Text("专业领域", "Fields"),
    "industries": Text("行业", "Industries"), "qualifications": Text("资质", "Qualifications"),
    "languages": Text("语言", "Languages"), "employments": Text("任职", "Employers"), "contact": Text("联系方式", "Contact"),
}  # fmt: skip


def _told(changes: Mapping[str, Any], now: Mapping[str, Any]) -> list[tuple[Text, str, str]]:
    """Each field that is to change: what stands there now, and what was asked for."""
    return [
        (_FIELDS.get(name, Text(name, name)), _said(now.get(name)), _said(value))
        for name, value in changes.items()
    ]


def _said(value: Any) -> str:
    if value is None or value == []:
        return "—"
    if isinstance(value, Mapping):
        return "，".join(str(each) for each in value.values() if each)
    if isinstance(value, list):
        return "；".join(_said(each) for each in value)
    return str(value)


_DECIDE = Form(
    (
        Field("revision", Text("版本", "Revision"), Kind.HIDDEN),
        Field(
            "confirmed", Text("决定", "Decision"), Kind.RADIOS,
            choices=(Choice("true", Text("确认更改", "Confirm")), Choice("false", Text("不同意", "Refuse"))),
        ),
        Field("reason", Text("理由", "Reason"), Kind.AREA, rows=3, needed=False, hint=Text("不同意的须写明",
            "Needed for a refusal")),
    ),
    submit=Text("决定", "Decide"),
)  # fmt: skip


@ROOM.page("/office/proposals/<proposal_id>", roles=(OFFICE,), methods=("GET", "POST"))
def decide_proposal(visit: Visit, proposal_id: str) -> Response:
    """Confirm or refuse what an expert asked for."""
    revision = request.values.get("revision", "")[:9]
    if request.method == "POST":
        filled = _acted(
            visit, _DECIDE, "review.decide_proposal",
            lambda data: _revised({**data, "confirmed": data["confirmed"] == "true"}), proposal_id=proposal_id,
        )  # fmt: skip
        if filled.ok:
            return visit.go("/office/proposals?state=open", Text("已决定", "Decided"))
    else:
        filled = visit.form(_DECIDE, {"revision": revision})
    return decision(
        visit, filled, title=Text("决定专家的更改申请", "Decide on a change"), back="/office/proposals",
        says=[Text("确认后立即写入专家库，利害关系随之重新核对。",
            "It is written into the register at once, and conflicts are checked anew.")],
    )  # fmt: skip
