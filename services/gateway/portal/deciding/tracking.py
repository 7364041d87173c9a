"""获奖后跟踪: all winners' files, what is owed, the six indices together; and one winner's reports, visits and orders."""

from __future__ import annotations

from typing import Any

from flask import Response, request

from services.gateway.figures import figure
from services.gateway.portal.deciding import words
from services.gateway.portal.deciding.around import AWAY, at_hand, board, decide, number_of, pen_of
from services.gateway.portal.deciding.blocks import Away, Block, Facts, Heading, Pen, Table, Ways
from services.gateway.portal.deciding.telling import heads_of
from services.gateway.portal.forms import Choice, Field, Form, Kind
from services.gateway.portal.papers import hand_in, paper_fields, whole_form
from services.gateway.portal.room import Room
from services.gateway.portal.text import Text
from services.gateway.portal.visit import Visit
from services.gateway.portal.words import by_another, word
from shared.contracts.operations import OFFICE, WATCHERS

ROOM = Room("office_tracking", WATCHERS)
_HERE = "/cycles/<cycle_id>/tracking"
_ONE = _HERE + "/<application_id>"
_BOTH = ("GET", "POST")
_ACTS = (OFFICE,)
_YEAR = {"year": "2026"}
Reply = dict[str, Any]


@ROOM.page(_HERE)
def tracking(visit: Visit, cycle_id: str) -> Response:
    """Who is followed, what is owed, how all of them do."""
    book, pen = visit.rulebook(cycle_id), pen_of(visit)
    files = at_hand(visit, "incentives.tracking_files", cycle_id=cycle_id)
    due = at_hand(visit, "incentives.tracking_due", cycle_id=cycle_id)
    all_ = at_hand(visit, "incentives.tracking_overview", cycle_id=cycle_id)
    papers = f"/api/v1/cycles/{cycle_id}/tracking-overview"
    blocks: list[Block | None] = [_owed(pen, due), _files(pen, cycle_id, files), *_together(pen, all_)]
    blocks.append(
        Ways([(f"{papers}.pdf", Text("全体获奖者指标 PDF", "Indices of all winners as PDF")),
            (f"{papers}.docx", Text("全体获奖者指标 DOCX", "Indices of all winners as DOCX"))])
    )  # fmt: skip
    return board(
        visit,
        Text("获奖后跟踪", "Tracking"),
        blocks,
        at=cycle_id,
        book=book,
        back=f"/cycles/{cycle_id}/awards",
    )


def _owed(pen: Pen, found: Any) -> Block | None:
    title = Text("待办和催报", "What is owed")
    if not isinstance(found, dict):
        return Away(title) if found is AWAY else None
    rows = [
        (each["applicant"], word(words.OWED, each["what"]), each["year"],
         pen.row([pen.day(each["owed_on"]), pen.tag(Text("逾期", "overdue"),
             "red")]) if each["overdue"] else pen.day(each["owed_on"]),
         pen.day(each["remind_on"]), each["reminders"])
        for each in found["owed"]
    ]  # fmt: skip
    heads = (
        "获奖者|Winner",
        "事项|What",
        "年度|Year",
        "期限|By",
        "下次催报|Remind on",
        "应催报次数|Reminders",
    )
    return Table(
        title, heads_of(heads), rows, Text("最先到期的在前", "what is due soonest first"), Text("没有待办。", "Nothing is owed."),
        frozenset({2, 5}),
    )  # fmt: skip


