"""Days on which a notice may be posted, as far as its stage goes: what is offered, and why not before. Pure."""

from __future__ import annotations

from datetime import date
from typing import Any

from services.gateway.portal.deciding import words
from services.gateway.portal.deciding.blocks import Pen, Table
from services.gateway.portal.deciding.telling import heads_of
from services.gateway.portal.text import Text
from shared.calendar import in_words


def too_early(line: dict[str, Any], posted_on: date, article: str) -> Text | None:
    """Why a notice may not be posted on a day as far as its stage goes; None where it may, or where it is posted already."""
    if line.get("state") == "waiting":
        return Text(
            f"上一阶段还没有结束，公示尚不能发布：自其结束后的第一个工作日起才能发布（{article}）。",
            f"The stage before is not over: the notice is posted from the first working day after it ended ({article}).",
        )
    if line.get("state") != "planned" or not line.get("begins_on"):
        return None
    since = date.fromisoformat(line["begins_on"])
    if posted_on >= since:
        return None
    first = in_words(since)
    return Text(
        f"最早 {first.zh} 才能发布：公示自上一阶段结束后的第一个工作日起（{article}）。",
        f"It is not posted before {first.en}: a notice begins on the first working day after the stage before ({article}).",
    )


def days_offered(pen: Pen, here: str, days: list[dict[str, Any]], picked: str, since: str | None) -> Table:
    """`since`: the earliest day of the stage, where it has one; before it nothing is picked."""
    rows = []
    for each in days:
        day = str(each["on"])
        chosen: object = (
            Text("早于最早发布日", "before the earliest day")
            if since is not None and day < since
            else Text("已选", "picked")
            if day == str(picked)
            else pen.link(f"{here}/new?on={day}", Text("选这一天", "pick it"))
        )
        rows.append(
            (
                pen.day(day),
                pen.tag(Text(each["reason_zh"], each["reason_en"]), words.colour(each["kind"])),
                chosen,
            )
        )
    return Table(
        Text("可选的发布日期", "Days to post on"), heads_of(("日期|Day", "性质|Why", "选择|Pick")), rows,
        Text("按日期；第 1 日是发布当日或其后第一个工作日", "in order; day 1 is the first working day on or after the posting"),
        Text("没有。", "None."),
    )  # fmt: skip
