"""档案: until when records are kept, packages, holds, and lists of destruction that two people sign."""

from __future__ import annotations

from typing import Any

from flask import Response, request

from services.gateway.portal.deciding import words
from services.gateway.portal.deciding.around import AWAY, at_hand, board, chosen_of, decide, names_of, pen_of
from services.gateway.portal.deciding.blocks import (
    Away,
    Block,
    Facts,
    Heading,
    Items,
    Pen,
    Table,
    Ways,
    Words,
)
from services.gateway.portal.deciding.telling import heads_of
from services.gateway.portal.forms import Field, Form, Kind
from services.gateway.portal.office import words as office_words
from services.gateway.portal.room import Room
from services.gateway.portal.text import Text
from services.gateway.portal.visit import Visit
from services.gateway.portal.words import by_another, word
from services.gateway.roles import TITLES
from shared.contracts.operations import OFFICE, WATCHERS

ROOM = Room("office_records", WATCHERS)
_HERE = "/cycles/<cycle_id>/records"
_LIST = _HERE + "/destruction/<list_id>"
_BOTH = ("GET", "POST")
_KIB = 1024
Reply = dict[str, Any]


@ROOM.page(_HERE)
def records(visit: Visit, cycle_id: str) -> Response:
    """How long they are kept, what was packed, what is held, what is to be destroyed."""
    book, pen, here = (
        visit.rulebook(cycle_id),
        pen_of(visit),
        f"/cycles/{cycle_id}/records",
    )
    due = at_hand(visit, "intake.records_due", cycle_id=cycle_id)
    blocks: list[Block | None] = [Away(Text("档案", "Records"))] if due is AWAY else []
    if isinstance(due, dict):
        blocks += [
            _kept(pen, each, book.label(each["rule"]))
            for each in due["cycles"]
            if each["cycle_id"] == cycle_id
        ]
    holds = at_hand(visit, "intake.holds", cycle_id=cycle_id)
    packages = at_hand(visit, "intake.packages", cycle_id=cycle_id)
    lists = at_hand(visit, "intake.destruction_lists", cycle_id=cycle_id)
    held = holds["holds"] if isinstance(holds, dict) else []
    packed = packages["packages"] if isinstance(packages, dict) else []
    names = names_of(
        visit, cycle_id, {each["application_id"] for each in [*held, *packed] if each["application_id"]}
    )
    blocks += [Heading(Text("归档包", "Packages")), _packages(visit, pen, packed, names)]
    ways = [(f"{here}/package", Text("制作周期归档包", "Make the cycle’s package"))]
    blocks += [Ways(ways), Heading(Text("冻结", "Holds")), _holds(visit, pen, here, held, names)]
    blocks += [
        Ways([(f"{here}/hold", Text("冻结档案", "Place a hold"))]),
        Heading(Text("销毁", "Destruction")),
    ]
    blocks.append(_lists(visit, pen, here, lists["lists"] if isinstance(lists, dict) else []))
    if visit.may("intake.prepare_destruction"):
        blocks.append(Ways([(f"{here}/destruction", Text("编制销毁清册", "Prepare a list"))]))
    return board(
        visit, Text("档案", "Records"), blocks, at=cycle_id, book=book, back=f"/cycles/{cycle_id}/awards"
    )


def _kept(pen: Pen, each: Reply, rule: str) -> Facts:
    due = (
        pen.tag(Text("保管期满", "may be destroyed"), "amber")
        if each["due"]
        else pen.tag(Text("保管中", "kept"), "green")
    )
    return Facts(
        [
            (Text("周期办结", "Over on"), pen.day(each["over_on"])),
            (Text("保管年限", "Kept for"), Text(f"{each['keep_years']} 年", f"{each['keep_years']} years")),
            (Text("条款", "Article"), rule),
            (Text("保管至", "Kept until"), pen.day(each["keep_until"])),
            (Text("状态", "State"), due),
            (Text("申报 / 冻结 / 在册待销毁 / 已销毁", "Applications / held / listed / destroyed"),
             f"{each['applications']} / {each['held']} / {each['listed']} / {each['destroyed']}"),
        ]
    )  # fmt: skip