def _files(pen: Pen, cycle_id: str, found: Any) -> Block | None:
    title = Text("获奖者", "Winners that are followed")
    if not isinstance(found, dict):
        return Away(title) if found is AWAY else None
    rows = [
        (pen.link(f"/cycles/{cycle_id}/tracking/{each['application_id']}", each["applicant"]), each["level"],
         pen.tag(word(words.FILES, each["state"]), words.colour(each["state"])), pen.day(each["ends_on"]),
         f"{each['reports_accepted']} / {each['reports']}", each["reports_overdue"], each["warnings_open"],
         each["visits_planned"], each["orders_open"])
        for each in found["files"]
    ]  # fmt: skip
    heads = (
        "名称|Name", "等次|Level", "状态|State", "跟踪至|Until", "报告（已通过/应报）|Reports accepted / owed",
            "逾期报告|Overdue",
        "待回复提醒|Warnings", "待回访|Visits", "整改|Orders",
    )  # fmt: skip
    return Table(
        title, heads_of(heads), rows, Text("按提交顺序", "in the order of submission"),
        Text("没有跟踪的获奖者。", "Nobody is followed."), frozenset(range(4, 9)),
    )  # fmt: skip


def _together(pen: Pen, found: Any) -> list[Block | None]:
    title = Text("全体获奖者指标", "Indices of all winners")
    if not isinstance(found, dict):
        return [Away(title)] if found is AWAY else []
    rows = [
        (
            Text(each["title_zh"], each["title_en"]),
            year["year"],
            year["winners"],
            figure(year["lower"]),
            figure(year["median"]),
            figure(year["upper"]),
        )
        for each in found["indices"]
        for year in each["years"]
    ]
    heads = (
        "指标|Index",
        "年度|Year",
        "获奖者数|Winners",
        "下四分位|Lower quartile",
        "中位数|Median",
        "上四分位|Upper quartile",
    )
    order = Text(
        f"按指标和年度；获奖当年为 100；不足 {found['least']} 家不列",
        f"the award’s year is 100; fewer than {found['least']} are not told",
    )
    return [
        Table(
            title,
            heads_of(heads),
            rows,
            order,
            Text("还没有通过的报告。", "No report is accepted yet."),
            frozenset(range(1, 6)),
        )
    ]


@ROOM.page(_ONE)
def winner(visit: Visit, cycle_id: str, application_id: str) -> Response:
    """Everything of one winner."""
    book, pen = visit.rulebook(cycle_id), pen_of(visit)
    here, may = (
        f"/cycles/{cycle_id}/tracking/{application_id}",
        visit.may("incentives.accept_tracking_report"),
    )
    found = visit.ask("incentives.tracking_file", cycle_id=cycle_id, application_id=application_id)
    papers = f"/api/v1/cycles/{cycle_id}/tracking/{application_id}/report"
    blocks: list[Block | None] = [
        Facts(
            [
                (Text("名称", "Name"), found["applicant"]),
                (Text("等次和类别", "Level and track"), pen.row([found["level"], found["track"]])),
                (Text("条款", "Article"), book.label(found["rule"])),
                (Text("跟踪期", "Followed"), pen.days(found["awarded_on"], found["ends_on"])),
                (Text("状态", "State"), pen.tag(word(words.FILES, found["state"]), words.colour(found["state"]))),
            ]
        ),
        Ways([(f"{papers}.pdf", Text("跟踪报告 PDF", "Report as PDF")), (f"{papers}.docx", Text("跟踪报告 DOCX",
            "Report as DOCX"))]),
        _reports(pen, here, found["reports"], may=may), _indices(pen, found["lines"]), _warnings(pen, found),
        _visits(pen, here, found["visits"], may=may),
        Ways([(f"{here}/visits", Text("安排回访", "Plan a visit"))]) if may else None,
        _orders(visit, pen, here, found["orders"], may=may),
        Ways([(f"{here}/orders", Text("下达整改要求", "Issue an order to mend something"))]) if may else None,
    ]  # fmt: skip
    return board(
        visit,
        Text("跟踪档案", "A winner’s file"),
        blocks,
        at=cycle_id,
        book=book,
        back=f"/cycles/{cycle_id}/tracking",
    )


