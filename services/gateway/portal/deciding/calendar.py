"""日历: which years are entered, from which papers, and every day with its reason. An unknown year blocks notices."""

from __future__ import annotations

from datetime import date, timedelta

from flask import Response, request

from services.gateway.portal.deciding import words
from services.gateway.portal.deciding.around import board, pen_of
from services.gateway.portal.deciding.blocks import Items, Table, Ways, Words
from services.gateway.portal.deciding.telling import heads_of
from services.gateway.portal.room import Room
from services.gateway.portal.text import Text
from services.gateway.portal.visit import Visit
from shared.contracts.operations import WATCHERS

ROOM = Room("office_calendar", WATCHERS)
_SHOWN = 42  # days at once: six weeks
_NO_PAPER = Text("未录文号", "its paper is not recorded")


@ROOM.page("/office/calendar")
def calendar(visit: Visit) -> Response:
    """Years first; below them six weeks from a day."""
    pen = pen_of(visit)
    found = visit.ask("gateway.calendar_years")
    first = _from(visit)
    until = first + timedelta(days=_SHOWN - 1)
    days = visit.ask("gateway.calendar_days", **{"from": first.isoformat(), "to": until.isoformat()})["days"]
    years = [
        (
            each["year"], pen.lines(each["papers"]) if each["papers"] else _NO_PAPER, pen.day(each["issued_on"]),
            Text("随版本提供", "with the release") if each["official"] else Text("本单位录入", "entered here"),
            pen.lines(Text(zh, en) for zh, en in zip(each["doubts_zh"], each["doubts_en"], strict=False)),
        )
        for each in reversed(found["years"])
    ]  # fmt: skip
    unknown = Text(
        f"{found['unknown_from']} 年放假安排尚未录入：跨入该年的公示和期限都不能确定，相关阶段会受阻。",
        f"{found['unknown_from']} is not entered: no notice or last day that reaches into it can be told; stages wait.",
    )
    rows = [
        (pen.day(each["on"]), weekday(str(each["on"])),
         pen.tag(Text(each["reason_zh"], each["reason_en"]), words.colour(each["kind"])))
        for each in days
    ]  # fmt: skip
    before, after = first - timedelta(days=_SHOWN), first + timedelta(days=_SHOWN)
    how = [
        Text("国务院办公厅公布下一年放假安排后，由运维按格式录入一个文件并重启服务；系统从不估计。",
            "When the next paper is out, operators enter it as a file and start the services again; nothing is guessed."),
        Text("运维在服务器上用命令 ./zhiheng calendar 列出、校验和查看。",
            "On the server operators list, check and show them with ./zhiheng calendar."),
    ]  # fmt: skip
    return board(
        visit, Text("工作日历", "Working days"),
        [
            Words(unknown, strong=True),
            Table(
                Text("已录入的年份", "Years that are entered"),
                heads_of(("年份|Year", "文件|Paper", "印发|Issued", "来源|From", "疑点|Doubts")), years,
                Text("最近的年份在前", "the newest year first"), Text("没有录入任何年份。", "No year is entered."),
            ),
            Items(how),
            Table(
                Text("每一天", "Every day"), heads_of(("日期|Day", "星期|Weekday", "性质|Why")), rows,
                Text("按日期", "in order"), Text("没有。", "None."),
            ),
            Ways(
                [
                    (f"/office/calendar?from={before}", Text("前六周", "Six weeks before")),
                    (f"/office/calendar?from={after}", Text("后六周", "Six weeks after")),
                ]
            ),
        ],
    )  # fmt: skip


def _from(visit: Visit) -> date:
    """The day that the address names; today where it names none."""
    try:
        found = date.fromisoformat(request.args.get("from", ""))
    except ValueError:
        return visit.today()
    return min(max(found, date(2000, 1, 1)), date(2200, 1, 1))


_DAYS = ("一|Monday", "二|Tuesday", "三|Wednesday", "四|Thursday", "五|Friday", "六|Saturday", "日|Sunday")


def weekday(day: str) -> Text:
    """The day's name."""
    zh, en = _DAYS[date.fromisoformat(day[:10]).weekday()].split("|")
    return Text(f"星期{zh}", en)