def _packages(visit: Visit, pen: Pen, found: list[Reply], names: dict[str, str]) -> Table:
    rows = [
        (names.get(each["application_id"], each["application_id"]) if each["application_id"] else Text("整个周期", "the cycle"),
         each["files"], f"{each['size'] // _KIB:,} kB", pen.code(each["digest"]),
         visit.person(each["made_by"]), pen.moment(each["made_at"]))
        for each in found
    ]  # fmt: skip
    return Table(
        Text("归档包登记", "Register of packages"),
        heads_of(("内容|What", "文件数|Files", "大小|Size", "摘要|Digest", "制作人|Made by", "时间|When")), rows,
        Text("先制作的在前", "the oldest first"), Text("还没有归档包。", "None is made yet."), frozenset({1, 2}),
    )  # fmt: skip


_LIFT = by_another("解除", "lift it")
_SIGN = by_another("签署", "sign it")


def _holds(visit: Visit, pen: Pen, here: str, found: list[Reply], names: dict[str, str]) -> Table:
    rows = []
    for each in found:
        lifted = (
            pen.lines([visit.person(each["lifted_by"]), pen.day(each["lifted_on"]), each["lift_reason"]])
            if each["lifted_on"]
            else _LIFT
            if visit.did(each["placed_by"])
            else pen.link(f"{here}/holds/{each['hold_id']}", Text("解除", "lift it"))
        )
        what = names.get(each["application_id"], each["application_id"]) if each["application_id"] else None
        rows.append(
            (
                what or Text("整个周期", "the cycle"),
                each["reason"],
                visit.person(each["placed_by"]),
                pen.day(each["placed_on"]),
                lifted,
            )
        )
    return Table(
        Text("冻结登记", "Register of holds"), heads_of(("范围|What", "理由|Reason", "冻结人|Placed by", "日期|On",
            "解除|Lifted")),
        rows, Text("按冻结先后", "in the order they were placed"), Text("没有冻结。", "Nothing is held."),
    )  # fmt: skip


def _lists(visit: Visit, pen: Pen, here: str, found: list[Reply]) -> Table:
    rows = [
        (pen.link(f"{here}/destruction/{each['list_id']}", each["reason"]),
         pen.tag(word(words.LISTS, each["state"]), words.colour(each["state"])),
         visit.person(each["prepared_by"]), pen.day(each["prepared_on"]), pen.day(each["executed_on"]))
        for each in found
    ]  # fmt: skip
    return Table(
        Text("销毁清册", "Destruction lists"), heads_of(("理由|Reason", "状态|State", "编制人|Prepared by", "编制|On",
            "销毁|Carried out")),
        rows, Text("按编制先后", "in the order they were prepared"), Text("没有清册。", "There are none."),
    )  # fmt: skip


@ROOM.page(_HERE + "/package", methods=_BOTH)
def package(visit: Visit, cycle_id: str) -> Response:
    """The package as the answer to the button: a ZIP, made and registered then."""
    book, back = visit.rulebook(cycle_id), f"/cycles/{cycle_id}/records"
    form = Form((), submit=Text("制作并下载", "Make and download it"))
    filled = form.filled({})
    if request.method == "POST":
        made: list[Response] = []

        filled = form.posted(request.form)

        def make() -> dict[str, Any]:
            made.append(visit.file("gateway.cycle_package", key=filled.key, cycle_id=cycle_id))
            return {}

        filled.attempt(make)
        if filled.ok:
            return made[0]
    says = Items([Text("内含全部申报的归档包和审计证明，登记在册；下载记入审计日志。周期办结后才能制作。",
        "All packages with proofs of the audit log; registered and noted. Only of a cycle that is over.")])  # fmt: skip
    return board(
        visit,
        Text("制作周期归档包", "Make the cycle’s package"),
        [says],
        at=cycle_id,
        book=book,
        form=filled,
        back=back,
    )


@ROOM.page(_HERE + "/hold", methods=_BOTH)
def hold(visit: Visit, cycle_id: str) -> Response:
    """Hold one application's records, or all of the cycle's."""
    found = at_hand(visit, "intake.applications", cycle_id=cycle_id, size=500)
    lines = found["applications"] if isinstance(found, dict) else []
    form = Form(
        (
            Field("application_id", Text("申报", "Application"), Kind.SELECT, needed=False,
                  choices=chosen_of((each["application_id"], each["name"]) for each in lines),
                  hint=Text("不选则冻结整个周期", "The whole cycle where none is chosen")),
            Field("reason", Text("理由", "Reason"), Kind.AREA, rows=3),
        ),
        submit=Text("冻结", "Place it"),
    )  # fmt: skip
    says = [Text("冻结期间不得销毁，已编制的清册也会停下；由他人解除。",
        "What is held is not destroyed, and a list that names it stops; somebody else lifts it.")]  # fmt: skip
    return decide(
        visit, form, "intake.place_hold", at=cycle_id, says=says, title=Text("冻结档案", "Place a hold"),
        back=f"/cycles/{cycle_id}/records", done=Text("已冻结", "It is held"), cycle_id=cycle_id,
    )  # fmt: skip