def _reports(pen: Pen, here: str, found: list[Reply], *, may: bool) -> Table:
    rows = []
    for each in found:
        acts = []
        if may and each["state"] in {"submitted", "corrected"}:
            acts.append(pen.link(f"{here}/reports/{each['year']}/acceptance", Text("审核通过", "accept")))
            if each["state"] == "submitted":
                acts.append(pen.link(f"{here}/reports/{each['year']}/return", Text("退回补正", "return")))
        late = pen.tag(Text("逾期", "overdue"), "red") if each["overdue"] else ""
        content = each["content"] or {"texts": [], "papers": []}
        rows.append(
            (each["year"], pen.row([pen.tag(word(words.TRACKING_REPORTS, each["state"]), words.colour(each["state"])),
                *([late] if late else [])]),
             pen.day(each["correct_by"] or each["due_on"]), pen.lines(line["text"] for line in content["texts"]),
             pen.papers(content["papers"]), each["return_reason"], pen.lines(acts))
        )  # fmt: skip
    heads = (
        "年度|Year",
        "状态|State",
        "期限|By",
        "内容|What it says",
        "附件|Papers",
        "退回理由|Why returned",
        "办理|Act",
    )
    return Table(
        Text("年度报告", "Yearly reports"), heads_of(heads), rows, Text("按年度", "by year"), Text("没有应报的年度。",
            "None is owed."),
        frozenset({0}),
    )  # fmt: skip


def _indices(pen: Pen, found: list[Reply]) -> Table:
    rows = [
        (
            Text(each["title_zh"], each["title_en"]),
            point["year"],
            figure(point["figure"]),
            Text(each["unit_zh"], each["unit_en"]),
            figure(point["relative"]),
        )
        for each in found
        for point in each["points"]
    ]
    return Table(
        Text("指标", "Indices"), heads_of(("指标|Index", "年度|Year", "数值|Figure", "单位|Unit",
            "获奖当年为 100|Award’s year is 100")),
        rows, Text("按指标和年度", "by index and year"), Text("还没有通过的数值。", "No figure is accepted yet."),
            frozenset({1, 2, 4}),
    )  # fmt: skip


def _warnings(pen: Pen, found: Reply) -> Table:
    titles = {each["index"]: Text(each["title_zh"], each["title_en"]) for each in found["lines"]}
    rows = [
        (titles.get(each["index"], each["index"]), each["year"], word(words.WARNINGS, each["kind"]),
         f"{figure(each['percent'])} %" if each["percent"] else "",
         pen.tag(word(words.WARNINGS, each["state"]), words.colour(each["state"])), pen.day(each["answer_by"]), each["answer"])
        for each in found["warnings"]
    ]  # fmt: skip
    heads = (
        "指标|Index",
        "年度|Year",
        "情形|What",
        "幅度|By",
        "状态|State",
        "回复期限|Answer by",
        "回复|Answer",
    )
    return Table(
        Text("退步提醒", "Warnings"),
        heads_of(heads),
        rows,
        Text("按年度", "by year"),
        Text("没有提醒。", "There are none."),
        frozenset({1, 3}),
    )


def _visits(pen: Pen, here: str, found: list[Reply], *, may: bool) -> Table:
    rows = []
    for each in found:
        acts = []
        if may and each["state"] == "planned":
            acts = [
                pen.link(f"{here}/visits/{each['visit_id']}/record", Text("登记回访", "put on record")),
                pen.link(f"{here}/visits/{each['visit_id']}/cancellation", Text("取消", "cancel")),
            ]
        rows.append(
            (pen.day(each["visit_on"]), pen.several(each["visitors"]), each["purpose"],
             pen.tag(word(words.VISITS, each["state"]), words.colour(each["state"])),
             pen.lines([each["record"], *each["findings"], each["reason"]] if each["record"] else [*each["findings"],
                 each["reason"]]),
             pen.papers(each["papers"]), pen.lines(acts))
        )  # fmt: skip
    heads = (
        "日期|Day",
        "人员|Visitors",
        "事由|Purpose",
        "状态|State",
        "记录和发现|Record and findings",
        "附件|Papers",
        "办理|Act",
    )
    return Table(
        Text("回访", "Visits"),
        heads_of(heads),
        rows,
        Text("按日期", "by day"),
        Text("没有安排。", "None is planned."),
    )


_ORDERED = by_another("认定", "decide on it")


