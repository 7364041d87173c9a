"""跟踪报告、全体获奖者指标 as documents: Chinese with English beside. Pure; the same replies give the same document."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from services.gateway.figures import figure
from shared.calendar import in_words
from shared.documents import (
    Block,
    Callout,
    Document,
    Entries,
    Heading,
    Items,
    Line,
    Lines,
    Paragraph,
    Part,
    Table,
    lines,
)

REPORT, REPORT_EN = "获奖后跟踪报告", "A winner in the years after the award"
OVERVIEW, OVERVIEW_EN = "获奖者指标总体情况", "The indices of all winners"
_BASE = "100"
_MOST_LINES = 6  # of one chart
_NOTHING = "—"
_TEXTS = {
    "summary": "总体情况 Overall",
    "improvements": "改进措施 What was improved",
    "sharing": "经验推广 What was shared",
    "plans": "下一步 What comes next",
}
_KINDS = {
    "fall": "较上年变差 worse than the year before",
    "below_base": "低于授奖年度 below the award’s year",
}
_STATES = {
    "due": "待报 due", "draft": "填写中 being written", "submitted": "已提交 submitted", "returned": "已退回 returned",
    "corrected": "已补正 corrected", "accepted": "已通过 accepted", "raised": "待回复 raised", "answered": "已回复 answered",
    "planned": "已安排 planned", "done": "已完成 done", "cancelled": "已取消 cancelled", "issued": "已下达 issued",
    "confirmed": "已确认整改到位 mended", "escalated": "已上报 escalated",
}  # fmt: skip
_RELATIVE = (
    "各项指标以授奖年度为 100，数值越高越好；本身越低越好的指标按倒数折算。只计已通过的年度报告。"
    " Every index is 100 in the award’s year and upwards is better; one that is better the lower it is, is turned round."
    " Accepted reports alone count."
)

Reply = Mapping[str, Any]


def report(said: Reply, everybody: Reply) -> Document:
    """One winner's report: the replies `TrackingFile` and `TrackingOverview`."""
    blocks = (
        Entries(tuple(_entries(said))),
        *_ended(said),
        *_charts(said, everybody),
        *_years(said),
        *_warnings(said),
        *_visits(said["visits"]),
        *_orders(said["orders"]),
    )
    part = Part("zh", REPORT, blocks, REPORT_EN)
    return Document(f"{REPORT}：{said['applicant']}", (part,), "", date.fromisoformat(said["made_on"]))


def overview(said: Reply) -> Document:
    """All winners together, the reply `TrackingOverview`."""
    award = f"{said['award_zh']}，{said['year']} 年度\n{said['award_en']}, {said['year']}"
    blocks: list[Block] = [
        Entries((("奖项 Award", award), ("跟踪中的获奖者 Winners followed", str(said["winners"])))),
        Paragraph(_RELATIVE, small=True),
    ]
    for index in said["indices"]:
        blocks.append(Heading(_title(index)))
        blocks += _spreads(index)
    blocks.append(Paragraph(_few(said["least"]), small=True))
    part = Part("zh", OVERVIEW, tuple(blocks), OVERVIEW_EN)
    return Document(f"{OVERVIEW}（{said['year']}）", (part,), "", date.fromisoformat(said["made_on"]))


def _few(least: int) -> str:
    return (
        f"某年通过报告的获奖者不足 {least} 家的，不公布（{_NOTHING}）。"
        f" Of a year with fewer than {least} winners nothing is told ({_NOTHING})."
    )


def _entries(said: Reply) -> Iterator[tuple[str, str]]:
    yield "获奖者 Winner", said["applicant"]
    yield "奖项 Award", f"{said['award_zh']}\n{said['award_en']}"
    yield "等次 Level", f"{said['level']}（{said['track']}）"
    yield "授奖日期 Awarded on", in_words(said["awarded_on"]).both
    yield "跟踪至 Followed until", in_words(said["ends_on"]).both


def _ended(said: Reply) -> Iterator[Block]:
    if said["state"] == "ended":
        on = in_words(said["ended_on"])
        zh = f"奖项已于 {on.zh} 依 {said['ended_rule']} 撤销，跟踪终止。"
        yield Callout(f"{zh} The award was revoked on {on.en}: the winner is followed no more.")


def _title(index: Reply) -> str:
    return f"{index['title_zh']} {index['title_en']}"


def _charts(said: Reply, everybody: Reply) -> Iterator[Block]:
    """All indices of the winner together, then each with the middle of all winners."""
    told = [line for line in said["lines"] if line["points"]]
    if not told:
        return
    years = sorted({point["year"] for line in told for point in line["points"]})
    columns = tuple(map(str, years))
    yield Heading("指标走势 Indices over the years")
    yield Paragraph(_RELATIVE, small=True)
    for some in (told[at : at + _MOST_LINES] for at in range(0, len(told), _MOST_LINES)):
        drawn = tuple(Line(line["title_zh"], _relative(line, years)) for line in some)
        block = Lines("各项指标（授奖年度为 100）", columns, drawn, _BASE)
        yield block
        yield lines.table(block, "指标 Index")
    spreads = {index["index"]: index for index in everybody["indices"]}
    for line in told:
        yield Heading(_title(line), level=2)
        yield from _one(said["applicant"], line, spreads.get(line["index"]), years)