_REASON = Field("reason", Text("理由", "Reason"), Kind.AREA, rows=3)


@ROOM.page(_HERE + "/holds/<hold_id>", methods=_BOTH)
def lift(visit: Visit, cycle_id: str, hold_id: str) -> Response:
    """Lift a hold."""
    held = at_hand(visit, "intake.holds", cycle_id=cycle_id)
    own = [each for each in held["holds"] if each["hold_id"] == hold_id] if isinstance(held, dict) else []
    hindered = _LIFT if own and visit.did(own[0]["placed_by"]) else None
    return decide(
        visit, Form((_REASON,), submit=Text("解除", "Lift it")), "intake.lift_hold", at=cycle_id,
        says=[Text("冻结人不能自己解除。", "Whoever placed it does not lift it.")], title=Text("解除冻结", "Lift a hold"),
        back=f"/cycles/{cycle_id}/records", done=Text("已解除", "It is lifted"), hold_id=hold_id, hindered=hindered,
    )  # fmt: skip


# --- destruction ------------------------------------------------------------------------------------------------------


@ROOM.page(_HERE + "/destruction", roles=(OFFICE,), methods=_BOTH)
def prepare(visit: Visit, cycle_id: str) -> Response:
    """A list of all that may be destroyed."""
    says = [
        Text(
            "列入本周期保管期满、没有冻结的全部申报。", "All of the cycle that is due and not held is listed."
        ),
        Text(
            "由评审办以外的人参与、两人签署后才能执行。",
            "Two people sign it, not both of the office, before it is carried out.",
        ),
    ]
    return decide(
        visit, Form((_REASON,), submit=Text("编制", "Prepare it")), "intake.prepare_destruction", at=cycle_id, says=says,
        title=Text("编制销毁清册", "Prepare a destruction list"), back=f"/cycles/{cycle_id}/records",
        done=Text("清册已编制", "The list is prepared"), cycle_id=cycle_id,
    )  # fmt: skip


def _status(code: str) -> object:
    """A status of an application in words."""
    found = office_words.found("status", code)
    return code if found is None else Text(found.zh, found.en)


@ROOM.page(_LIST)
def destruction(visit: Visit, cycle_id: str, list_id: str) -> Response:
    """A list with its lines, and its next step."""
    book, pen, here = (
        visit.rulebook(cycle_id),
        pen_of(visit),
        f"/cycles/{cycle_id}/records/destruction/{list_id}",
    )
    found = visit.ask("intake.destruction_list", list_id=list_id)
    steps: list[tuple[str, Text]] = []
    if found["state"] in {"drafted", "signed_once"} and not _signed(visit, found):
        steps.append((f"{here}/signature", Text("签署", "Sign it")))
    if visit.may("intake.execute_destruction"):
        if found["state"] == "signed":
            steps.append((f"{here}/execution", Text("执行销毁", "Carry it out")))
        if found["state"] in {"drafted", "signed_once", "signed"}:
            steps.append((f"{here}/withdrawal", Text("撤回清册", "Withdraw it")))
    rows = [
        (each["public_number"] or each["application_id"], _status(each["status"]),
         pen.tag(Text("已冻结", "held"), "red") if each["held"] else "")
        for each in found["lines"]
    ]  # fmt: skip
    table = Table(
        Text("列入的申报", "Applications on it"), heads_of(("编号|Number", "状态|State", "冻结|Held")), rows,
        Text("按编号", "by number"), Text("没有。", "None."),
    )  # fmt: skip
    paper = [(f"/api/v1/destruction-lists/{list_id}/list.pdf", Text("清册 PDF", "The list as PDF"))]
    return board(
        visit, Text("销毁清册", "Destruction list"), [
            _of_list(visit, pen, found),
            Words(_SIGN, strong=True) if found["state"] in {"drafted", "signed_once"} and _signed(visit, found) else None,
            Ways(steps) if steps else None, Ways(paper), table,
        ],
        at=cycle_id, book=book, back=f"/cycles/{cycle_id}/records",
    )  # fmt: skip


def _signed(visit: Visit, found: Reply) -> bool:
    """Whether this visitor prepared the list or signed it: two others sign."""
    return visit.did(found["prepared_by"], found["first_by"])