def _orders(visit: Visit, pen: Pen, here: str, found: list[Reply], *, may: bool) -> Table:
    rows = []
    for each in found:
        act = ""
        if may and each["state"] in {"issued", "answered"}:
            decides = pen.link(f"{here}/orders/{each['order_id']}", Text("确认或上报", "confirm or escalate"))
            act = pen.put(_ORDERED) if visit.did(each["issued_by"]) else decides
        rows.append(
            (each["what"], each["ground"], pen.tag(word(words.MENDING, each["state"]), words.colour(each["state"])),
             pen.day(each["answer_by"]), each["answer"], pen.papers(each["papers"]),
             pen.lines([each["decision_reason"], visit.person(each["decided_by"])] if each["decided_by"] else []), act)
        )  # fmt: skip
    heads = (
        "整改事项|What",
        "依据|Ground",
        "状态|State",
        "期限|By",
        "答复|Answer",
        "材料|Papers",
        "决定|Decision",
        "办理|Act",
    )
    return Table(
        Text("整改", "Orders to mend"),
        heads_of(heads),
        rows,
        Text("按下达先后", "in order"),
        Text("没有整改要求。", "There are none."),
    )


# --- acts -------------------------------------------------------------------------------------------------------------

RETURN = Form(
    (
        Field("reason", Text("退回理由", "Why"), Kind.AREA, rows=4),
        Field("correct_by", Text("补正期限", "Correct by"), Kind.DAY),
    ),
    submit=Text("退回", "Return it"),
)
PLAN = Form(
    (
        Field("visit_on", Text("回访日期", "Day"), Kind.DAY),
        Field("visitors", Text("人员", "Visitors"), Kind.LINES, hint=Text("每行一人", "One a line")),
        Field("purpose", Text("事由", "Purpose"), Kind.AREA, rows=3),
    ),
    submit=Text("安排", "Plan it"),
)
RECORD = Form(
    (
        Field("record", Text("回访记录（内部）", "Record, for the office"), Kind.AREA, rows=8),
        Field("findings", Text("发现（告知获奖者）", "Findings, told to the winner"), Kind.LINES, needed=False,
              hint=Text("每行一条", "One a line")),
        *paper_fields(),
    ),
    submit=Text("登记", "Put it on record"),
)  # fmt: skip
CANCEL = Form(
    (Field("reason", Text("取消原因", "Why"), Kind.AREA, rows=3),), submit=Text("取消回访", "Cancel it")
)
ISSUE = Form(
    (
        Field("what", Text("整改事项", "What has to be mended"), Kind.AREA),
        Field("ground", Text("依据", "Ground"), Kind.AREA),
        Field("answer_by", Text("答复期限", "Answer by"), Kind.DAY),
    ),
    submit=Text("下达", "Issue it"),
)
DECIDE = Form(
    (
        Field("decision", Text("决定", "Decision"), Kind.RADIOS, choices=(
            Choice("confirmed", Text("确认已整改", "It was mended")), Choice("escalated", Text("上报", "Escalated")))),
        Field("reason", Text("理由", "Reason"), Kind.AREA),
    ),
    submit=Text("决定", "Decide"),
)  # fmt: skip


def _act(
    visit: Visit, form: Form, operation: str, title: Text, cycle_id: str, application_id: str, **data: Any
) -> Response:
    """One act about a winner, and back to its file."""
    says = data.pop("says", [])
    return decide(
        visit, form, operation, title=title, back=f"/cycles/{cycle_id}/tracking/{application_id}", at=cycle_id, says=says,
        done=Text("已办理", "It is done"), cycle_id=cycle_id, application_id=application_id, **data,
    )  # fmt: skip


@ROOM.page(_ONE + "/reports/<year>/acceptance", roles=_ACTS, methods=_BOTH, sample=_YEAR)
def accept(visit: Visit, cycle_id: str, application_id: str, year: str) -> Response:
    """Accept a report."""
    says = [
        Text("通过后数值计入全体指标，不能撤回。", "Its figures count from then on; it cannot be taken back.")
    ]
    title = Text(f"通过 {year} 年度报告？", f"Accept the report of {year}?")
    return _act(
        visit, Form((), submit=Text("通过", "Accept")), "incentives.accept_tracking_report", title, cycle_id, application_id,
        year=number_of(year), says=says,
    )  # fmt: skip