def _one(applicant: str, line: Reply, spread: Reply | None, years: Sequence[int]) -> Iterator[Block]:
    own, of_all = _relative(line, years), _median(spread, years)
    drawn = [Line(applicant[:12], own)]
    if any(of_all):
        drawn.append(Line("全体中位数", of_all))
    yield Lines(f"{line['title_zh']}（授奖年度为 100）", tuple(map(str, years)), tuple(drawn), _BASE)
    figures = {point["year"]: point["figure"] for point in line["points"]}
    rows = tuple(
        (str(year), figures.get(year, _NOTHING), mine or _NOTHING, median or _NOTHING)
        for year, mine, median in zip(years, own, of_all, strict=True)
    )
    headings = (
        "年度 Year", f"数值 Figure\n{line['unit_zh']} {line['unit_en']}", "授奖年度=100 Relative", "全体中位数 Median",
    )  # fmt: skip
    yield Table(headings, rows, (1, 3, 2, 2), frozenset({1, 2, 3}))


def _relative(line: Reply, years: Sequence[int]) -> tuple[str, ...]:
    found = {point["year"]: point["relative"] or "" for point in line["points"]}
    return tuple(found.get(year, "") for year in years)


def _median(spread: Reply | None, years: Sequence[int]) -> tuple[str, ...]:
    known = {each["year"]: each["median"] for each in spread["years"]} if spread else {}
    return tuple("" if known.get(year) is None else str(known[year]) for year in years)


def _spreads(index: Reply) -> Iterator[Block]:
    columns = tuple(str(each["year"]) for each in index["years"])
    if not any(each["winners"] for each in index["years"]):
        yield Paragraph("获奖者过少，不公布。 Too few winners: withheld.")
        return
    names = (("upper", "上四分位"), ("median", "中位数"), ("lower", "下四分位"))
    drawn = tuple(
        Line(title, tuple("" if each[name] is None else str(each[name]) for each in index["years"]))
        for name, title in names
    )
    block = Lines(f"{index['title_zh']}（授奖年度为 100）", columns, drawn, _BASE)
    yield block
    yield lines.table(block, "全体获奖者 All winners")
    many = tuple(_NOTHING if each["winners"] is None else str(each["winners"]) for each in index["years"])
    yield Table(("年度 Year", *columns), (("获奖者 Winners", *many),), (3, *(1 for _ in columns)))


def _years(said: Reply) -> Iterator[Block]:
    titles = {line["index"]: line for line in said["lines"]}
    if said["reports"]:
        yield Heading("年度报告 Yearly reports")
        rows = tuple(
            (
                str(each["year"]),
                each["due_on"],
                _STATES[each["state"]] + ("（逾期 overdue）" if each["overdue"] else ""),
                each["accepted_on"] or _NOTHING,
            )
            for each in said["reports"]
        )
        yield Table(("年度 Year", "期限 Due on", "状态 State", "通过日期 Accepted on"), rows, (1, 2, 3, 2))
    for each in said["reports"]:
        if each["content"] is not None:
            yield Heading(f"{each['year']} 年度报告 Report of {each['year']}", level=2)
            yield from _content(each["content"], titles)


def _content(content: Reply, titles: Mapping[str, Reply]) -> Iterator[Block]:
    for text in content["texts"]:
        yield Paragraph(_TEXTS[text["field"]], strong=True)
        yield from (Paragraph(each.strip()) for each in text["text"].splitlines() if each.strip())
    rows = tuple(
        (
            titles[figure["index"]]["title_zh"],
            f"{figure['value']} {titles[figure['index']]['unit_zh']}",
            "；".join(f"{each['name']} {each['value']}" for each in figure["comparisons"]) or _NOTHING,
            figure["said"] or "",
        )
        for figure in content["figures"]
        if figure["index"] in titles
    )
    if rows:
        yield Table(("指标 Index", "数值 Figure", "对比 Compared with", "说明 Said"), rows, (2, 3, 3, 4))
    if content["papers"]:
        yield Paragraph(f"附件 {len(content['papers'])} 份。 Papers: {len(content['papers'])}.", small=True)


def _warnings(said: Reply) -> Iterator[Block]:
    if not said["warnings"]:
        return
    titles = {line["index"]: line["title_zh"] for line in said["lines"]}
    rows = tuple(
        (
            str(each["year"]),
            titles.get(each["index"], each["index"]),
            _KINDS[each["kind"]],
            f"{figure(each['percent'])} %" if each["percent"] else _NOTHING,
            each["answer"] or _STATES[each["state"]],
        )
        for each in said["warnings"]
    )
    yield Heading("退步提醒 Warnings")
    headings = ("年度 Year", "指标 Index", "情形 What", "幅度 By", "回复 Answer")
    yield Table(headings, rows, (1, 2, 3, 1, 4), frozenset({3}))


def _visits(visits: Sequence[Reply]) -> Iterator[Block]:
    if not visits:
        return
    yield Heading("跟踪回访 Visits")
    for each in visits:
        who = "、".join(each["visitors"])
        yield Paragraph(
            f"{in_words(each['visit_on']).both}，{who}，{_STATES[each['state']]}：{each['purpose']}",
            strong=True,
        )
        if each["findings"]:
            yield Items(tuple(each["findings"]))


def _orders(orders: Sequence[Reply]) -> Iterator[Block]:
    if not orders:
        return
    yield Heading("整改要求 Orders")
    rows = tuple(
        (
            each["issued_on"],
            each["what"],
            each["answer_by"],
            each["answer"] or _NOTHING,
            _STATES[each["state"]] + ("（逾期 overdue）" if each["overdue"] else ""),
        )
        for each in orders
    )
    headings = ("下达 Issued on", "要求 What", "期限 By", "答复 Answer", "状态 State")
    yield Table(headings, rows, (2, 4, 2, 4, 2))
