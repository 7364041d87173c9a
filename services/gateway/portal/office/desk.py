"""办公桌: the cycles and what blocks them, and a new cycle's opening."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from flask import Response, request

from services.gateway.portal.calls import numbered, which
from services.gateway.portal.forms import Choice, Field, Filled, Form, Kind
from services.gateway.portal.office.around import after_ways, leads, show
from services.gateway.portal.room import Room
from services.gateway.portal.text import Text
from services.gateway.portal.visit import Visit
from shared.calendar import CalendarNotPublished, work_calendar
from shared.contracts.operations import OFFICE, WATCHERS
from shared.rulebooks import Library, Rulebook

ROOM = Room("office_desk", WATCHERS)
TITLE = Text("办公桌", "Desk")
_LONGEST = 400  # days of a preview
_REGISTERS = (
    ("/experts", Text("专家库", "Register of experts"), "review.experts"),
    ("/office/bodies", Text("推荐部门名册", "Recommending bodies"), "intake.recommending_bodies"),
    ("/office/departments", Text("部门征询状况", "State of the departments"), "intake.departments"),
    ("/office/owed", Text("应申报未申报的专家", "Declarations owed by experts"), "review.owed_declarations"),
    ("/office/proposals", Text("专家更改申请", "Changes that experts asked for"), "review.proposals"),
    ("/office/calendar", Text("工作日历", "Calendar"), "gateway.me"),
)


@ROOM.page("/office")
def desk(visit: Visit) -> Response:
    """Every cycle with what blocks it, those that run first."""
    listed = visit.ask("intake.cycles")
    cycles = numbered(listed["cycles"])
    shown = "rehearsals" in request.args
    real = [each for each in cycles if not each["rehearsal"]]
    cycles = cycles if shown else real
    running = [each for each in cycles if each["state"] in {"open", "running", "blocked"}]
    over = [each for each in cycles if each not in running]
    running.sort(key=lambda each: (each["state"] != "blocked", each["closes_on"], each["cycle_id"]))
    over.sort(key=lambda each: (each["closes_on"], each["cycle_id"]), reverse=True)
    registers = [
        (address, words.at(visit.language))
        for address, words, operation in _REGISTERS
        if visit.may(operation) and leads(address)
    ]
    tasks = visit.tasks_or_none(listed)
    seen = [_seen(visit, each) for each in running]
    return show(
        visit, "office/desk.html", TITLE, tasks=tasks, leads=leads, running=seen,
        named={each["cycle_id"]: each for each in seen},
        over=_over(visit, over), registers=registers, which=which, may_open=visit.may("intake.open_cycle"),
        rehearsals=shown,
    )  # fmt: skip


_NEWEST = 3  # cycles that are over, of which it is said where one goes on


def _over(visit: Visit, cycles: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The cycles that are over, the newest with the ways to what follows."""
    ways = [after_ways(visit, each["cycle_id"]) for each in cycles[:_NEWEST]]
    ways += [[] for _ in cycles[_NEWEST:]]
    return [{**_seen(visit, each), "after": after} for each, after in zip(cycles, ways, strict=True)]


def _seen(visit: Visit, cycle: Mapping[str, Any]) -> dict[str, Any]:
    """A cycle with its rulebook's title and the stages that are at hand."""
    book = _book(visit.gateway.library, cycle["rulebook"])
    titles = {stage.key: stage.title for stage in book.stages} if book else {}
    places = {key: place for place, key in enumerate(titles, 1)}
    hand = [
        {**line, "title": titles.get(line["stage"]), "place": places.get(line["stage"]), "of": len(places)}
        for line in cycle["stages"]
        if line["state"] in {"planned", "begun"}
    ]
    return {**cycle, "title": book.title if book else None, "hand": hand}


def _book(library: Library, name: str) -> Rulebook | None:
    return library.get(name) if name in library.ids() else None


# --- a new cycle ----------------------------------------------------------------------------------------------------


def _opening(library: Library, today: date) -> Form:
    """Of the regulations those that a cycle can be opened under from today on: no draft, and none that is over."""
    open_to_it = [
        book
        for book in map(library.get, library.ids())
        if book.in_force_from is not None and (book.in_force_to is None or book.in_force_to >= today)
    ]
    books = tuple(Choice(book.id, Text(book.title.zh, book.title.en)) for book in open_to_it)
    return Form(
        (
            Field("rulebook", Text("依据的法规", "Regulation"), Kind.RADIOS, choices=books),
            Field("year", Text("评奖年度", "Year of the cycle"), Kind.NUMBER, width=4),
            Field("opens_on", Text("申报开始日", "First day for applications"), Kind.DAY, width=10),
            Field(
                "closes_on", Text("申报截止日", "Last day for applications"), Kind.DAY, width=10,
                hint=Text("截止日当日收到的申报有效", "What arrives on that day still counts"),
            ),
            Field(
                "budget_fen", Text("奖励资金预算", "Budget for grants"), Kind.MONEY, width=10, needed=False,
                hint=Text("可在办结前由财务补录", "The finance office may enter it later"),
            ),
            Field(
                "sure", Text("我已核对日期预览，现在开启", "I have checked the preview of the days; open it now"),
                Kind.TICK, needed=False,
                hint=Text("第一次提交先不勾选，只预览日期", "Leave it empty the first time: that only shows the days"),
            ),
        ),
        submit=Text("继续", "Continue"),
    )  # fmt: skip


@ROOM.page("/office/cycles/new", roles=(OFFICE,), methods=("GET", "POST"))
def open_cycle(visit: Visit) -> Response:
    """Open a cycle: first its days are counted and shown, then it is opened."""
    form = _opening(visit.gateway.library, visit.today())
    if request.method != "POST":
        return _opening_page(visit, visit.form(form), None)
    filled = form.posted(request.form)
    sure = filled.data.pop("sure", False)
    if filled.ok and sure:
        filled.attempt(lambda: visit.do("intake.open_cycle", filled.key, **filled.data, rehearsal=False))
        if filled.ok:
            return visit.go(f"/cycles/{filled.reply['cycle_id']}", Text("周期已开启", "The cycle is open"))
    return _opening_page(visit, filled, _preview(visit, filled) if not filled.errors else None)


def _opening_page(visit: Visit, filled: Filled, preview: dict[str, Any] | None) -> Response:
    return show(
        visit, "office/open_cycle.html", Text("开启评奖周期", "Open a cycle"), form=filled, preview=preview,
        back="/office",
    )  # fmt: skip


def _preview(visit: Visit, filled: Filled) -> dict[str, Any]:
    """The working days between two days, those that are none, and how long the rulebook's notices are."""
    first, last = (date.fromisoformat(filled.data[name]) for name in ("opens_on", "closes_on"))
    book = _book(visit.gateway.library, filled.data["rulebook"])
    stages = [stage for stage in book.stages if stage.working_days] if book else []
    found: dict[str, Any] = {"first": first, "last": last, "notices": stages, "book": book}
    if not 0 <= (last - first).days <= _LONGEST:
        return {**found, "working": None, "unknown": None, "reversed": last < first}
    try:
        working = work_calendar().working_days(first, last)
    except CalendarNotPublished as unknown:
        return {**found, "working": None, "unknown": unknown.year, "reversed": False}
    return {**found, "working": working, "unknown": None, "reversed": False}
