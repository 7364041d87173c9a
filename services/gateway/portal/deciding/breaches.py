"""违规使用称号 and 信用报送: what a winner did with its title, what it was ordered to do; what credit platforms were told."""

from __future__ import annotations

from typing import Any

from flask import Response, request

from services.gateway.errors import not_found
from services.gateway.portal.deciding import words
from services.gateway.portal.deciding.around import board, chosen_of, decide, pen_of
from services.gateway.portal.deciding.awards import about, winners
from services.gateway.portal.deciding.blocks import Block, Items, Table, Ways
from services.gateway.portal.deciding.telling import heads_of
from services.gateway.portal.forms import Choice, Field, Form, Kind
from services.gateway.portal.papers import paper_fields, sent, whole_form
from services.gateway.portal.room import Room
from services.gateway.portal.text import Text
from services.gateway.portal.visit import Visit
from services.gateway.portal.words import word
from shared.contracts.operations import OFFICE, WATCHERS

ROOM = Room("office_breaches", WATCHERS)
_HERE = "/cycles/<cycle_id>/breaches"
_CREDIT = "/cycles/<cycle_id>/credit-reports"
_BOTH = ("GET", "POST")
_ACTS = (OFFICE,)
Reply = dict[str, Any]


@ROOM.page(_HERE)
def breaches(visit: Visit, cycle_id: str) -> Response:
    """All that were recorded."""
    book, pen, here = (
        visit.rulebook(cycle_id),
        pen_of(visit),
        f"/cycles/{cycle_id}/breaches",
    )
    names = winners(visit, cycle_id)
    rows = [
        (
            pen.link(f"{here}/{each['breach_id']}", names.get(each["application_id"], each["application_id"])),
            pen.day(each["happened_on"]), each["place"], pen.tag(word(words.BREACHES, each["state"]),
                words.colour(each["state"])),
            pen.day(each["correct_by"]),
        )
        for each in visit.ask("eligibility.title_breaches", cycle_id=cycle_id)["breaches"]
    ]  # fmt: skip
    heads = ("获奖者|Winner", "日期|Day", "情形|Where", "状态|State", "改正期限|Correct by")
    table = Table(
        Text("违规使用称号", "Breaches of the title"), heads_of(heads), rows, Text("按登记先后",
            "in the order they were recorded"),
        Text("没有登记。", "None is recorded."), hidden=True,
    )  # fmt: skip
    new = (
        [(f"{here}/new", Text("登记违规使用", "Record a breach"))]
        if visit.may("eligibility.record_title_breach")
        else []
    )
    return board(
        visit, Text("违规使用称号", "Breaches of the title"), [Ways(new, main=True) if new else None, table], at=cycle_id,
        book=book, back=f"/cycles/{cycle_id}/awards",
    )  # fmt: skip


@ROOM.page(_HERE + "/new", roles=_ACTS, methods=_BOTH, largest=whole_form)
def new(visit: Visit, cycle_id: str) -> Response:
    """Record a breach."""
    book, back = visit.rulebook(cycle_id), f"/cycles/{cycle_id}/breaches"
    form = Form(
        (
            Field("application_id", Text("获奖者", "Winner"), Kind.SELECT, choices=chosen_of(winners(visit, cycle_id).items())),
            Field("on", Text("发生日期", "Day"), Kind.DAY),
            Field("place", Text("情形", "Where and how"), Kind.AREA,
                  hint=Text("例如：产品包装上使用称号；广告未注明年份",
                      "For example: on a product; in an advertisement without its year")),
            Field("found_by", Text("发现途径", "Found by"), hint=Text("例如：巡查、举报",
                "For example: an inspection, a report")),
            *paper_fields(),
        ),
        submit=Text("登记", "Record it"),
    )  # fmt: skip
    filled = visit.form(form)
    if request.method == "POST":
        filled = sent(visit, form, "eligibility.record_title_breach", "record")
        if filled.ok:
            return visit.go(
                f"{back}/{filled.reply['breach_id']}",
                Text("已登记，可责令改正", "It is recorded: order it corrected"),
            )
    says = Items(
        [
            Text(
                "登记后获奖者还看不到；责令改正时告知。",
                "The winner is told when it is ordered corrected, and not before.",
            )
        ]
    )
    return board(
        visit, Text("登记违规使用", "Record a breach"), [says], at=cycle_id, book=book, form=filled, back=back
    )