def _of_list(visit: Visit, pen: Pen, found: Reply) -> Facts:
    def signed(which: str) -> object:
        role = TITLES.get(found[f"{which}_role"])
        if not found[f"{which}_by"]:
            return None
        return pen.row(
            [
                visit.person(found[f"{which}_by"]),
                Text(role[0], role[1]) if role else found[f"{which}_role"],
                pen.day(found[f"{which}_on"]),
            ]
        )

    return Facts(
        [
            (Text("状态", "State"), pen.tag(word(words.LISTS, found["state"]), words.colour(found["state"]))),
            (Text("理由", "Reason"), found["reason"]),
            (Text("保管至", "Kept until"), pen.day(found["keep_until"])),
            (
                Text("编制", "Prepared"),
                pen.row([visit.person(found["prepared_by"]), pen.day(found["prepared_on"])]),
            ),
            (Text("第一签署人", "First signature"), signed("first")),
            (Text("第二签署人", "Second signature"), signed("second")),
            (
                Text("执行", "Carried out"),
                pen.row([visit.person(found["executed_by"]), pen.day(found["executed_on"])])
                if found["executed_on"]
                else None,
            ),
            (
                Text("撤回", "Withdrawn"),
                pen.row([visit.person(found["withdrawn_by"]), found["withdrawn_reason"]])
                if found["withdrawn_on"]
                else None,
            ),
            (Text("清册摘要", "Digest of the list"), pen.code(found["digest"])),
        ]
    )


@ROOM.page(_LIST + "/signature", methods=_BOTH)
def sign(visit: Visit, cycle_id: str, list_id: str) -> Response:
    """Sign the list as it was read: its digest goes along."""
    book, pen, back = (
        visit.rulebook(cycle_id),
        pen_of(visit),
        f"/cycles/{cycle_id}/records/destruction/{list_id}",
    )
    found = visit.ask("intake.destruction_list", list_id=list_id)
    form = Form((Field("digest", Text("摘要", "Digest"), Kind.HIDDEN),), submit=Text("签署", "Sign"))
    filled = visit.form(form, found)
    if request.method == "POST":
        filled = visit.submit(form, "intake.sign_destruction", list_id=list_id)
        if filled.ok:
            return visit.go(back, Text("已签署", "It is signed"))
    says = Items(
        [
            Text(
                "编制人不能签署；两名签署人不能是同一人。",
                "Whoever prepared it does not sign; the two who sign are two people.",
            ),
            Text("签署的是下面这一版清册。", "What is signed is the list below."),
        ]
    )
    held = any(each["held"] for each in found["lines"])
    warn = Words(
        Text("其中有已冻结的申报，不能执行。", "Something on it is held: it cannot be carried out."),
        strong=True,
    )
    title = Text("签署销毁清册", "Sign a destruction list")
    own = _signed(visit, found) and not filled.was_posted
    return board(
        visit, title, [Words(_SIGN, strong=True) if own else None, says, warn if held else None, _of_list(visit, pen, found)],
        at=cycle_id, book=book, form=None if own else filled, danger=True,
        back=back,
    )  # fmt: skip


@ROOM.page(_LIST + "/execution", roles=(OFFICE,), methods=_BOTH)
def execute(visit: Visit, cycle_id: str, list_id: str) -> Response:
    """Carry it out."""
    says = [Text("个人数据和材料将永久销毁，不能恢复；只留下登记簿、统计和审计证明。",
        "Personal data and files are destroyed for good; the register, figures and proofs of the audit log remain.")]  # fmt: skip
    return decide(
        visit, Form((), submit=Text("永久销毁", "Destroy for good")), "intake.execute_destruction", at=cycle_id, says=says,
        title=Text("执行销毁？", "Carry it out?"), back=f"/cycles/{cycle_id}/records/destruction/{list_id}", danger=True,
        done=Text("已销毁", "It is carried out"), list_id=list_id,
    )  # fmt: skip


@ROOM.page(_LIST + "/withdrawal", roles=(OFFICE,), methods=_BOTH)
def withdraw(visit: Visit, cycle_id: str, list_id: str) -> Response:
    """Give a list up."""
    return decide(
        visit, Form((_REASON,), submit=Text("撤回", "Withdraw it")), "intake.withdraw_destruction", at=cycle_id,
        title=Text("撤回销毁清册", "Withdraw a destruction list"), back=f"/cycles/{cycle_id}/records/destruction/{list_id}",
        done=Text("清册已撤回", "The list is withdrawn"), list_id=list_id,
    )  # fmt: skip
