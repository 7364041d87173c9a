"""What is new for discipline inspection since it signed in the time before: alerts first, then recusals, objections, ratings.

Of days without an hour the day itself counts as new: it is better shown twice than not at all.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from services.gateway.checks import signed_in_before
from services.gateway.portal.calls import which
from services.gateway.portal.text import PLACE, Text
from services.gateway.portal.visit import Visit, or_unheard
from services.gateway.portal.watching import words
from services.gateway.portal.watching.lists import Day, Link, Table, called, said_of, tag

MOST_CYCLES = 4  # running ones whose alerts are looked through, the newest
_RUNNING = frozenset({"open", "running", "blocked"})
_LISTS: tuple[tuple[str, str, str, Text, dict[str, Any]], ...] = (
    ("review.recusals", "recusals", "opened_at", Text("回避", "Recusals"), {}),
    ("eligibility.objections", "objections", "raised_on", Text("异议", "Objections"), {}),
    (
        "review.conduct_reports",
        "reports",
        "said_on",
        Text("双向监督评价", "Ratings of conduct"),
        {"size": 200},
    ),
)
_WAYS = {"recusals": "recusals", "objections": "objections", "reports": "ratings"}


@dataclass(frozen=True)
class News:
    """`since` None: this is the first visit, all is new. `silent`: cycles of which not all is known."""

    since: datetime | None
    alerts: Table
    others: Table
    number: int
    silent: Sequence[str]
    left_out: int


def named(visit: Visit, cycle: Mapping[str, Any]) -> str:
    """How people call a cycle."""
    title = visit.book_title(cycle["rulebook"]).at(visit.language)
    call = which(cycle.get("call"))
    return visit.say(f"{title}，{cycle['year']} 年度{call.zh}", f"{title}, {cycle['year']}{call.en}")


def news(visit: Visit, cycles: Sequence[Mapping[str, Any]]) -> News:
    """Asks for the alerts of each running real cycle, and for the lists of all of them at once."""
    since = None if visit.session is None else signed_in_before(visit.gateway, visit.session)
    running = [each for each in cycles if each["state"] in _RUNNING and not each["rehearsal"]]
    looked = running[:MOST_CYCLES]
    silent, alerts = [], []
    for cycle in looked:
        seen = visit.ask_or_none("gateway.supervision", cycle_id=cycle["cycle_id"])
        if seen is None:
            silent.append(named(visit, cycle))
            continue
        alerts += [(cycle, each) for each in seen["alerts"] if _is_new(each["since"], since)]
    others = _others(visit, looked, since, silent)
    return News(
        since, _alerts(visit, alerts), _table(others), len(alerts) + sum(row[2] for row in others), silent,
        len(running) - len(looked),
    )  # fmt: skip


def _is_new(at: object, since: datetime | None) -> bool:
    """Whether an instant or a day is not before the last visit."""
    if since is None:
        return True
    told, last = str(at), since.astimezone(PLACE)
    try:
        moment = datetime.fromisoformat(told)
    except ValueError:
        return True  # a word of another kind: shown rather than hidden
    if "T" not in told or moment.tzinfo is None:
        return moment.date() >= last.date()
    return moment >= last


def _alerts(visit: Visit, found: Sequence[tuple[Mapping[str, Any], Mapping[str, Any]]]) -> Table:
    """Those not handled first; within them as the services order them, the gravest first."""
    rows = [
        (
            tag(words.SEVERITIES, each["severity"]), said_of(visit, {}, each), named(visit, cycle),
            Day(each["since"]), tag(words.HANDLED, each["note"]["state"] if each["note"] else "new"),
            Link(f"/discipline/{cycle['cycle_id']}/alerts/{each['alert_id']}", Text("处理", "Note"),
            called(visit, {}, each["subject"])),
        )
        for cycle, each in sorted(found, key=lambda pair: (pair[1]["note"] is not None, _GRAVEST.get(pair[1]["severity"], 9)))
    ]  # fmt: skip
    heads = [
        Text("等级", "Severity"), Text("事项", "What"), Text("周期", "Cycle"), Text("自", "Since"), Text("处理", "Handled"),
        Text("办理", "Do"),
    ]  # fmt: skip
    return Table(
        Text("新的预警", "New alerts"), heads, rows,
        Text("未处理的在前，其中严重的在前", "those not handled first, the gravest first"),
        Text("没有新的预警。以往的在各周期的总览中。", "There is no new alert. Earlier ones stand in each cycle's view."),
    )  # fmt: skip


_GRAVEST = {"serious": 0, "warning": 1, "notice": 2}
_Row = tuple[Text, str, int, Link]


def _others(
    visit: Visit, cycles: Sequence[Mapping[str, Any]], since: datetime | None, silent: list[str]
) -> list[_Row]:
    asked = [(cycle, each) for cycle in cycles for each in _LISTS]
    answers = visit.ask_all((each[0], {"cycle_id": cycle["cycle_id"], **each[4]}) for cycle, each in asked)
    rows: list[_Row] = []
    for (cycle, (_, name, at, label, _data)), answer in zip(asked, answers, strict=True):
        told = or_unheard(answer)
        if told is None:
            silent += [called for called in [named(visit, cycle)] if called not in silent]
            continue
        number = sum(_is_new(each[at], since) for each in told[name])
        if number:
            here = f"/discipline/{cycle['cycle_id']}/{_WAYS[name]}"
            called = named(visit, cycle)
            rows.append(
                (
                    label,
                    called,
                    number,
                    Link(here, Text("查看", "Read"), f"{label.at(visit.language)} {called}"),
                )
            )
    return rows


def _table(rows: Sequence[_Row]) -> Table:
    return Table(
        Text("新的回避、异议和评价", "New recusals, objections and ratings"),
        [Text("事项", "What"), Text("周期", "Cycle"), Text("新增", "New"), Text("查看", "Read")], rows,
        Text("按周期", "by cycle"), Text("没有新的回避、异议和评价。", "There is no new recusal, objection or rating."),
        frozenset({2}),
    )  # fmt: skip