def _one(visit: Visit, cycle_id: str, breach_id: str) -> Reply:
    for each in visit.ask("eligibility.title_breaches", cycle_id=cycle_id)["breaches"]:
        if each["breach_id"] == breach_id:
            return dict(each)
    raise not_found()


@ROOM.page(_HERE + "/<breach_id>")
def breach(visit: Visit, cycle_id: str, breach_id: str) -> Response:
    """One breach and its next step."""
    book, pen = visit.rulebook(cycle_id), pen_of(visit)
    each, here = _one(visit, cycle_id, breach_id), f"/cycles/{cycle_id}/breaches/{breach_id}"
    names = winners(visit, cycle_id)
    rows: list[tuple[Text, object]] = [
        (Text("获奖者", "Winner"), names.get(each["application_id"], each["application_id"])),
        (Text("状态", "State"), pen.tag(word(words.BREACHES, each["state"]), words.colour(each["state"]))),
        (Text("条款", "Article"), book.label(each["rule"])),
        (Text("发生日期", "Day"), pen.day(each["happened_on"])),
        (Text("情形", "Where and how"), each["place"]),
        (Text("发现途径", "Found by"), each["found_by"]),
        (Text("材料", "Papers"), pen.papers(each["papers"])),
        (
            Text("登记", "Recorded"),
            pen.row([visit.person(each["recorded_by"]), pen.day(each["recorded_on"])]),
        ),
        (Text("责令改正的内容", "Ordered"), each["ordered"]),
        (Text("责令日期", "Ordered on"), pen.day(each["ordered_on"])),
        (Text("改正期限", "Correct by"), pen.day(each["correct_by"])),
        (Text("获奖者报告的改正", "The winner’s correction"), each["correction"]),
        (Text("改正材料", "Its papers"), pen.papers(each["correction_papers"] or [])),
        (Text("处理意见", "Note"), each["note"]),
        (Text("办结", "Settled"), pen.day(each["settled_on"])),
    ]
    ways: list[tuple[str, Text]] = []
    if visit.may("eligibility.order_correction"):
        if each["state"] == "recorded":
            ways = [
                (f"{here}/order", Text("责令改正", "Order it corrected")),
                (f"{here}/settlement", Text("不予处理", "Dismiss it")),
            ]
        elif each["state"] in {"ordered", "overdue", "corrected"}:
            ways = [(f"{here}/settlement", Text("确认改正或再次责令", "Confirm it, or order it again"))]
    blocks: list[Block | None] = [about(pen, rows), Ways(ways, main=True) if ways else None]
    return board(
        visit,
        Text("违规使用称号", "A breach of the title"),
        blocks,
        at=cycle_id,
        book=book,
        back=f"/cycles/{cycle_id}/breaches",
    )


ORDER = Form(
    (Field("ordered", Text("责令改正的内容", "What has to be done"), Kind.AREA, rows=5),),
    submit=Text("责令改正", "Order it"),
)
SETTLE = Form(
    (
        Field("outcome", Text("处理", "Outcome"), Kind.RADIOS, choices=(
            Choice("confirm", Text("确认已改正", "The correction is confirmed")),
            Choice("order_again", Text("再次责令改正", "It is ordered again")),
            Choice("dismiss", Text("不予处理（仅限尚未责令的）", "Dismissed, where it was only recorded")))),
        Field("note", Text("处理意见", "Note"), Kind.AREA, rows=4),
    ),
    submit=Text("办理", "Do it"),
)  # fmt: skip


@ROOM.page(_HERE + "/<breach_id>/order", roles=_ACTS, methods=_BOTH)
def order(visit: Visit, cycle_id: str, breach_id: str) -> Response:
    """The winner is told, with a last day."""
    says = [Text("获奖者随即收到，须在规定期限内改正并报告；期限由系统按办法推算。",
        "The winner is told at once and corrects it by the last day, which the system reckons.")]  # fmt: skip
    return decide(
        visit, ORDER, "eligibility.order_correction", at=cycle_id, says=says, title=Text("责令改正", "Order a correction"),
        back=f"/cycles/{cycle_id}/breaches/{breach_id}", done=Text("已责令改正", "It is ordered"), breach_id=breach_id,
    )  # fmt: skip


