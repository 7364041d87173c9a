"""What is new for discipline inspection since it signed in the time before: alerts first, then recusals, objections, ratings.

Of days without an hour the day itself counts as new: it is better shown twice than not at all.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from services.gateway import watching
from services.gateway.checks import signed_in_before
from services.gateway.portal.calls import which
from services.gateway.portal.listing import Listing
from services.gateway.portal.text import Text
from services.gateway.portal.visit import Visit
from services.gateway.portal.watching import words
from services.gateway.portal.watching.lists import Day, Link, Table, called, said_of, tag
from services.gateway.portal.words import SERVICES, word

_KINDS = {
    "recusals": (Text("回避", "Recusals"), "recusals"),
    "objections": (Text("异议", "Objections"), "objections"),
    "conduct_reports": (Text("双向监督评价", "Ratings of conduct"), "ratings"),
}


@dataclass(frozen=True)
class News:
    """`since` None: this is the first visit, all is new. `silent`: services that do not answer, so that not all is known.
    `number`: alerts, on whichever page, and the others.
    """

    since: datetime | None
    alerts: Table
    others: Table
    number: int
    total: int
    silent: Sequence[str]


def since(visit: Visit) -> datetime | None:
    """When the visitor signed in the time before this."""
    return None if visit.session is None else signed_in_before(visit.gateway, visit.session)


def named(visit: Visit, cycle: Mapping[str, Any]) -> str:
    """How people call a cycle."""
    title = visit.book_title(cycle["rulebook"]).at(visit.language)
    call = which(cycle.get("call"))
    return visit.say(f"{title}，{cycle['year']} 年度{call.zh}", f"{title}, {cycle['year']}{call.en}")


def news(visit: Visit, listing: Listing, cycles: Sequence[Mapping[str, Any]]) -> News:
    """What `gateway.alerts` answers of all running real cycles. `cycles`: all, as intake tells, each with its `call`."""
    last = since(visit)
    wanted = {
        "since": None if last is None else last.isoformat(), "page": listing.page, "size": listing.size,
    }  # fmt: skip
    told = watching.of_cycles(visit.gateway, cycles, wanted, visit.asked("gateway.alerts"))
    names = {each["cycle_id"]: named(visit, each) for each in cycles}
    number = told["total"] + sum(each["count"] for each in told["fresh"])
    silent = [word(SERVICES, each).at(visit.language) for each in told["silent"]]
    alerts = _alerts(visit, told["alerts"], names, told["names"])
    others = _others(visit, told["fresh"], names)
    return News(last, alerts, others, number, told["total"], silent)


def _alerts(
    visit: Visit, found: Sequence[Mapping[str, Any]], names: Mapping[str, str], about: Mapping[str, str]
) -> Table:
    """`names` of cycles, `about` those of applications."""
    rows = [
        (
            tag(words.SEVERITIES, each["severity"]), said_of(visit, about, each), names[each["cycle_id"]],
            Day(each["since"]), tag(words.HANDLED, each["note"]["state"] if each["note"] else "new"),
            Link(f"/discipline/{each['cycle_id']}/alerts/{each['alert_id']}", Text("处理", "Note"),
            called(visit, about, each["subject"])),
        )
        for each in found
    ]  # fmt: skip
    heads = [
        Text("等级", "Severity"), Text("事项", "What"), Text("周期", "Cycle"), Text("自", "Since"), Text("处理", "Handled"),
        Text("办理", "Do"),
    ]  # fmt: skip
    return Table(
        Text("新的预警", "New alerts"), heads, rows,
        Text("最新的在前，同时的严重的在前", "the newest first, of one moment the gravest"),
        Text("没有新的预警。以往的在各周期的总览中。", "There is no new alert. Earlier ones stand in each cycle's view."),
    )  # fmt: skip


def _others(visit: Visit, fresh: Sequence[Mapping[str, Any]], names: Mapping[str, str]) -> Table:
    rows = []
    for each in fresh:
        label, way = _KINDS[each["what"]]
        called = names[each["cycle_id"]]
        link = Link(
            f"/discipline/{each['cycle_id']}/{way}",
            Text("查看", "Read"),
            f"{label.at(visit.language)} {called}",
        )
        rows.append((label, called, each["count"], link))
    return Table(
        Text("新的回避、异议和评价", "New recusals, objections and ratings"),
        [Text("事项", "What"), Text("周期", "Cycle"), Text("新增", "New"), Text("查看", "Read")], rows,
        Text("按周期", "by cycle"), Text("没有新的回避、异议和评价。", "There is no new recusal, objection or rating."),
        frozenset({2}),
    )  # fmt: skip
