"""监督检查报告 as a document and as sheets: Chinese with English beside. Pure; the same replies give the same report."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from services.gateway.roles import TITLES
from shared.calendar import in_words
from shared.documents import Block, Document, Entries, Heading, Paragraph, Part, Table

if TYPE_CHECKING:
    from shared.documents.workbook import Sheet

TITLE, TITLE_EN = "监督检查报告", "Inspection report"
_ABOUT = (
    "预警由各服务的数据逐项算出，只说明应当查看的事项，不是结论。"
    " Alerts are computed from the rows of every service. They say what to look at and conclude nothing."
)
_SEVERITY = {"serious": "严重 serious", "warning": "须说明 warning", "notice": "提示 notice"}
_HANDLED = {"new": "未处理 new", "seen": "已阅 seen", "closed": "已办结 closed"}
_FORM = {
    "open": "待答复 open",
    "answered": "已答复 answered",
    "reopened": "重新提出 reopened",
    "closed": "已办结 closed",
    "withdrawn": "已撤回 withdrawn",
}
_KIND = {
    "question": "询问 question",
    "recommendation": "建议 recommendation",
    "order": "责令说明 order to explain",
    "report": "反映 report",
}
_STATE = {
    "waiting": "未到 waiting",
    "planned": "已安排 planned",
    "begun": "进行中 begun",
    "closed": "已结束 closed",
}
_STAGES = ("阶段 Stage", "状态 State", "开始 Begun", "结束 Closed")
_FIGURES = ("事项 Figure", "数量 Count")
_ALERTS = ("等级 Severity", "事项 What", "对象 Subject", "自 Since", "处理 Handled")
_NOTES = ("原预警 What the alert said", "处理 Handled", "理由 Reason", "时间 At")
_FORMS = ("类别 Kind", "标题 Title", "对方 Other side", "状态 State", "期限 Due")
_NOTHING = "没有。 None."

Reply = Mapping[str, Any]
Rows = tuple[tuple[str, ...], ...]


def report(seen: Reply, forms: Sequence[Reply]) -> Document:
    """The report of one cycle, of the replies `Overview` and `FormList`."""
    blocks = (
        Entries(tuple(_entries(seen))),
        Paragraph(_ABOUT, small=True),
        Heading("一、进程 Stages"),
        Table(_STAGES, _stages(seen), (4, 2, 2, 2)),
        Heading("二、情况 Figures"),
        Table(_FIGURES, _figures(seen), (5, 1), frozenset({1})),
        Heading("三、预警 Alerts"),
        *_table(_ALERTS, _alerts(seen), (2, 6, 3, 2, 2)),
        Heading("四、已消除的预警 Alerts that are no more"),
        *_table(_NOTES, _gone(seen), (5, 2, 4, 2)),
        Heading("五、监督反馈 Supervision forms"),
        *_table(_FORMS, _formed(forms), (2, 5, 2, 2, 2)),
    )
    part = Part("zh", TITLE, blocks, TITLE_EN)
    return Document(f"{TITLE}（{seen['year']}）", (part,), "", date.fromisoformat(seen["made_on"]))


def sheets(seen: Reply, forms: Sequence[Reply]) -> tuple[Sheet, ...]:
    """The same as sheets, an alert a row with its rows of evidence."""
    from shared.documents.workbook import Sheet

    alerts = tuple(
        (*line, alert["source"], alert["kind"], "\n".join(alert["evidence"]), alert["alert_id"])
        for line, alert in zip(_alerts(seen), seen["alerts"], strict=True)
    )
    more = ("来源 Source", "种类 Kind", "依据 Evidence", "编号 Id")
    figures = tuple(
        (group["service"], f"{line['title_zh']} {line['title_en']}", line["count"])
        for group in seen["figures"]
        for line in group["figures"]
    )
    return (
        Sheet("进程", _STAGES, _stages(seen), (28, 16, 14, 14)),
        Sheet("情况", ("来源 Source", *_FIGURES), figures, (16, 40, 12)),
        Sheet("预警", (*_ALERTS, *more), alerts, (16, 60, 36, 22, 30, 14, 24, 40, 36)),
        Sheet("已消除的预警", _NOTES, _gone(seen), (60, 16, 40, 24)),
        Sheet("监督反馈", _FORMS, _formed(forms), (24, 40, 24, 20, 14)),
    )


def _entries(seen: Reply) -> Iterator[tuple[str, str]]:
    yield "评奖周期 Cycle", f"{seen['cycle_id']}（{seen['year']} 年度 year {seen['year']}）"
    yield "依据 Rulebook", seen["rulebook"]
    if seen["rehearsal"]:
        yield "性质 Nature", "演练 a rehearsal"
    yield "制作日期 Made on", in_words(seen["made_on"]).both
    counts = "；".join(f"{_SEVERITY[name]} {number}" for name, number in seen["severities"].items())
    yield "预警 Alerts", counts
    yield "处理 Handled", "；".join(f"{_HANDLED[name]} {number}" for name, number in seen["handled"].items())
    if seen["cut"]:
        yield "未能全部核对 Not all compared", "、".join(seen["cut"])


def _stages(seen: Reply) -> Rows:
    return tuple(
        (
            line["stage"],
            _STATE[line["state"]],
            str(line["begun_on"] or "—"),
            str(line["closed_on"] or "—"),
        )
        for line in seen["stages"]
    )


def _figures(seen: Reply) -> Rows:
    return tuple(
        (f"{line['title_zh']} {line['title_en']}", str(line["count"]))
        for group in seen["figures"]
        for line in group["figures"]
    )


def _alerts(seen: Reply) -> Rows:
    return tuple(
        (
            _SEVERITY[alert["severity"]],
            f"{alert['reason_zh']}\n{alert['reason_en']}",
            alert["subject"],
            _moment(alert["since"]),
            _handled(alert["note"]),
        )
        for alert in seen["alerts"]
    )


def _moment(text: str) -> str:
    """A day, or a day and a time to the minute."""
    return str(text)[:16].replace("T", " ")


def _handled(note: Reply | None) -> str:
    return _HANDLED["new"] if note is None else f"{_HANDLED[note['state']]}\n{note['reason']}"


def _gone(seen: Reply) -> Rows:
    return tuple(
        (
            f"{note['reason_zh']}\n{note['reason_en']}",
            _HANDLED[note["state"]],
            note["reason"],
            _moment(note["noted_at"]),
        )
        for note in seen["gone"]
    )


def _formed(forms: Sequence[Reply]) -> Rows:
    """Without names: a report is handed on, and who reported something is not."""
    return tuple(
        (
            _KIND[form["kind"]],
            form["title"],
            " ".join(TITLES[form["party_role"]]),
            _FORM[form["state"]] + (" 逾期 overdue" if form["overdue"] else ""),
            str(form["due_on"]),
        )
        for form in forms
    )


def _table(headings: tuple[str, ...], rows: Rows, shares: tuple[int, ...]) -> tuple[Block, ...]:
    return (Table(headings, rows, shares),) if rows else (Paragraph(_NOTHING),)