@ROOM.page(_ONE + "/reports/<year>/return", roles=_ACTS, methods=_BOTH, sample=_YEAR)
def send_back(visit: Visit, cycle_id: str, application_id: str, year: str) -> Response:
    """Return a report, once."""
    says = [Text("只能退回一次；期限须晚于今天。", "Once only; the last day is later than today.")]
    title = Text(f"退回 {year} 年度报告", f"Return the report of {year}")
    return _act(
        visit,
        RETURN,
        "incentives.return_tracking_report",
        title,
        cycle_id,
        application_id,
        year=number_of(year),
        says=says,
    )


@ROOM.page(_ONE + "/visits", roles=_ACTS, methods=_BOTH)
def plan(visit: Visit, cycle_id: str, application_id: str) -> Response:
    """Plan a visit."""
    return _act(
        visit,
        PLAN,
        "incentives.plan_tracking_visit",
        Text("安排回访", "Plan a visit"),
        cycle_id,
        application_id,
    )


@ROOM.page(_ONE + "/visits/<visit_id>/record", roles=_ACTS, methods=_BOTH, largest=whole_form)
def record(visit: Visit, cycle_id: str, application_id: str, visit_id: str) -> Response:
    """What was seen."""
    book, back = visit.rulebook(cycle_id), f"/cycles/{cycle_id}/tracking/{application_id}"
    visited = {"cycle_id": cycle_id, "application_id": application_id, "visit_id": visit_id}
    filled = visit.form(RECORD)
    if request.method == "POST":
        filled = RECORD.posted(request.form)
        hand_in(visit, filled, "record")
        data = {"findings": [], **filled.data, **visited}
        if filled.ok:
            filled.attempt(lambda: visit.do("incentives.record_tracking_visit", filled.key, **data))
        if filled.ok:
            return visit.go(back, Text("已登记", "It is on record"))
    title = Text("登记回访", "Put a visit on record")
    return board(
        visit, title, [Heading(Text("回访", "The visit"))], at=cycle_id, book=book, form=filled, back=back
    )


@ROOM.page(_ONE + "/visits/<visit_id>/cancellation", roles=_ACTS, methods=_BOTH)
def cancel(visit: Visit, cycle_id: str, application_id: str, visit_id: str) -> Response:
    """A visit that does not take place."""
    title = Text("取消回访", "Cancel a visit")
    return _act(
        visit, CANCEL, "incentives.cancel_tracking_visit", title, cycle_id, application_id, visit_id=visit_id
    )


@ROOM.page(_ONE + "/orders", roles=_ACTS, methods=_BOTH)
def issue(visit: Visit, cycle_id: str, application_id: str) -> Response:
    """Issue an order."""
    title = Text("下达整改要求", "Issue an order to mend something")
    return _act(visit, ISSUE, "incentives.issue_rectification", title, cycle_id, application_id)


@ROOM.page(_ONE + "/orders/<order_id>", roles=_ACTS, methods=_BOTH)
def settle(visit: Visit, cycle_id: str, application_id: str, order_id: str) -> Response:
    """By another officer than the one who issued it."""
    says = [Text("由下达人以外的经办人决定。", "By another officer than the one who issued it.")]
    told = at_hand(visit, "incentives.tracking_file", cycle_id=cycle_id, application_id=application_id)
    known = (
        [each for each in told["orders"] if each["order_id"] == order_id] if isinstance(told, dict) else []
    )
    hindered = _ORDERED if known and visit.did(known[0]["issued_by"]) else None
    title = Text("确认整改或上报", "Confirm that it was mended, or escalate")
    return _act(
        visit,
        DECIDE,
        "incentives.decide_rectification",
        title,
        cycle_id,
        application_id,
        order_id=order_id,
        says=says,
        hindered=hindered,
    )
