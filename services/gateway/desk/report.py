"""周期概况: where a cycle stands, with its pictures and their figures, as a document. Pure; the same answers give the same."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from datetime import date
from typing import Any

from services.gateway.desk.stages import UNAVAILABLE
from shared.documents import (
    Bars,
    Block,
    Document,
    Entries,
    Heading,
    Paragraph,
    Part,
    Picture,
    Table,
    pictures,
)

TITLE, TITLE_EN = "评奖周期概况", "Where a cycle stands"
Reply = Mapping[str, Any]
_NOTHING = "—"
_STATES = {"done": "已结束 done", "now": "进行中 now", "next": "待开始 next", "waiting": "未到 to come"}
_NAMES = {
    "funnel": "各阶段申报数 Applications by stage",
    "workload": "评审员工作量 Reviewers' workload",
    "severity": "评审员宽严 Reviewers' severity",
    "budget": "预算与奖励 Budget and grants",
    "levels": "各等次奖励 Grants by level",
    "indices": "获奖者指标 Winners' indices",
}


def document(
    desk: Reply, shown: Mapping[str, Picture | None], silent: Collection[str], made_on: date
) -> Document:
    """The reply `Desk` and the pictures by their names; `silent` are those whose services did not answer."""
    blocks = (
        Entries(
            (
                ("奖项 Award", f"{desk['title_zh']}\n{desk['title_en']}"),
                ("年度 Year", str(desk["year"])),
                ("截至 As of", made_on.isoformat()),
            )
        ),
        Paragraph(f"{desk['sentence_zh']} {desk['sentence_en']}"),
        Heading("阶段 Stages"),
        _stages(desk),
        *(block for name in _NAMES for block in _picture(name, shown.get(name), silent=name in silent)),
    )
    running = "演练 REHEARSAL" if desk["rehearsal"] else ""
    name = f"{TITLE}：{desk['title_zh']}（{desk['year']}）"
    return Document(name, (Part("zh", TITLE, blocks, TITLE_EN),), running, made_on)


def _stages(desk: Reply) -> Table:
    rows = tuple(
        (
            f"{line['title_zh']}\n{line['title_en']}",
            line["article"],
            _STATES[line["state"]],
            _days(line),
            _NOTHING if line["entered"] is None else str(line["entered"]),
            _NOTHING if line["left"] is None else str(line["left"]),
        )
        for line in desk["stages"]
    )
    headings = ("阶段 Stage", "条款 Article", "状态 State", "起止 Days", "进入 In", "通过 Out")
    return Table(headings, rows, (4, 3, 3, 3, 1, 1), frozenset({4, 5}))


def _days(line: Reply) -> str:
    first = line["begun_on"] or line["begins_on"]
    last = line["closed_on"] or line["ends_on"]
    return "\n".join(each for each in (first, last) if each) or _NOTHING


def _picture(name: str, picture: Picture | None, *, silent: bool) -> Iterator[Block]:
    if silent:
        yield Heading(_NAMES[name])
        yield Paragraph(f"{UNAVAILABLE[0]}。 {UNAVAILABLE[1].capitalize()}.")
    elif picture is not None and not (isinstance(picture, Bars) and not picture.bars):
        yield Heading(_NAMES[name])
        yield picture
        yield pictures.table(picture)