@ROOM.page(_HERE + "/<breach_id>/settlement", roles=_ACTS, methods=_BOTH)
def settle(visit: Visit, cycle_id: str, breach_id: str) -> Response:
    """Confirmed, ordered again, or dismissed."""
    each = _one(visit, cycle_id, breach_id)
    facts = [
        (Text("状态", "State"), word(words.BREACHES, each["state"])),
        (Text("获奖者报告的改正", "The winner’s correction"), each["correction"] or "—"),
    ]
    return decide(
        visit, SETTLE, "eligibility.settle_title_breach", at=cycle_id, facts=facts, title=Text("处理违规使用", "Settle a breach"),
        back=f"/cycles/{cycle_id}/breaches/{breach_id}", done=Text("已办理", "It is done"), breach_id=breach_id,
    )  # fmt: skip


# --- credit platforms -------------------------------------------------------------------------------------------------


@ROOM.page(_CREDIT)
def reports(visit: Visit, cycle_id: str) -> Response:
    """What was sent to credit platforms, and what failed."""
    book, pen, here = (
        visit.rulebook(cycle_id),
        pen_of(visit),
        f"/cycles/{cycle_id}/credit-reports",
    )
    names, may = winners(visit, cycle_id), visit.may("eligibility.send_credit_report_again")
    rows = []
    for each in visit.ask("eligibility.credit_reports", cycle_id=cycle_id)["reports"]:
        acts = []
        if may and each["state"] == "failed":
            acts = [
                pen.link(f"{here}/{each['report_id']}/again", Text("重新报送", "send again")),
                pen.link(f"{here}/{each['report_id']}/settlement", Text("登记人工报送", "brought by hand")),
            ]
        rows.append(
            (names.get(each["application_id"], each["application_id"]), each["platform"],
             pen.tag(word(words.REPORTS, each["state"]), words.colour(each["state"])), each["attempts"], each["last_failure"],
             each["receipt"], pen.moment(each["sent_at"] or each["queued_at"]), pen.lines(acts))
        )  # fmt: skip
    heads = (
        "获奖者|Winner", "平台|Platform", "状态|State", "次数|Attempts", "最近一次失败|Last failure", "回执|Receipt", "时间|When",
        "办理|Act",
    )  # fmt: skip
    table = Table(
        Text("信用报送", "Reports to credit platforms"), heads_of(heads), rows, Text("按排队先后",
            "in the order they were queued"),
        Text("没有需要报送的。", "Nothing has to be reported."), frozenset({3}), hidden=True,
    )  # fmt: skip
    return board(
        visit,
        Text("信用报送", "Reports to credit platforms"),
        [table],
        at=cycle_id,
        book=book,
        back=f"/cycles/{cycle_id}/awards",
    )


@ROOM.page(_CREDIT + "/<report_id>/again", roles=_ACTS, methods=_BOTH)
def again(visit: Visit, cycle_id: str, report_id: str) -> Response:
    """Try a failed one from the beginning."""
    return decide(
        visit, Form((), submit=Text("重新报送", "Send it again")), "eligibility.send_credit_report_again", at=cycle_id,
        title=Text("重新报送？", "Send it again?"), back=f"/cycles/{cycle_id}/credit-reports",
        done=Text("已重新排队", "It is queued again"), report_id=report_id,
    )  # fmt: skip


BY_HAND = Form(
    (
        Field("receipt", Text("平台回执编号", "The platform’s receipt")),
        Field("note", Text("说明", "Note"), Kind.AREA, rows=3),
        *paper_fields(
            hint=Text("至少一份证明，例如窗口回执", "One proof at least, such as the counter’s receipt")
        ),
    ),
    submit=Text("登记", "Record it"),
)


@ROOM.page(_CREDIT + "/<report_id>/settlement", roles=_ACTS, methods=_BOTH, largest=whole_form)
def by_hand(visit: Visit, cycle_id: str, report_id: str) -> Response:
    """One that a person brought to the platform."""
    book, back = visit.rulebook(cycle_id), f"/cycles/{cycle_id}/credit-reports"
    filled = visit.form(BY_HAND)
    if request.method == "POST":
        filled = sent(visit, BY_HAND, "eligibility.settle_credit_report", "record", report_id=report_id)
        if filled.ok:
            return visit.go(back, Text("已登记", "It is recorded"))
    return board(
        visit, Text("登记人工报送", "Brought by hand"), [], at=cycle_id, book=book, form=filled, back=back
    )
